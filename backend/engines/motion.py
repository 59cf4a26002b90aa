"""What every engine takes and gives: the dialogue's audio in, the motion of both heads out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Motion:
    """Both heads at `FRAME_RATE`, before staging places them in the scene.

    `expression` [2, T, 52] coefficients in the order of `ARKIT_NAMES`; `jaw` [2, T, 3] axis-angle radians,
    opening is positive about X; `neck` [2, T, 3] axis-angle radians, relative to the head comfortably facing the
    partner; `gaze` [2, T, 2] radians, yaw to the person's left and pitch up of the line of sight relative to the
    direction to the partner's eyes, so (0, 0) is eye contact; `speaking` [2, T] probability from 0 to 1; `sway`
    [2, T, 3] metres by which the base of the neck is off its place, to the person's left, up and ahead, or None where
    the engine does not say and staging lets both people sway by themselves.
    """

    expression: np.ndarray
    jaw: np.ndarray
    neck: np.ndarray
    gaze: np.ndarray
    speaking: np.ndarray
    sway: np.ndarray | None = None

    @property
    def frames(self) -> int:
        """T."""
        return int(self.expression.shape[1])


@dataclass(frozen=True)
class KnownPerson:
    """What one person does already: `person` 0 or 1, and for T frames what `Motion` has of each.

    `expression` [T, 52], `jaw` [T, 3], `neck` [T, 3], `gaze` [T, 2].
    """

    person: int
    expression: np.ndarray
    jaw: np.ndarray
    neck: np.ndarray
    gaze: np.ndarray

    @property
    def frames(self) -> int:
        """T."""
        return len(self.expression)


@dataclass(frozen=True)
class KeptMotion:
    """What is there already of a dialogue of T frames, around which the rest is made.

    `motion` both heads; `mask` [2, T] bool, true where a person's frame stays as it is.
    """

    motion: Motion
    mask: np.ndarray


@dataclass(frozen=True)
class DialogueAudio:
    """`tracks` [2, N] float32 at `SAMPLE_RATE`; with one mixed recording both rows hold the mix.

    `speaking` [2, T] probability that a person speaks, or None when it is not known yet;
    `separate` False when both rows hold the same mix.
    """

    tracks: np.ndarray
    speaking: np.ndarray | None
    separate: bool
