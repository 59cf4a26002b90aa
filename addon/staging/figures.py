"""Plain bodies below the busts that Duologue builds, as an artist's wooden figure has them, where a picture shows them.

The trunk hangs on the bust's own bone, so that it leans and breathes with it; legs stand still below its hips.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import bpy
import numpy as np

from ...backend.contract.constants import OPEN_HEAD
from ..heads.head_parts import PARTS
from ..heads.rig import FACE_PROPERTY, head_mesh
from .framing import Person
from .scenery import object_of_role, show
from .set_meshes import Ring, limbs, surface

_NAMES: Final = ("first", "second")
_USUAL_WIDTH: Final = 0.165
"""Half the width in metres of a bust whose trunk is as `_CHEST` has it."""
_BONE: Final = "root"
_MODIFIER: Final = "Armature"
_TROUSERS_NAME: Final = "Trousers"
_TROUSERS: Final = (0.030, 0.033, 0.045)

_CHEST: Final = (
    Ring((0.0, -0.53, -0.092), 0.138, 0.094),
    Ring((0.0, -0.61, -0.098), 0.142, 0.094),
    Ring((0.0, -0.68, -0.100), 0.160, 0.104),
)
"""The trunk below the bust, in its own axes: X to the left, Y up, Z ahead, metres from between the eyes."""
_RIM, _ARMPIT = 0.02, 0.188
"""Metres that a bust's lowest edge is high, and from its middle to where the sleeves begin."""
_OVER: Final = 1.04
"""How much wider than the bust the trunk begins, so that it is a hem and no step."""
_HANGING: Final = ((0.222, -0.52, -0.115), (0.222, -0.72, -0.045), (0.218, -0.80, -0.020))
_IN_THE_LAP: Final = ((0.235, -0.53, -0.105), (0.140, -0.60, 0.120), (0.100, -0.595, 0.185))
_ON_KNEES: Final = ((0.235, -0.51, -0.085), (0.160, -0.47, 0.130), (0.130, -0.450, 0.200))
_ARMS: Final[Mapping[str, Sequence[tuple[float, float, float]]]] = {
    "seated": _IN_THE_LAP,
    "perching": _IN_THE_LAP,
    "crouching": _ON_KNEES,
}
"""Elbow, wrist and knuckles of the left arm; of all others they hang."""

_LEGS: Final[Mapping[str, Sequence[tuple[float, float, float]]]] = {
    "standing": ((-0.10, 0.085, -0.72), (-0.07, 0.095, -1.12), (-0.13, 0.095, -1.52), (0.06, 0.110, -1.56)),
    "leaning_on": ((-0.06, 0.085, -0.72), (0.03, 0.095, -1.10), (0.06, 0.095, -1.47), (0.24, 0.115, -1.51)),
    "seated": ((-0.09, 0.085, -0.70), (0.33, 0.110, -0.69), (0.31, 0.105, -1.13), (0.48, 0.125, -1.17)),
    "perching": ((-0.09, 0.085, -0.72), (0.27, 0.115, -0.86), (0.25, 0.110, -1.29), (0.42, 0.130, -1.35)),
    "kneeling": ((-0.09, 0.085, -0.70), (0.01, 0.105, -1.08), (-0.40, 0.095, -1.10), (-0.56, 0.095, -1.12)),
    "crouching": ((-0.15, 0.085, -0.62), (0.25, 0.130, -0.46), (0.10, 0.115, -0.73), (0.27, 0.135, -0.77)),
}
"""Hip, knee, ankle and toe of the left leg: metres ahead, to the left and up from between the eyes."""
_LEG_RADII: Final = (0.088, 0.064, 0.044, 0.040)
_PELVIS: Final = ((0.06, 0.140), (0.0, 0.160), (-0.05, 0.158))
"""Metres above the hip joints, and half its width there."""
_SOLE: Final = 0.04
"""Metres from a toe's middle down to the ground."""
_SHORTEST: Final = 0.3
"""The least that legs are of an average person's, for children."""


def has_figure(armature: bpy.types.Object | None) -> bool:
    """Whether there is a body for this bust."""
    return armature is not None and armature.get(FACE_PROPERTY) == OPEN_HEAD


def stand_figures(
    collection: bpy.types.Collection,
    people: Sequence[Person],
    armatures: Sequence[bpy.types.Object | None],
    postures: Sequence[str],
    grounds: Sequence[float],
) -> None:
    """A body below each bust that is given, none below others; `grounds` metres: the heights that they stand on."""
    for name, person, armature, posture, ground in zip(_NAMES, people, armatures, postures, grounds, strict=True):
        trunk = object_of_role(collection, f"Trunk {name}", _empty_mesh)
        legs = object_of_role(collection, f"Legs {name}", _empty_mesh)
        here = has_figure(armature)
        if here and armature is not None:
            _dress(trunk, armature, posture)
        chain = _LEGS.get(posture)
        if here and chain is not None:
            _reshape(legs, _legs_mesh(legs.name, chain))
            legs.location = person.eyes
            legs.rotation_euler = (0.0, 0.0, math.atan2(person.trunk.y, person.trunk.x))
            # A taller one has longer legs; feet are on the ground whatever the stature.
            reach = (person.eyes.z - ground) / (_SOLE - chain[-1][2])
            legs.scale = (person.size, person.size, max(reach, _SHORTEST * person.size))
        show(trunk, wanted=here)
        show(legs, wanted=here and chain is not None)


