"""Shape keys that a control rig moves: drivers are followed to the control, which then gets the keys instead."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np

from .control_values import Function, Span, working_span
from .curves import FACE_GROUP, bone_path
from .driver_expression import function_of, names_in

_LONGEST: Final = 8
"""Drivers one behind another; more are a circle."""
_ITEM: Final = re.compile(r"^(?P<path>.*)\[(?P<index>\d+)\]$")
_LETTER: Final = re.compile(r"^(?P<path>.*\b(?:location|rotation_euler|scale))\.(?P<letter>[xyz])$")
_BONE: Final = re.compile(r'^pose\.bones\["(?P<bone>(?:[^"\\]|\\.)*)"\]')
_KEY: Final = re.compile(r'^key_blocks\["(?P<key>(?:[^"\\]|\\.)*)"\]\.value$')
_PROPERTY: Final = re.compile(r'\["(?P<name>(?:[^"\\]|\\.)*)"\]$')
_CHANNELS: Final = {"LOC": "location", "ROT": "rotation_euler", "SCALE": "scale"}
_HUGE: Final = 1e30
_OWNERS: Final = (bpy.types.Object, bpy.types.Armature, bpy.types.Mesh, bpy.types.Lattice, bpy.types.Key)


class NotFollowedError(Exception):
    """Why a driver cannot be followed, as the end of a sentence about the shape: “a Python expression …”."""


@dataclass(frozen=True)
class Control:
    """A property that the artist animates in place of shapes: one number at `data_path` and `index` of `owner`."""

    owner: bpy.types.ID
    data_path: str
    index: int
    group: str

    def holder(self) -> tuple[bpy.types.bpy_struct, str]:
        """What has the property, and the property's name, in brackets where it is a custom one."""
        custom = _PROPERTY.search(self.data_path)
        name = custom[0] if custom else self.data_path.rpartition(".")[2]
        before = self.data_path[: -len(name)].rstrip(".")
        return (self.owner.path_resolve(before) if before else self.owner), name


@dataclass(frozen=True)
class Followed:
    """A shape's value is `value_of` the value of `control`, which goes through `span`."""

    control: Control
    value_of: Function
    span: Span


def drivers_of(owner: bpy.types.ID) -> Iterator[bpy.types.FCurve]:
    """The drivers of `owner` that count: a muted one drives nothing."""
    if owner.animation_data is not None:
        yield from (curve for curve in owner.animation_data.drivers if not curve.mute)


def followed(curve: bpy.types.FCurve) -> Followed:
    """The control at the end of the driver `curve`, and what its values do to the shape.

    Raises NotFollowedError where several things drive it, where the way there cannot be told backwards, or where the
    control cannot get keys.
    """
    control, value_of = _behind(curve, _LONGEST)
    _check_animatable(control)
    limits, rest = _range_of(control)
    span = working_span(value_of, limits, rest)
    if span is None:
        raise NotFollowedError(f"{_named(control)}, which drives it in a way that cannot be told backwards")
    return Followed(control, value_of, span)


def key_of(control: Control) -> str | None:
    """The name of the shape key that `control` is the value of, if it is one."""
    found = _KEY.match(control.data_path) if isinstance(control.owner, bpy.types.Key) else None
    return bpy.utils.unescape_identifier(found["key"]) if found else None


def _behind(curve: bpy.types.FCurve, further: int) -> tuple[Control, Function]:
    if not further:
        raise NotFollowedError("drivers that go round in a circle")
    variable, reckon = _variable_of(curve)
    control = _control_of(variable)
    # In 4.2 a driver's curve may hold a Generator modifier in place of keys; both are told by `evaluate`.
    shaped = _shaped(curve, reckon)
    above = next((one for one in drivers_of(control.owner) if _moves(one, control)), None)
    if above is None:
        return control, shaped
    control, before = _behind(above, further - 1)
    return control, lambda values: shaped(before(values))


def _variable_of(curve: bpy.types.FCurve) -> tuple[bpy.types.DriverVariable, Function]:
    """The one variable that moves a driver, and what the driver makes of it."""
    driver = curve.driver
    if driver.type != "SCRIPTED":
        if len(driver.variables) != 1:
            raise NotFollowedError(f"{len(driver.variables)} variables at once")
        return driver.variables[0], lambda values: values
    if not driver.is_simple_expression:
        raise NotFollowedError(f"the Python expression “{driver.expression}”")
    try:
        used = names_in(driver.expression)
        variables = [one for one in driver.variables if one.name in used]
        if len(variables) != 1 or len(used) != 1:
            raise NotFollowedError(f"the expression “{driver.expression}”")
        return variables[0], function_of(driver.expression, variables[0].name)
    except ValueError as error:
        raise NotFollowedError(f"the expression “{driver.expression}”") from error


def _shaped(curve: bpy.types.FCurve, reckon: Function) -> Function:
    def values(at: np.ndarray) -> np.ndarray:
        return np.array([curve.evaluate(one) for one in reckon(at).tolist()])

    return values


