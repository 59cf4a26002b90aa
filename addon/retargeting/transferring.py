"""A take on a head of another face than it was made for. No bpy here."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import Stamp, stamp_of
from ...backend.contract.performance import Performance
from ...backend.contract.transfer import (
    BasisTransfer,
    load_transfer,
    matching_transfer,
    transfer_files,
    transfer_performance,
)

_ANY_FLAME: Final = "flame"


def told_for_face(performance: Performance, face: str, target_joints: np.ndarray, folder: Path) -> Performance:
    """`performance` in the components of `face`, itself where it already is; plain "flame" is any FLAME's own basis.

    `target_joints` [5, 3] or [2, 5, 3] metres, the joints at rest of the built heads; `folder` holds the transfers that
    *Use FLAME file…* left. Raises DuologueError (PERFORMANCE_INVALID: there is no transfer; FACE_INVALID).
    """
    if performance.face == face:
        return performance
    if performance.face == _ANY_FLAME and face.startswith(_ANY_FLAME):
        return replace(performance, face=face)
    components = performance.expression.shape[2]
    candidates = stamp_of(transfer_files(folder, performance.face, face))
    path = _chosen(folder, performance.face, components, face, candidates)
    if path is None:
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID,
            f"The take is for the face {performance.face} with {components} components, the heads are {face}, and "
            "nothing here tells one in the other.",
            "Press Use FLAME file… and choose the file the take was made with, or generate the take again.",
        )
    return transfer_performance(performance, _loaded(path, stamp_of([path])), target_joints)


@lru_cache(maxsize=2)
def _chosen(folder: Path, source: str, components: int, target: str, _candidates: Stamp) -> Path | None:
    """As `matching_transfer`, which may read every candidate: once, until one of them changes."""
    return matching_transfer(folder, source, components, target)


@lru_cache(maxsize=2)
def _loaded(path: Path, _stamp: Stamp) -> BasisTransfer:
    """Read once for each file: a slider asks for it many times a second."""
    return load_transfer(path)


__all__ = ["told_for_face", "transfer_performance"]
