"""What of a dialogue is there already and stays as it is."""

from __future__ import annotations

import numpy as np

from .motion import KeptMotion, KnownPerson, Motion

_ARRAYS = ("expression", "jaw", "neck", "gaze", "sway")


def keep(made: Motion, kept: KeptMotion) -> Motion:
    """`made`, but `kept` where its mask is true. Raises ValueError for another length."""
    _check_length(made.frames, kept)
    arrays = {}
    for name in _ARRAYS:
        new, old = getattr(made, name), getattr(kept.motion, name)
        there = new is not None and old is not None
        arrays[name] = np.where(kept.mask[..., None], old, new).astype(np.float32) if there else new
    return Motion(**arrays, speaking=made.speaking)


def keeping(known: KnownPerson | None, kept: KeptMotion | None) -> KeptMotion | None:
    """What `known` does and what is `kept`, in one; of a frame that both tell, `known` holds.

    Raises ValueError for different lengths.
    """
    if known is None:
        return kept
    both = _of_one(known)
    if kept is None:
        return both
    _check_length(known.frames, kept)
    return KeptMotion(keep(kept.motion, both), kept.mask | both.mask)


def _of_one(known: KnownPerson) -> KeptMotion:
    arrays = {}
    for name in ("expression", "jaw", "neck", "gaze"):
        own = getattr(known, name)
        arrays[name] = np.zeros((2, *own.shape), np.float32)
        arrays[name][known.person] = own
    mask = np.zeros((2, known.frames), bool)
    mask[known.person] = True
    return KeptMotion(Motion(**arrays, speaking=mask.astype(np.float32)), mask)


def _check_length(frames: int, kept: KeptMotion) -> None:
    if kept.mask.shape[1] != frames or kept.motion.frames != frames:
        raise ValueError(f"{kept.mask.shape[1]} frames are kept of {frames}")