def _control_of(variable: bpy.types.DriverVariable) -> Control:
    target = variable.targets[0]
    if target.id is None:
        raise NotFollowedError("a driver whose target is gone")
    if variable.type == "SINGLE_PROP":
        return _property(target.id, target.data_path)
    if variable.type != "TRANSFORMS":
        raise NotFollowedError(f"the distance or rotation between {target.id.name} and another")
    return _channel(target)


def _property(owner: bpy.types.ID, path: str) -> Control:
    found, letter = _ITEM.match(path), _LETTER.match(path)
    index = 0
    if found:
        path, index = found["path"], int(found["index"])
    elif letter:
        path, index = letter["path"], "xyz".index(letter["letter"])
    control = Control(owner, path, index, _group(path))
    if not isinstance(_value(control), int | float):
        raise NotFollowedError(f"{path} of {owner.name}, which is not there")
    return control


def _channel(target: bpy.types.DriverTarget) -> Control:
    """What of an object's or a bone's own transform is read; its place in the world no key alone decides."""
    kind, _, axis = target.transform_type.partition("_")
    where = f"{target.bone_target} of {target.id.name}" if target.bone_target else target.id.name
    if target.transform_space == "WORLD_SPACE" or kind not in _CHANNELS or axis not in ("X", "Y", "Z"):
        raise NotFollowedError(f"the place of {where} in the world")
    holder = target.id
    if target.bone_target:
        holder = target.id.pose.bones.get(target.bone_target) if target.id.pose is not None else None
        if holder is None:
            raise NotFollowedError(f"the bone {where}, which is not there")
    if kind == "ROT" and holder.rotation_mode in ("QUATERNION", "AXIS_ANGLE"):
        raise NotFollowedError(f"one angle of {where}, which is not in Euler angles")
    channel = _CHANNELS[kind]
    path = bone_path(target.bone_target, channel) if target.bone_target else channel
    return Control(target.id, path, "XYZ".index(axis), target.bone_target or FACE_GROUP)


def _check_animatable(control: Control) -> None:
    owner = control.owner
    if not isinstance(owner, _OWNERS):
        raise NotFollowedError(f"{control.data_path} of {owner.name}, which is no part of a character")
    if owner.library is not None:
        raise NotFollowedError(f"{_named(control)}, which is linked from another file")


def _range_of(control: Control) -> tuple[tuple[float, float], float]:
    """Lowest and highest value that the control takes, infinite where nothing holds it; and where it rests."""
    holder, name = control.holder()
    low, high, rest = -math.inf, math.inf, 0.0
    if name.startswith('["'):
        told = holder.id_properties_ui(bpy.utils.unescape_identifier(name[2:-2])).as_dict()
        low, high = float(told.get("min", low)), float(told.get("max", high))
        default = told.get("default", 0.0)
        rest = float(default if isinstance(default, int | float) else 0.0)
    elif isinstance(holder, bpy.types.ShapeKey):
        low, high = holder.slider_min, holder.slider_max
    elif name == "scale":
        rest = 1.0
    for constraint in getattr(holder, "constraints", ()):
        low, high = _limited(constraint, name, "xyz"[control.index % 3], (low, high))
    low, high = (value if abs(value) < _HUGE else math.copysign(math.inf, value) for value in (low, high))
    return (low, high), rest


def _limited(
    constraint: bpy.types.Constraint, name: str, axis: str, limits: tuple[float, float]
) -> tuple[float, float]:
    kinds = {"location": "LIMIT_LOCATION", "rotation_euler": "LIMIT_ROTATION", "scale": "LIMIT_SCALE"}
    if constraint.type != kinds.get(name) or not constraint.enabled or constraint.owner_space == "WORLD":
        return limits
    low, high = limits
    if name == "rotation_euler":
        if getattr(constraint, f"use_limit_{axis}"):
            low, high = max(low, getattr(constraint, f"min_{axis}")), min(high, getattr(constraint, f"max_{axis}"))
        return low, high
    if getattr(constraint, f"use_min_{axis}"):
        low = max(low, getattr(constraint, f"min_{axis}"))
    if getattr(constraint, f"use_max_{axis}"):
        high = min(high, getattr(constraint, f"max_{axis}"))
    return low, high


def _value(control: Control) -> object:
    try:
        found = control.owner.path_resolve(control.data_path)
        return found[control.index] if hasattr(found, "__len__") else found
    except (ValueError, IndexError, TypeError):
        return None


def _moves(curve: bpy.types.FCurve, control: Control) -> bool:
    return curve.data_path == control.data_path and curve.array_index == control.index


def _group(path: str) -> str:
    bone = _BONE.match(path)
    return bpy.utils.unescape_identifier(bone["bone"]) if bone else FACE_GROUP


def _named(control: Control) -> str:
    custom = _PROPERTY.search(control.data_path)
    what = bpy.utils.unescape_identifier(custom["name"]) if custom else control.group
    return f"{what} of {control.owner.name}"
