"""Stretches of frames in which something holds."""

from __future__ import annotations

import numpy as np


def runs_of(flags: np.ndarray) -> list[tuple[int, int]]:
    """`flags` [T] bool → (first frame, frame after the last) of every run of True, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
