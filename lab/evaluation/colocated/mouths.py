"""The wrong mouth: whose lips part while only the other one speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.engines.motion import Motion

from ..measures.landmark_motion import mouth_curves

OPEN: Final = 1.5
"""Millimetres beyond rest from which lips that should be silent count as moving."""

AWAY: Final = 0.3
"""Seconds from the own speech at which silence begins: lips part before a voice and come to rest after it."""

_SPEAKING: Final = 0.5


@dataclass(frozen=True)
class WrongMouth:
    """`open` frames out of `frames` in which one person alone speaks and the other one's lips are apart."""

    open: int
    frames: int

    def __add__(self, other: WrongMouth) -> WrongMouth:
        return WrongMouth(self.open + other.open, self.frames + other.frames)

    @property
    def share(self) -> float:
        """0 to 1, nan without such frames."""
        return self.open / self.frames if self.frames else float("nan")


def wrong_mouth(speaking: np.ndarray, made: Motion, face: Face) -> WrongMouth:
    """`speaking` [2, T] who truly speaks; both people together."""
    frames = min(speaking.shape[1], made.frames)
    silent = silent_while_the_other_speaks(speaking[:, :frames])
    gaps = opening(made, face)[:, :frames]
    return WrongMouth(int((gaps[silent] > OPEN).sum()), int(silent.sum()))


def silent_while_the_other_speaks(speaking: np.ndarray) -> np.ndarray:
    """[2, T] bool: this person is silent for 0.3 s around, and the other one speaks."""
    speaks = speaking > _SPEAKING
    reach = 2 * round(AWAY * FRAME_RATE) + 1
    near = maximum_filter1d(speaks.astype(np.int8), reach, axis=1, mode="constant").astype(bool)
    return np.asarray(~near & speaks[::-1])


def opening(motion: Motion, face: Face) -> np.ndarray:
    """[2, T] millimetres between each one's inner lips beyond rest."""
    order = [ARKIT_INDEX[name] for name in face.expression_names]
    return np.stack(
        [mouth_curves(face, motion.expression[who][:, order].astype(float), motion.jaw[who])[0] for who in range(2)]
    )
