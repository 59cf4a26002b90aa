"""Solves the basis transfer between two faces: which motion of the one is closest to each motion of the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_NAMES
from ..contract.constants import JOINT_NAMES
from ..contract.face import Face
from ..contract.transfer import BasisTransfer, transfer_expression
from .correspondence import Correspondence, correspond
from .on_surface import OnSurface
from .skinning import pose_vertices

_JAW: Final = JOINT_NAMES.index("jaw")
_EYES: Final = (JOINT_NAMES.index("eye_left"), JOINT_NAMES.index("eye_right"))
_JAW_SECANT: Final = 0.1
"""Radians over which a jaw's motion is measured; speech stays below twice this."""
_EYE_SECANT: Final = 0.2
_JAW_USUAL: Final = 0.1
_USUAL_ARKIT: Final = 0.3
_USUAL_OF: Final = {"mouthClose": 0.1, "eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}
_TRUSTED_MILLIMETRES: Final = 0.03
"""A coefficient of usual size is worth this much misfit: the ridge."""
_UNMOVED_MILLIMETRES: Final = 0.02
"""Root mean square at usual size below which a component cannot be told apart from others at these points."""
_OPENINGS: Final = (
    ("lip_upper_inner", "lip_lower_inner"),
    ("mouth_left", "mouth_right"),
    ("eyelid_upper_left", "eyelid_lower_left"),
    ("eyelid_upper_right", "eyelid_lower_right"),
)
_OPENING_WEIGHT: Final = 0.05
"""Against 1 for all points together: what an opening does is seen more than where the skin around it slides."""
_JAWLESS: Final = 1.0
"""Mean square millimetres for a radian below which a face has no jaw."""
_NOT_BY_SKIN: Final = ("jawOpen", "tongueOut", "eyeLook")
"""Components that other channels carry (the jaw's and the eyes' joints) or that do not show on the skin."""


@dataclass(frozen=True)
class Misfit:
    """How far the target misses the source, root mean square in millimetres at usual size.

    `everywhere` and `mouth` over all components; `of_component` name → (everywhere, around the mouth).
    """

    everywhere: float
    mouth: float
    of_component: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class _Motions:
    """Directions at the N corresponding points in the target's axes, millimetres.

    `source` [3 N, E_s + 3]: expression, jaw, and what either eye's pitch does to the lids beyond what it does in the
    target; `target` [3 N, E_t + 1]: expression and jaw. `source_openings` [P, E_s + 3] and `target_openings`
    [P, E_t + 1] likewise, how far lips and lids part, in the target's size.
    """

    source: np.ndarray
    target: np.ndarray
    source_openings: np.ndarray
    target_openings: np.ndarray


def solve_transfer(source: Face, target: Face) -> BasisTransfer:
    """The transfer of performances on `source` to `target`. Raises DuologueError (FACE_INVALID) for faces unlike heads.

    A face with ARKit's names is bounded: 0 to 1, because every ARKit rig clamps there and the solver can then make
    up by another component; FLAME's coefficients are kept sane by the ridge alone. A jaw does not close past its rest.
    """
    pairs = correspond(source, target)
    return _solved(source, target, pairs, _motions(source, target, pairs))


def measured_transfer(source: Face, target: Face) -> tuple[BasisTransfer, Misfit]:
    """`solve_transfer` and how well each component of the source comes across."""
    pairs = correspond(source, target)
    motions = _motions(source, target, pairs)
    transfer = _solved(source, target, pairs, motions)
    return transfer, _misfit(source, pairs, motions, transfer)


def usual_sizes(face: Face) -> np.ndarray:
    """[E] what a coefficient usually reaches: a part of 1 for ARKit's names, one standard deviation for others."""
    return np.array(
        [_USUAL_OF.get(name, _USUAL_ARKIT) if name in ARKIT_NAMES else 1.0 for name in face.expression_names]
    )


def _solved(source: Face, target: Face, pairs: Correspondence, motions: _Motions) -> BasisTransfer:
    weights = np.repeat(pairs.weights, 3)[:, None]
    openings = _OPENING_WEIGHT * motions.target_openings
    gram = motions.target.T @ (weights * motions.target) + openings.T @ motions.target_openings
    usual = np.r_[usual_sizes(target), _JAW_USUAL]
    moving = np.sqrt(np.diag(gram)) * usual > _UNMOVED_MILLIMETRES
    gram += np.diag(_TRUSTED_MILLIMETRES**2 / usual**2)
    cross = motions.target.T @ (weights * motions.source) + openings.T @ motions.source_openings
    gain = _jaw_gain(pairs, motions.source[:, len(source.expression_names)], motions.target[:, -1])
    if gain > 0.0:
        cross[:, len(source.expression_names)] = (
            gain * gram[:, -1]
        )  # a jaw alone becomes the jaw alone, by as much as the gain says
    lower, upper = _bounds(target, moving)
    transfer = BasisTransfer(
        source=source.id,
        target=target.id,
        gram=gram,
        cross=cross,
        lower=lower,
        upper=upper,
        source_joints=source.J_regressor @ source.v_template,
        target_joints=target.J_regressor @ target.v_template,
        source_identity=source.identity_names,
        source_joint_directions=np.einsum("jv,vak->jak", source.J_regressor, source.identity_directions),
        jaw_gain=gain,
        residual_millimetres=0.0,
    )
    residual = _misfit(source, pairs, motions, transfer).everywhere
    return replace(transfer, residual_millimetres=residual)


def _bounds(target: Face, moving: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[E_t + 1] each; both zero for components that cannot be determined here."""
    lower, upper = np.full(len(moving), -np.inf), np.full(len(moving), np.inf)
    for index, name in enumerate(target.expression_names):
        if not moving[index] or name.startswith(_NOT_BY_SKIN):
            lower[index] = upper[index] = 0.0
        elif name in ARKIT_NAMES:
            lower[index], upper[index] = 0.0, 1.0
    if not moving[-1]:
        lower[-1] = upper[-1] = 0.0
    elif "jawOpen" in target.expression_names:
        lower[-1] = 0.0
    return lower, upper


def _motions(source: Face, target: Face, pairs: Correspondence) -> _Motions:
    here, there = _fields(source), _fields(target)
    turn = 1e3 * pairs.alignment.scale * pairs.alignment.rotation
    openings = [
        (_opening(source, here, *names) * _size(source, target, pairs, names), _opening(target, there, *names))
        for names in _OPENINGS
        if all(name in face.landmarks for face in (source, target) for name in names)
    ]
    parted = [
        np.reshape([opening[side] for opening in openings], (-1, fields.shape[2]))
        for side, fields in enumerate((here, there))
    ]
    moved, own = _at(pairs.source, here, turn), _at(pairs.target, there, 1e3 * np.eye(3))
    moved[:, -2:] -= own[:, -2:]  # the target's eyes turn as the source's: their lids are on their way already
    parted[0][:, -2:] -= parted[1][:, -2:]
    return _Motions(moved, own[:, :-2], parted[0], parted[1][:, :-2])


def _fields(face: Face) -> np.ndarray:
    """[V, 3, E + 3] metres: for a unit of each expression component, a radian of the jaw about X, and each eye's pitch.

    An eye's pitch is counted by its sine; on the skin it moves the lids, where a face's correctives do that.
    """
    pose = np.zeros((4, len(JOINT_NAMES), 3))
    pose[1, _JAW, 0] = _JAW_SECANT
    pose[2, _EYES[0], 0] = pose[3, _EYES[1], 0] = _EYE_SECANT
    none = np.zeros(len(face.identity_names)), np.zeros(len(face.expression_names))
    rest, *turned = pose_vertices(face, *none, pose, np.zeros(3))
    amounts = (_JAW_SECANT, np.sin(_EYE_SECANT), np.sin(_EYE_SECANT))
    joints = [(moved - rest) / amount for moved, amount in zip(turned, amounts, strict=True)]
    return np.concatenate([face.expression_directions, np.stack(joints, axis=2)], axis=2).astype(np.float64)


def _at(points: OnSurface, fields: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """[3 N, K] the fields [V, 3, K] at `points`, turned and scaled by `turn` [3, 3]."""
    return np.asarray(np.einsum("ab,nbk->nak", turn, points.of(fields)).reshape(3 * len(points), -1))


def _opening(face: Face, fields: np.ndarray, first: str, second: str) -> np.ndarray:
    """[K] millimetres by which two landmarks part, along the axis on which they are a pair."""
    axis = 0 if first.startswith("mouth") else 1
    return np.asarray(1e3 * (fields[face.landmarks[first], axis] - fields[face.landmarks[second], axis]))


def _size(source: Face, target: Face, pairs: Correspondence, names: tuple[str, str]) -> float:
    """How large the target's opening is against the source's: lids close by their own, lips by the head's size."""
    if not names[0].startswith("eyelid"):
        return pairs.alignment.scale
    wide = [float(np.ptp(face.v_template[[face.landmarks[name] for name in names], 1])) for face in (source, target)]
    return float(np.clip(wide[1] / max(wide[0], 1e-6), 0.5, 2.0))


def _jaw_gain(pairs: Correspondence, here: np.ndarray, there: np.ndarray) -> float:
    """Radians of the target's jaw for one of the source's: by how far lower lip and chin travel in each.

    0 where one of them has no jaw (FLAME 2023 comes without, too); expression components make its motion then.
    """
    weights = np.repeat(pairs.weights, 3)
    if min(weights @ here**2, weights @ there**2) < _JAWLESS:
        return 0.0
    return float(np.sum(weights * here * there) / np.sum(weights * there**2))


def _misfit(source: Face, pairs: Correspondence, motions: _Motions, transfer: BasisTransfer) -> Misfit:
    """Each component of the source alone at usual size, both ways where the source has both."""
    usual = usual_sizes(source)
    signs = np.where([name in ARKIT_NAMES for name in source.expression_names], 1.0, -1.0)
    both = np.concatenate([np.diag(usual), np.diag(signs * usual)])  # [2 E, E]
    expression, jaw = transfer_expression(transfer, both, np.zeros(len(both)))
    wanted = motions.source[:, : len(usual)] @ both.T
    reached = motions.target @ np.c_[expression, jaw].T
    squares = np.sum((reached - wanted).reshape(len(pairs.weights), 3, -1) ** 2, axis=1)  # [N, 2 E]
    everywhere = pairs.weights @ squares
    near = pairs.weights * pairs.mouth
    mouth = near @ squares / near.sum()
    count = len(usual)
    showing = np.tile(np.abs(motions.source[:, : len(usual)]).max(axis=0) * usual > _UNMOVED_MILLIMETRES, 2)
    of_component = {
        name: (_root(everywhere[[index, index + count]]), _root(mouth[[index, index + count]]))
        for index, name in enumerate(source.expression_names)
    }
    return Misfit(_root(everywhere[showing]), _root(mouth[showing]), of_component)


def _root(squares: np.ndarray) -> float:
    return float(np.sqrt(squares.mean()))
