"""Shape keys that follow the rotation of a bone, as FLAME's pose correctives do."""

from __future__ import annotations

import re
from typing import Final

import bpy

_OF_MATRIX: Final = re.compile(r'^pose\.bones\["((?:[^"\\]|\\.)*)"\]\.matrix_basis\[(\d)\]\[(\d)\]$')
_ENTRIES: Final = (
    ("-2 * (y * y + z * z)", "2 * (x * y - w * z)", "2 * (x * z + w * y)"),
    ("2 * (x * y + w * z)", "-2 * (x * x + z * z)", "2 * (y * z - w * x)"),
    ("2 * (x * z - w * y)", "2 * (y * z + w * x)", "-2 * (x * x + y * y)"),
)
"""The rotation matrix of the quaternion w, x, y, z, less the identity: by row and column."""


def drive_by_rotation(driver: bpy.types.Driver, armature: bpy.types.Object, bone: str, row: int, column: int) -> None:
    """Value = entry (row, column) of the bone's rotation matrix minus the identity's (FLAME's pose feature).

    The rotation is the bone's on its rest, constraints and all, so that what a control adds counts as well.
    """
    driver.type = "SCRIPTED"
    driver.expression = expression = _ENTRIES[row][column]
    for name in sorted(set("wxyz").intersection(expression)):
        variable = driver.variables.new()
        variable.name, variable.type = name, "TRANSFORMS"
        target = variable.targets[0]
        target.id, target.bone_target = armature, bone
        target.transform_type, target.rotation_mode = f"ROT_{name.upper()}", "QUATERNION"
        target.transform_space = "LOCAL_SPACE"


def follow_constraints(keys: bpy.types.Key, armature: bpy.types.Object) -> None:
    """Let the correctives of a head from before it had controls follow what constraints do to its bones."""
    for curve in keys.animation_data.drivers if keys.animation_data is not None else ():
        variables = curve.driver.variables
        found = _OF_MATRIX.match(variables[0].targets[0].data_path) if len(variables) == 1 else None
        if found is None:
            continue
        bone, column, row = bpy.utils.unescape_identifier(found.group(1)), int(found.group(2)), int(found.group(3))
        variables.remove(variables[0])
        drive_by_rotation(curve.driver, armature, bone, row, column)
