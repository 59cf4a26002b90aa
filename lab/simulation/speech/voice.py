"""A voice and its output: sound with the times of its phones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

from backend.animation.phones import Phone
from backend.contract.constants import SAMPLE_RATE

Synthesizer = Literal["flite", "festival", "kokoro"]


@dataclass(frozen=True)
class Voice:
    """How one person speaks.

    `name` is the voice's among those of `synthesizer`; `stretch` multiplies durations; `pitch` multiplies the voice's
    own fundamental; `tract` multiplies all frequencies, formants included, as a shorter or longer vocal tract does.
    """

    synthesizer: Synthesizer
    name: str
    stretch: float
    pitch: float
    tract: float


@dataclass(frozen=True)
class Sound:
    """Output of a synthesizer: `samples` [N] float32 at `rate_hz`; `phones` in order, from 0 s, without gaps."""

    samples: np.ndarray
    rate_hz: int
    phones: tuple[Phone, ...]


@dataclass(frozen=True)
class Speech:
    """Spoken text: `samples` [N] float32 at SAMPLE_RATE without silence around it, `phones` covering it from 0 s."""

    samples: np.ndarray
    phones: tuple[Phone, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / SAMPLE_RATE


def fraction_of(*parts: str) -> float:
    """Return a number from 0 to 1 (not included) that depends on `parts` alone, by a hash."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
