"""What every engine takes and gives: `Conditions` in, among them the `Scene`; the `Motion` of both heads out.

An engine is loaded once (`registry.EngineEntry.load`) and then generates as often as it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np

from ..contract.constants import SAMPLES_PER_FRAME
from ..prosody.phrases import SILENT, Phrases, phrases_of

MOODS: Final = ("neutral", "friendly", "happy", "tender", "sad", "angry", "tense", "surprised", "bored", "serious")
"""The moods of presets/staging/moods.json that people were rehearsed in, in the order of the condition."""

LAYOUT: Final = 7
"""Numbers that place the partner: see `Scene`."""


@dataclass(frozen=True)
class Scene:
    """What a staging says to the model about each person.

    `layout` [2, 7]: the partner's eyes in the axes of one's own chair (metres to the left, up, ahead), cosine and sine
    of how far the partner's chair is turned from one's own, 1 for standing, lean in radians; `moods` names of
    presets/staging/moods.json. Who avoids whose eyes because the sentence says so is not in it: staging sees to that,
    whatever the model does.
    """

    layout: np.ndarray
    moods: tuple[str, str]

    @property
    def distance(self) -> float:
        """Metres between both people's eyes."""
        return float(np.linalg.norm(self.layout[0, :3]))

    def mood_rows(self) -> np.ndarray:
        """[2, 10] one-hot; zeros for a mood that was not rehearsed."""
        return np.array([[float(mood == known) for known in MOODS] for mood in self.moods], np.float32)


ORDINARY_SCENE: Final = Scene(
    np.array([[0.0, 0.0, 1.1, -1.0, 0.0, 0.0, 0.0]] * 2, np.float32),
    ("neutral", "neutral"),
)
"""Two people who sit face to face, an arm and a half apart."""


Habits = Mapping[str, float]
"""A person's habits by the names of `contract.character.HABITS`; what is not given is ordinary."""

Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)` with the stages “features” and “model”."""

_KEPT_ARRAYS: Final = ("expression", "jaw", "neck", "gaze", "sway")
_UNKNOWN: Final = 0.5
"""Probability that a person speaks where nobody knows."""


@dataclass(frozen=True)
class Motion:
    """Both heads at `FRAME_RATE`, before staging places them in the scene.

    `expression` [2, T, E] coefficients, 52 in the order of `ARKIT_NAMES` unless the engine has a `face` of its own;
    `jaw` [2, T, 3] axis-angle radians,
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
    """The given motion of `person` 0 or 1, T frames, in the terms of `Motion`.

    `expression` [T, E], `jaw` [T, 3], `neck` [T, 3], `gaze` [T, 2].
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

    def whole_person(self) -> KnownPerson | None:
        """The one person who stays from beginning to end; None where nobody does, or both."""
        whole = np.flatnonzero(self.mask.all(axis=1))
        if len(whole) != 1:
            return None
        person, motion = int(whole[0]), self.motion
        parts = (motion.expression, motion.jaw, motion.neck, motion.gaze)
        return KnownPerson(person, *(part[person] for part in parts))


@dataclass(frozen=True)
class DialogueAudio:
    """`tracks` [2, N] float32 at `SAMPLE_RATE`; with one mixed recording both rows hold the mix.

    `speaking` [2, T] probability that a person speaks, or None when it is not known yet;
    `separate` False when both rows hold the same mix.
    """

    tracks: np.ndarray
    speaking: np.ndarray | None
    separate: bool

    @property
    def frames(self) -> int:
        """T, every begun frame."""
        return -(-int(self.tracks.shape[1]) // SAMPLES_PER_FRAME)

    @cached_property
    def phrases(self) -> tuple[Phrases, Phrases]:
        """What both people say; nothing where nobody knows who speaks."""
        if self.speaking is None:
            return SILENT
        first, second = (phrases_of(track, row) for track, row in zip(self.tracks, self.speaking, strict=True))
        return first, second


@dataclass(frozen=True)
class Conditions:
    """What a dialogue's motion is made from.

    `habits` of each person; `scene` is the place that the motion is made for, by engines that know places. `partner` is
    the given motion of one person, to which the other one reacts. `kept` stays as it is where its mask is true. Both
    have as many frames as the sound.
    """

    audio: DialogueAudio
    habits: tuple[Habits, Habits] = ({}, {})
    scene: Scene = ORDINARY_SCENE
    kept: KeptMotion | None = None
    partner: KnownPerson | None = None

    @property
    def speaking(self) -> np.ndarray:
        """[2, T] probability that a person speaks: the last value lasts, and a half is unknown."""
        known = self.audio.speaking
        if known is None:
            return np.full((2, self.audio.frames), _UNKNOWN, np.float32)
        return known[:, np.minimum(np.arange(self.audio.frames), known.shape[1] - 1)]


class Engine(Protocol):
    """A model with its weights on a device."""

    @property
    def weights(self) -> Mapping[str, str]:
        """File name → sha256 of every file that the motion depends on; the model's own comes first."""

    @property
    def face(self) -> str | None:
        """The face whose basis the expression has; None for ARKit's components, which suit every face."""

    @property
    def notes(self) -> Mapping[str, Any]:
        """Return what a take records about the engine beside the weights."""

    def generate(
        self,
        conditions: Conditions,
        seed: int,
        progress: Progress = ...,
        check_cancel: Callable[[], None] = ...,
    ) -> Motion:
        """The motion of both people. The same arguments give the same motion.

        `check_cancel()` is called at every window and may raise. Raises ValueError for `kept` or `partner` of another
        length than the sound, DuologueError where the sound is none for this engine.
        """


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody asked for."""


def never() -> None:
    """Cancelling that nobody asks for."""


def steps_of(stage: str, progress: Progress, check_cancel: Callable[[], None]) -> Callable[[int, int], None]:
    """`progress` of one stage; at each step `check_cancel` may raise before anything is reported."""

    def step(done: int, total: int) -> None:
        check_cancel()
        progress(stage, done, total)

    return step


def keep(made: Motion, kept: KeptMotion) -> Motion:
    """`made`, but `kept` where its mask is true. Raises ValueError for another length."""
    _check_length(made.frames, kept)
    arrays = {}
    for name in _KEPT_ARRAYS:
        new, old = getattr(made, name), getattr(kept.motion, name)
        there = new is not None and old is not None
        arrays[name] = np.where(kept.mask[..., None], old, new).astype(np.float32) if there else new
    return Motion(**arrays, speaking=made.speaking)


def keeping(partner: KnownPerson | None, kept: KeptMotion | None) -> KeptMotion | None:
    """What `partner` does and what is `kept`, in one; where both say something of a frame, `partner` holds.

    Raises ValueError for different lengths.
    """
    if partner is None:
        return kept
    whole = _wholly_kept(partner)
    if kept is None:
        return whole
    _check_length(partner.frames, kept)
    return KeptMotion(keep(kept.motion, whole), kept.mask | whole.mask)


def _wholly_kept(known: KnownPerson) -> KeptMotion:
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