def _empty_mesh() -> bpy.types.Mesh:
    return bpy.data.meshes.new("Figure")


def _dress(trunk: bpy.types.Object, armature: bpy.types.Object, posture: str) -> None:
    """The trunk in the bust's clothes, on its bone."""
    body = head_mesh(armature)
    rim = _rim_of(body.data)
    begins = _ring_around(rim[np.abs(rim[:, 0]) < _ARMPIT])
    chains: list[tuple[Sequence[Ring], int]] = [([_raised(begins), begins, *_as_wide(_CHEST, begins)], 0)]
    for side in (1.0, -1.0):
        elbow, wrist, knuckles = ((x * side, y, z) for x, y, z in _ARMS.get(posture, _HANGING))
        cuff = _ring_around(rim[rim[:, 0] * side >= _ARMPIT])
        sleeve = [_raised(cuff), cuff, Ring(elbow, 0.043, 0.043), Ring(wrist, 0.031, 0.031)]
        chains += [(sleeve, 0), ([Ring(wrist, 0.024, 0.022), Ring(knuckles, 0.036, 0.024)], 1)]
    mesh = limbs(trunk.name, chains, (1.0, 0.0, 0.0))
    looks = body.data.materials
    for part in ("garment", "skin"):
        mesh.materials.append(looks[PARTS.index(part)] if len(looks) > PARTS.index(part) else None)
    _reshape(trunk, mesh)
    trunk.parent = armature
    trunk.matrix_parent_inverse.identity()
    trunk.matrix_basis.identity()
    modifier = trunk.modifiers.get(_MODIFIER) or trunk.modifiers.new(_MODIFIER, "ARMATURE")
    modifier.object = armature
    group = trunk.vertex_groups.get(_BONE) or trunk.vertex_groups.new(name=_BONE)
    group.add(range(len(mesh.vertices)), 1.0, "REPLACE")


def _rim_of(bust: bpy.types.Mesh) -> np.ndarray:
    """[N, 3] metres: the lowest edge of a bust, sleeves and all."""
    places = np.empty(3 * len(bust.vertices), np.float32)
    bust.vertices.foreach_get("co", places)
    corners = places.reshape(-1, 3)
    return np.asarray(corners[corners[:, 1] < corners[:, 1].min() + _RIM])


def _ring_around(rim: np.ndarray) -> Ring:
    """A little wider than `rim` [N, 3]."""
    low, high = rim.min(axis=0), rim.max(axis=0)
    x, y, z = (0.5 * (low + high)).tolist()
    across, _, deep = (0.5 * _OVER * (high - low)).tolist()
    return Ring((x, y, z), across, deep)


def _raised(ring: Ring) -> Ring:
    """The same a little higher and narrower, inside the bust."""
    x, y, z = ring.place
    return Ring((x, y + 0.04, z), 0.9 * ring.across, 0.9 * ring.deep)


def _as_wide(chest: Sequence[Ring], begins: Ring) -> list[Ring]:
    """`chest` for somebody whose bust ends as `begins`, half of the way to their width."""
    wider = 0.5 + 0.5 * begins.across / _USUAL_WIDTH
    return [Ring(one.place, one.across * wider, one.deep * wider) for one in chest]


def _legs_mesh(name: str, chain: Sequence[tuple[float, float, float]]) -> bpy.types.Mesh:
    """Both legs along X, heights from the eyes."""
    chains = [
        ([Ring((x, y * side, z), radius, radius) for (x, y, z), radius in zip(chain, _LEG_RADII, strict=True)], 0)
        for side in (1.0, -1.0)
    ]
    ahead, _, up = chain[0]
    pelvis = [Ring((ahead - 0.005, 0.0, up + above), across, 0.094) for above, across in _PELVIS]
    chains.append((pelvis, 0))
    mesh = limbs(name, chains, (0.0, 1.0, 0.0))
    mesh.materials.append(
        bpy.data.materials.get(f"Duologue {_TROUSERS_NAME}") or surface(_TROUSERS_NAME, _TROUSERS, 0.9)
    )
    return mesh


def _reshape(one: bpy.types.Object, mesh: bpy.types.Mesh) -> None:
    """Give an object of the set another mesh, in place of the one before."""
    before, name = one.data, one.data.name
    one.data = mesh
    if before.users == 0:
        bpy.data.meshes.remove(before)
        mesh.name = name
