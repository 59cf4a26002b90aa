"""What the mouth rules need to know of a stretch of speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..contract.constants import SAMPLE_RATE
from .phones import Phone


class SpokenRun(Protocol):
    """A stretch of speech on the dialogue's clock."""

    @property
    def start(self) -> float:
        """Seconds."""
        ...

    @property
    def end(self) -> float:
        """Seconds."""
        ...

    @property
    def phones(self) -> tuple[Phone, ...]:
        """In seconds of the dialogue."""
        ...

    @property
    def samples(self) -> np.ndarray:
        """[n] float32 at SAMPLE_RATE, from `start` on."""
        ...


@dataclass(frozen=True)
class SpeechRun:
    """A stretch of speech without a text, as `SpokenRun` says."""

    start: float
    phones: tuple[Phone, ...]
    samples: np.ndarray

    @property
    def end(self) -> float:
        """When its sound ends, in seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE
