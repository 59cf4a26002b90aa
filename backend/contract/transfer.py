"""Basis transfer: a performance made on one face, told in another face's components."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from .errors import DuologueError, ExitCode
from .files import write_whole

_SCHEMA: Final = 1
_TEXTS: Final = ("source", "target")
_ARRAYS: Final = ("gram", "cross", "lower", "upper", "source_joints", "target_joints")
_NUMBERS: Final = ("jaw_gain", "residual_millimetres")


@dataclass(frozen=True)
class BasisTransfer:
    """The least-squares problem between two faces, solved once for every frame by `transferred_expression`.

    With A the target's directions and B the source's at corresponding points, `gram` [E_t, E_t] is AᵀA plus the
    ridge and `cross` [E_t, E_s] is AᵀB. `lower` and `upper` [E_t] bound the target's coefficients; infinite where a
    basis (FLAME's) has no bounds. `jaw_gain` is radians of the target's jaw for one of the source's.
    `source_joints` and `target_joints` [5, 3] metres are the joints of both templates, each in its own axes and origin.
    `residual_millimetres` is the root mean square misfit over the source's components at their usual size.
    """

    source: str
    target: str
    gram: np.ndarray
    cross: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    source_joints: np.ndarray
    target_joints: np.ndarray
    jaw_gain: float
    residual_millimetres: float


def transfer_file(folder: Path, source: str, target: str) -> Path:
    """Where the transfer from `source` to `target` (face ids) is kept."""
    return folder / f"{source}--{target}.npz"


def save_transfer(path: Path, transfer: BasisTransfer) -> None:
    """Write `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    arrays: dict[str, Any] = {name: np.asarray(getattr(transfer, name), np.float64) for name in (*_ARRAYS, *_NUMBERS)}
    arrays |= {name: np.str_(getattr(transfer, name)) for name in _TEXTS}
    write_whole(path, lambda file: np.savez_compressed(file, schema=np.int64(_SCHEMA), **arrays))


def load_transfer(path: Path) -> BasisTransfer:
    """Read and check `path`. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    if not path.is_file():
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"There is no basis transfer at {path}.",
            "Press Use FLAME file… again; it solves the transfer between the two faces.",
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            fields: dict[str, Any] = {name: archive[name] for name in _ARRAYS}
            fields |= {name: float(archive[name]) for name in _NUMBERS}
            fields |= {name: str(archive[name]) for name in _TEXTS}
        transfer = BasisTransfer(**fields)
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _invalid(path, f"cannot be read ({error})") from error
    problem = _problem(transfer)
    if problem:
        raise _invalid(path, problem)
    return transfer


def _problem(transfer: BasisTransfer) -> str | None:
    """What is wrong with the arrays, or None."""
    components = len(transfer.gram)
    shapes = {
        "gram": (components, components),
        "cross": (components, transfer.cross.shape[-1]),
        "lower": (components,),
        "upper": (components,),
        "source_joints": (5, 3),
        "target_joints": (5, 3),
    }
    for name, shape in shapes.items():
        if getattr(transfer, name).shape != shape:
            return f"has {name} of shape {getattr(transfer, name).shape}, not {shape}"
    finite = (transfer.gram, transfer.cross, transfer.source_joints, transfer.target_joints)
    if not all(np.isfinite(array).all() for array in finite) or np.isnan([transfer.lower, transfer.upper]).any():
        return "has numbers that are not finite"
    return None


def _invalid(path: Path, problem: str) -> DuologueError:
    return DuologueError(ExitCode.FACE_INVALID, f"The basis transfer {path} {problem}.", "Press Use FLAME file… again.")
