"""Basis transfer: applying the solved transfer between two faces to a performance, and the file that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from .bounded_least_squares import bounded_least_squares
from .constants import JOINT_NAMES
from .errors import DuologueError, ExitCode
from .files import write_whole
from .performance import Performance
from .reading import explained_read_errors, is_file, read_arrays, read_or_none, text_of, texts_of

_SCHEMA: Final = 1
_TEXTS: Final = ("source", "target")
_ARRAYS: Final = ("gram", "cross", "lower", "upper", "source_joints", "target_joints", "source_joint_directions")
_NUMBERS: Final = ("jaw_gain", "residual_millimetres")
_LARGEST_BYTES: Final = 1 << 30
_SEPARATOR: Final = "--"
_JOINT_COLUMNS: Final = 3
"""Columns of `cross` that are not expression: the jaw and both eyes."""


@dataclass(frozen=True)
class BasisTransfer:
    """The least-squares problem between two faces, solved for every frame by `transfer_expression`.

    The unknowns are the target's E_t coefficients and, last, its jaw's rotation about X in radians: what one face does
    by an expression component the other may do by its jaw. With A the target's directions and B the source's at
    corresponding points in millimetres, `gram` [E_t + 1, E_t + 1] is AᵀA plus a ridge and `cross` [E_t + 1, E_s + 3]
    is AᵀB, whose last columns stand for the source's jaw rotation about X and the sine of each eye's pitch: on one face
    the lids follow the eyes by themselves, on another by expression. `lower` and `upper` [E_t + 1] bound the
    unknowns; infinite where a basis (FLAME's) has no bounds. `jaw_gain` is radians of the target's jaw for one of the
    source's. `source_joints` and `target_joints` [5, 3] metres are the joints of both templates, each in its own axes
    and origin; `source_joint_directions` [5, 3, S] metres is how the source's move with a unit of each identity
    component that `source_identity` names, because a take is staged for the people in it.
    `residual_millimetres` is the root mean square misfit over the source's components at usual size.
    """

    source: str
    target: str
    gram: np.ndarray
    cross: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    source_joints: np.ndarray
    target_joints: np.ndarray
    source_identity: tuple[str, ...]
    source_joint_directions: np.ndarray
    jaw_gain: float
    residual_millimetres: float

    @property
    def source_components(self) -> int:
        """E_s."""
        return int(self.cross.shape[1]) - _JOINT_COLUMNS

    @property
    def target_components(self) -> int:
        """E_t."""
        return len(self.gram) - 1


def transfer_expression(
    transfer: BasisTransfer, expression: np.ndarray, jaw: np.ndarray, eyes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The target's expression [T, E_t] and jaw rotation about X [T] for the source's.

    `expression` [T, E] coefficients of the source's first E ≤ E_s components (a model may use fewer than the face has);
    `jaw` [T] radians about X; `eyes` [T, 2] sines of the pitch of left and right eye, positive downwards, for the lids.
    Raises ValueError for more components than the source has.
    """
    count = expression.shape[1]
    if count > transfer.source_components:
        raise ValueError(f"{count} components, the transfer from {transfer.source} knows {transfer.source_components}")
    pitch = np.zeros((len(expression), 2)) if eyes is None else eyes
    coefficients = np.concatenate([expression, np.asarray(jaw)[:, None], pitch], axis=1).astype(np.float64)
    columns = [*range(count), *range(transfer.source_components, transfer.cross.shape[1])]
    right = coefficients @ transfer.cross[:, columns].T  # [T, E_t + 1]
    found = bounded_least_squares(transfer.gram, right, transfer.lower, transfer.upper)
    return found[:, :-1], found[:, -1]


def transfer_file(folder: Path, source: str, target: str) -> Path:
    """Where the transfer from `source` to `target` (face ids) is kept."""
    return folder / f"{source}{_SEPARATOR}{target}.npz"


def faces_of_transfer(path: Path) -> tuple[str, str] | None:
    """The source and the target (face ids) in the name of a transfer's file; None for another file's name."""
    source, separator, target = path.stem.partition(_SEPARATOR)
    return (source, target) if separator else None


def transfer_files(folder: Path, source: str, target: str) -> list[Path]:
    """Where `matching_transfer` looks, the one that it takes whatever the others say first."""
    exact = transfer_file(folder, source, target)
    others = sorted(folder.glob(f"flame-*{_SEPARATOR}{target}.npz")) if source == "flame" and folder.is_dir() else []
    return [exact, *others]


def matching_transfer(folder: Path, source: str, components: int, target: str) -> Path | None:
    """The file of the transfer that fits a performance of the face `source` with `components`, onto `target`; or None.

    A performance of plain "flame" (the official model's) is in the generic basis, which every FLAME file has: any
    `flame-…` will do, the one with the smallest residual first. Files that cannot be read are passed over.
    """
    exact, *others = transfer_files(folder, source, target)
    if is_file(exact):
        return exact
    fitting: list[tuple[float, Path]] = []
    for path in others:
        try:
            transfer = load_transfer(path)
        except DuologueError:
            continue
        if transfer.target == target and components <= transfer.source_components:
            fitting.append((transfer.residual_millimetres, path))
    return min(fitting)[1] if fitting else None


def save_transfer(path: Path, transfer: BasisTransfer) -> None:
    """Write `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    arrays: dict[str, Any] = {name: np.asarray(getattr(transfer, name), np.float64) for name in (*_ARRAYS, *_NUMBERS)}
    arrays |= {name: np.str_(getattr(transfer, name)) for name in _TEXTS}
    arrays["source_identity"] = np.array(transfer.source_identity, dtype=np.str_)
    write_whole(path, lambda file: np.savez_compressed(file, schema=np.int64(_SCHEMA), **arrays))


def load_transfer(path: Path) -> BasisTransfer:
    """Read and check `path`. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    if not is_file(path):
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"There is no basis transfer at {path}.",
            "Press Use FLAME file… again; it solves the transfer between the two faces.",
        )
    with explained_read_errors(lambda reason: _invalid(path, f"cannot be read ({reason})")):
        found = read_arrays(path, _LARGEST_BYTES)
        if int(found["schema"]) != _SCHEMA:
            raise _invalid(path, f"has schema {int(found['schema'])}; this version reads schema {_SCHEMA}")
        fields: dict[str, Any] = {name: found[name].astype(np.float64, casting="same_kind") for name in _ARRAYS}
        fields |= {name: float(found[name]) for name in _NUMBERS}
        fields |= {name: text_of(found[name]) for name in _TEXTS}
        transfer = BasisTransfer(**fields, source_identity=texts_of(found["source_identity"]))
        problem = _problem(transfer)
        if problem:
            raise _invalid(path, problem)
    return transfer


