"""A head in FLAME's shape that may be shipped: 5,023 vertices and 9,976 triangles, made from the open head.

FLAME itself is handed out by its authors alone, so tests, pictures and people who only try need a stand-in: the same
counts, joints, origin and kinds of arrays, 300 identity and 100 expression components that mean nothing one by one (as
in a principal component basis: mean 0, spread 1, sizes that decay), 36 pose correctives, a hole behind the lips, no
teeth. The person is another one than the open head's template, a little tilted, on another tessellation.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import JOINT_NAMES
from ..contract.face import Face
from ..face.on_surface import OnSurface
from ..face.skinning import axis_angle_to_matrix
from ..open_head.joints import regressor_row
from .retessellation import retessellated

VERTICES: Final = 5023
TRIANGLES: Final = 9976
IDENTITIES: Final = 300
EXPRESSIONS: Final = 100
_TILT: Final = np.array([0.05, 0.0, 0.0])
_SCALE: Final = 0.97
_EYES: Final = np.array([0.0, 0.03, 0.06])
"""Metres: where FLAME has the midpoint between its eyes, about."""
_IDENTITY_SPREAD: Final = 0.35
_USUAL: Final = 0.3
"""Usual size of an ARKit component in a performance."""
_OWN_MOTION: Final = 4e-4
"""Metres, root mean square: motion in the expression basis that no component of the open head makes."""
_OTHER_HAND: Final = 0.5
"""How unevenly the stand-in moves where the open head moves, as if another hand had sculpted it."""
_OWN_FIELDS: Final = 70
_CORRECTIVE: Final = 5e-4


def flame_shaped(open_head: Face, seed: int = 0) -> Face:
    """The stand-in, from the arrays of `open_head` alone; the same `seed` gives the same face."""
    random = np.random.default_rng(seed)
    points, triangles = retessellated(open_head, VERTICES, TRIANGLES)
    person = _IDENTITY_SPREAD * random.normal(size=len(open_head.identity_names)) * _shapely(open_head)
    shaped = open_head.v_template + open_head.identity_directions @ person  # [V, 3]
    rest_joints = open_head.J_regressor @ shaped
    turn = _SCALE * axis_angle_to_matrix(_TILT)
    origin = rest_joints[3:].mean(axis=0)

    def moved(positions: np.ndarray) -> np.ndarray:
        return np.asarray((positions - origin) @ turn.T + _EYES)

    template, joints = moved(points.of(shaped)), moved(rest_joints)
    weights = points.of(open_head.weights)
    for joint in (3, 4):  # the eyes look straight ahead, however the head is tilted
        ball = weights[:, joint] > 0.5  # noqa: PLR2004
        template[ball] = (template[ball] - joints[joint]) @ turn / _SCALE + joints[joint]
    identity = _identity(random, points.of(open_head.identity_directions), turn, template)
    still = np.flatnonzero(np.abs(points.of(open_head.expression_directions)).max(axis=(1, 2)) < 1e-5)  # noqa: PLR2004
    expression = _expression(random, points.of(open_head.expression_directions), turn, template)
    expression[weights[:, 3:].sum(axis=1) > 0.5] = 0.0  # noqa: PLR2004
    posedirs = np.einsum("ab,nbk->nak", turn, points.of(open_head.posedirs))
    posedirs[:, :, 18:] = 0.0  # FLAME's lids do not follow its eyes
    posedirs += (
        _CORRECTIVE * _smooth_fields(random, template, 36, 0.03) * (weights[:, 2] * (1 - weights[:, 2]))[:, None, None]
    )
    return Face(
        id=f"flame-shaped-{seed}",
        v_template=template.astype(np.float32),
        f=triangles,
        shapedirs=np.concatenate([identity, expression], axis=2).astype(np.float32),
        posedirs=posedirs.astype(np.float32),
        J_regressor=_regressor(joints, template, weights, still).astype(np.float32),
        weights=weights.astype(np.float32),
        kintree_table=open_head.kintree_table,
        expression_names=tuple(f"expression_{number:03d}" for number in range(1, EXPRESSIONS + 1)),
        identity_names=tuple(f"identity_{number:03d}" for number in range(1, IDENTITIES + 1)),
        landmarks=_landmarks(open_head, points),
        regions={
            "skin": np.flatnonzero(weights[:, 3:].sum(axis=1) < 0.5).tolist(),  # noqa: PLR2004
            "eye_left": np.flatnonzero(weights[:, 3] > 0.5).tolist(),  # noqa: PLR2004
            "eye_right": np.flatnonzero(weights[:, 4] > 0.5).tolist(),  # noqa: PLR2004
        },
        extras={"source": f"{open_head.id}; no data of FLAME"},
    )


def _shapely(face: Face) -> np.ndarray:
    """[S] 1 for a component that a few units of which still look like a person, 0 for the large ones."""
    largest = np.linalg.norm(face.identity_directions[face.regions["skin"]], axis=1).max(axis=0)
    return np.asarray((largest < 0.012).astype(float))  # noqa: PLR2004


def _identity(random: np.random.Generator, fields: np.ndarray, turn: np.ndarray, template: np.ndarray) -> np.ndarray:
    """[V, 3, 300]: the open head's people and smooth variation, mixed and in decaying sizes."""
    own = 4e-4 * _smooth_fields(random, template, IDENTITIES - fields.shape[2], 0.06)
    people = 0.15 * np.einsum("ab,nbk->nak", turn, fields)
    mixed, _ = np.linalg.qr(random.normal(size=(IDENTITIES, IDENTITIES)))
    mixed *= np.linspace(1.5, 0.1, IDENTITIES)
    return np.asarray(np.concatenate([people, own], axis=2) @ mixed)


