"""Basis transfer: a performance made on one face, told in another face's components."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from .bounded_least_squares import bounded_least_squares
from .errors import DuologueError, ExitCode
from .files import write_whole
from .reading import explained_read_errors, is_file, read_arrays, text_of, texts_of

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
    """The least-squares problem between two faces, solved for every frame by `transferred`.

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


def transferred(
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
    told = np.concatenate([expression, np.asarray(jaw)[:, None], pitch], axis=1).astype(np.float64)
    columns = [*range(count), *range(transfer.source_components, transfer.cross.shape[1])]
    right = told @ transfer.cross[:, columns].T  # [T, E_t + 1]
    found = bounded_least_squares(transfer.gram, right, transfer.lower, transfer.upper)
    return found[:, :-1], found[:, -1]


def transfer_file(folder: Path, source: str, target: str) -> Path:
    """Where the transfer from `source` to `target` (face ids) is kept."""
    return folder / f"{source}{_SEPARATOR}{target}.npz"


def faces_of_transfer(path: Path) -> tuple[str, str] | None:
    """The source and the target (face ids) that the name of a transfer's file tells; None for another file's name."""
    source, separator, target = path.stem.partition(_SEPARATOR)
    return (source, target) if separator else None


def matching_transfer(folder: Path, source: str, components: int, target: str) -> Path | None:
    """The file of the transfer that fits a performance of the face `source` with `components`, onto `target`; or None.

    A performance of plain "flame" (the official model's) is in the generic basis, which every FLAME file has: any
    `flame-…` will do, the one with the smallest residual first. Files that cannot be read are passed over.
    """
    exact = transfer_file(folder, source, target)
    if is_file(exact):
        return exact
    if source != "flame" or not folder.is_dir():
        return None
    fitting: list[tuple[float, Path]] = []
    for path in sorted(folder.glob(f"flame-*{_SEPARATOR}{target}.npz")):
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