def _problem(transfer: BasisTransfer) -> str | None:
    """What is wrong with the arrays, or None."""
    unknowns = len(transfer.gram) if transfer.gram.ndim else 0
    sources = transfer.cross.shape[-1] if transfer.cross.ndim else 0
    if unknowns < 1 or sources < _JOINT_COLUMNS:
        return "has no components"
    shapes = {
        "gram": (unknowns, unknowns),
        "cross": (unknowns, sources),
        "lower": (unknowns,),
        "upper": (unknowns,),
        "source_joints": (5, 3),
        "target_joints": (5, 3),
        "source_joint_directions": (5, 3, len(transfer.source_identity)),
    }
    for name, shape in shapes.items():
        if getattr(transfer, name).shape != shape:
            return f"has {name} of shape {getattr(transfer, name).shape}, not {shape}"
    finite = [getattr(transfer, name) for name in (*_ARRAYS, *_NUMBERS) if name not in ("lower", "upper")]
    if not all(np.isfinite(array).all() for array in finite) or np.isnan([transfer.lower, transfer.upper]).any():
        return "has numbers that are not finite"
    if (transfer.lower > transfer.upper).any():
        return "has a lower bound above its upper bound"
    if np.linalg.eigvalsh(0.5 * (transfer.gram + transfer.gram.T)).min() <= 0.0:
        return "has a gram matrix that has no inverse"
    return None


def _invalid(path: Path, problem: str) -> DuologueError:
    return DuologueError(ExitCode.FACE_INVALID, f"The basis transfer {path} {problem}.", "Press Use FLAME file… again.")


_GLOBAL, _NECK, _JAW = (JOINT_NAMES.index(name) for name in ("global", "neck", "jaw"))
_EYES: Final = [JOINT_NAMES.index(name) for name in ("eye_left", "eye_right")]