def _expression(random: np.random.Generator, fields: np.ndarray, turn: np.ndarray, template: np.ndarray) -> np.ndarray:
    """[V, 3, 100]: the principal components of faces that move by the open head's fields and a little by their own."""
    mobile = np.minimum(np.linalg.norm(fields, axis=1).max(axis=1) / 0.004, 1.0)  # [V] the face rather than the neck
    own = _OWN_MOTION * _smooth_fields(random, template, _OWN_FIELDS, 0.03) * mobile[:, None, None]
    amounts = 1.0 + _OTHER_HAND * _smooth_fields(random, template, fields.shape[2], 0.04)[:, :1]  # [V, 1, 52]
    known = _USUAL * np.einsum("ab,nbk->nak", turn, fields) * amounts
    spread = np.concatenate([known, own], axis=2).reshape(3 * len(template), -1)  # [3 V, K] one standard deviation each
    _, mixtures = np.linalg.eigh(spread.T @ spread)  # ascending
    kept = spread @ mixtures[:, ::-1][:, :EXPRESSIONS]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(EXPRESSIONS)])
    return np.asarray((kept * signs).reshape(len(template), 3, EXPRESSIONS))


def _smooth_fields(random: np.random.Generator, positions: np.ndarray, count: int, length: float) -> np.ndarray:
    """[V, 3, count] random vector fields of root mean square 1 that change over `length` metres."""
    waves = random.normal(size=(3, 64)) / length
    phases = random.uniform(0.0, 2.0 * np.pi, 64)
    basis = np.cos(positions @ waves + phases) * np.sqrt(2.0 / 64)  # [V, 64]
    return np.asarray(np.einsum("vw,wak->vak", basis, random.normal(size=(64, 3, count))) / np.sqrt(3.0))


def _regressor(joints: np.ndarray, template: np.ndarray, weights: np.ndarray, still: np.ndarray) -> np.ndarray:
    """[5, V]: the eyes from their eyeballs, the others from skin that no expression moves."""
    rows = np.zeros((len(JOINT_NAMES), len(template)))
    none = np.zeros((len(template), 3, 0))
    skin = still[weights[still, 3:].sum(axis=1) < 0.5]  # noqa: PLR2004
    for joint, position in enumerate(joints):
        chosen = np.flatnonzero(weights[:, joint] > 0.5) if joint > 2 else skin  # noqa: PLR2004
        near = chosen[np.argsort(np.linalg.norm(template[chosen] - position, axis=1))[:400]]
        rows[joint] = regressor_row(position[None], template, none, near)
    return rows


def _landmarks(open_head: Face, points: OnSurface) -> dict[str, int]:
    """Each landmark's nearest vertex among those on the same side of the lips."""
    positions = points.of(open_head.v_template)
    marks = 0.02 * (points.of(open_head.weights)[:, 2:3] > 0.5)  # noqa: PLR2004
    places = np.concatenate([positions, marks], axis=1)
    found = {}
    for name, vertex in open_head.landmarks.items():
        wanted = np.r_[open_head.v_template[vertex], 0.02 * (open_head.weights[vertex, 2] > 0.5)]  # noqa: PLR2004
        found[name] = int(np.argmin(np.linalg.norm(places - wanted, axis=1)))
    return found