def transfer_performance(performance: Performance, transfer: BasisTransfer, target_joints: np.ndarray) -> Performance:
    """`performance` in the components of `transfer`'s target.

    `target_joints` [5, 3] or, one for each person, [2, 5, 3] metres: the joints at rest of the heads that are to play
    it. Head and eyes turn as they did; the translation moves so that in every frame the midpoint between the eyes is
    where it was, and lines of sight stay true. The identities of the source's people are read from `meta`'s characters.
    Raises DuologueError (PERFORMANCE_INVALID) where the take has more components than the transfer's source.
    """
    components = performance.expression.shape[2]
    if components > transfer.source_components:
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID,
            f"The take has {components} expression components, {transfer.source} has {transfer.source_components}.",
            "Generate it again, or import the FLAME file that it was made with.",
        )
    joints = np.broadcast_to(target_joints, (2, len(JOINT_NAMES), 3))
    pose = np.asarray(performance.pose, np.float64).copy()
    solved = [
        transfer_expression(
            transfer, performance.expression[person], pose[person, :, _JAW, 0], _pitch(pose[person][:, _EYES])
        )
        for person in (0, 1)
    ]
    pose[:, :, _JAW] *= transfer.jaw_gain
    pose[:, :, _JAW, 0] = np.stack([jaw for _, jaw in solved])
    moved = [
        eyes_midpoint(
            performance.pose[person], performance.translation[person], source_joints(performance, transfer, person)
        )
        - eyes_midpoint(performance.pose[person], np.zeros(3), joints[person])
        for person in (0, 1)
    ]
    note = {"from": performance.face, "to": transfer.target, "residual_millimetres": transfer.residual_millimetres}
    return replace(
        performance,
        face=transfer.target,
        expression=np.stack([expression for expression, _ in solved]).astype(np.float32),
        pose=pose.astype(np.float32),
        translation=np.stack(moved),
        meta=performance.meta | {"transferred": note},
    )


def eyes_midpoint(pose: np.ndarray, translation: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """[T, 3] metres: the midpoint between the eyes.

    `pose` [T, 5, 3] axis-angle; `translation` [T, 3] or [3]; `joints` [5, 3] at rest. By FLAME's formula the eyes' own
    joints are carried by the neck, and the neck by the whole: R₀(R₁(m − j₁) + j₁ − j₀) + j₀ + t.
    """
    between = joints[_EYES].mean(axis=0)
    from_neck = _turned(pose[:, _NECK], np.broadcast_to(between - joints[_NECK], (len(pose), 3)))
    from_root = _turned(pose[:, _GLOBAL], from_neck + joints[_NECK] - joints[_GLOBAL])
    return np.asarray(from_root + joints[_GLOBAL] + translation)


def source_joints(performance: Performance, transfer: BasisTransfer, person: int) -> np.ndarray:
    """[5, 3] metres: the joints the take was staged with, by the identity of its character, else the template's."""
    found: Any = read_or_none(lambda: performance.meta["characters"][person]["identity"])
    numbers = isinstance(found, dict) and all(isinstance(value, int | float) for value in found.values())
    identity = found if numbers else {}
    amounts = np.array([identity.get(name, 0.0) for name in transfer.source_identity], np.float64)
    return np.asarray(transfer.source_joints + transfer.source_joint_directions @ amounts)


def _pitch(axis_angle: np.ndarray) -> np.ndarray:
    """[T, 2] sines of the angle by which an eye looks down: of what Z was, how much is along -Y now."""
    forward = _turned(axis_angle.reshape(-1, 3), np.tile([0.0, 0.0, 1.0], (axis_angle[..., 0].size, 1)))
    return np.asarray(-forward[:, 1].reshape(axis_angle.shape[:-1]))


def _turned(axis_angle: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """[T, 3] `vectors` turned by `axis_angle` [T, 3] radians (Rodrigues' formula)."""
    turn = np.asarray(axis_angle, np.float64)
    angle = np.linalg.norm(turn, axis=1, keepdims=True)
    half = np.sinc(angle / (2.0 * np.pi))
    across = np.cross(turn, vectors)
    return np.asarray(vectors + np.sinc(angle / np.pi) * across + 0.5 * half**2 * np.cross(turn, across))
