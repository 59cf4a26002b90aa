"""Synthetic dubbing (Talking Together, section 3.4): stretches in which one person alone speaks, cut from different
recordings and alternated into dialogues whose masks are exact.

Only the mouth of whoever speaks is learned from them: the rest of such a dialogue never happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.errors import DuologueError, ExitCode
from backend.engines.colocated.conditioning import Condition

from .config import ColocatedSettings
from .windows import Dialogue, Example, tensor, with_noise

SHORTEST: Final = round(1.2 * FRAME_RATE)
"""Frames of a stretch."""

_LONGEST: Final = 5 * FRAME_RATE
"""Frames that are taken of one stretch."""


@dataclass(frozen=True)
class Stretch:
    """Frames `start` to `stop` of a recording, in which one person alone speaks."""

    start: int
    stop: int


@dataclass(frozen=True)
class Voice:
    """`person` of `dialogue`, and the stretches in which this one speaks alone."""

    dialogue: Dialogue
    person: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Cut:
    """Frames `start` to `stop` of the recording of voice `voice`, 0 or 1."""

    voice: int
    start: int
    stop: int


def speaking_alone(speaking: np.ndarray, person: int, least: int = SHORTEST) -> tuple[Stretch, ...]:
    """Where in `speaking` [2, T] `person` speaks and the other one does not, for `least` frames or more."""
    alone = (speaking[person] > 0.5) & (speaking[1 - person] < 0.5)  # noqa: PLR2004  (likelier than not)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], alone, [0])).astype(np.int8)))  # starts and stops in turn
    found = (Stretch(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True))
    return tuple(stretch for stretch in found if stretch.stop - stretch.start >= least)


def voices_of(material: Sequence[Dialogue]) -> list[Voice]:
    """Everybody who speaks alone somewhere. Raises DuologueError (DATASET_INVALID) where there are not two."""
    voices = [
        Voice(dialogue, person, speaking_alone(dialogue.recording.speaking, person))
        for dialogue in material
        for person in range(2)
    ]
    speaking = [voice for voice in voices if voice.stretches]
    if len({voice.dialogue.recording.name for voice in speaking}) < 2:  # noqa: PLR2004  (two have a dialogue)
        raise DuologueError(
            ExitCode.DATASET_INVALID,
            "Synthetic dubbing needs two recordings in which somebody speaks alone for 1.2 s.",
            "Add recordings, or train with --stage-two-steps 0.",
        )
    return speaking


def draw_cuts(rng: np.random.Generator, voices: tuple[Voice, Voice], frames: int) -> list[Cut]:
    """Stretches of both, in turns, `frames` long together."""
    cuts: list[Cut] = []
    voice, left = int(rng.integers(2)), frames
    while left > 0:
        stretches = voices[voice].stretches
        stretch = stretches[int(rng.integers(len(stretches)))]
        longest = min(stretch.stop - stretch.start, _LONGEST)
        length = min(int(rng.integers(SHORTEST, longest + 1)), left)
        start = int(rng.integers(stretch.start, stretch.stop - length + 1))
        cuts.append(Cut(voice, start, start + length))
        voice, left = 1 - voice, left - length
    return cuts


def draw_dubbing(
    rng: np.random.Generator, voices: Sequence[Voice], settings: ColocatedSettings, level: float
) -> Example:
    """A window of a dialogue that never happened."""
    first = voices[int(rng.integers(len(voices)))]
    others = [voice for voice in voices if voice.dialogue.recording.name != first.dialogue.recording.name]
    pair = (first, others[int(rng.integers(len(others)))])
    cuts = draw_cuts(rng, pair, settings.window)
    return window_of_cuts(rng, pair, cuts, settings, level, mix=bool(rng.random() < settings.mix_share))


def window_of_cuts(
    rng: np.random.Generator,
    voices: tuple[Voice, Voice],
    cuts: Sequence[Cut],
    settings: ColocatedSettings,
    level: float,
    *,
    mix: bool,
) -> Example:
    """The window that `cuts` make. Whoever listens moves as the listener of the stretch does."""
    streams, features, mouths, active = [], [], [], []
    for cut in cuts:
        dialogue, window = voices[cut.voice].dialogue, slice(cut.start, cut.stop)
        # The recording's people as the first and the second of the dubbed dialogue.
        speaker = voices[cut.voice].person
        order = (speaker, 1 - speaker) if cut.voice == 0 else (1 - speaker, speaker)
        streams.append(dialogue.recording.stream[order, window])
        features.append(np.stack([dialogue.audio.feature_window(person, mix=mix, window=window) for person in order]))
        mouths.append(np.stack([dialogue.audio.mouth_window(person, mix=mix, window=window) for person in order]))
        active.append(np.repeat(np.eye(2)[:, [cut.voice]], cut.stop - cut.start, axis=1))
    own = [(voice.dialogue.recording, voice.person) for voice in voices]
    place, seen_by = own[0]
    exact = np.concatenate(active, axis=1)  # [2, T]
    given = Condition(
        speaking=tensor(exact),
        mouth=tensor(np.concatenate(mouths, axis=1)),
        traits=tensor(np.stack([recording.traits[person] for recording, person in own])),
        mood=tensor(np.stack([recording.mood[person] for recording, person in own])),
        layout=tensor(place.layout[[seen_by, 1 - seen_by]]),
    )
    stream, heard_in = (np.concatenate(parts, axis=1) for parts in (streams, features))
    return with_noise(rng, stream, heard_in, given, exact, np.ones(2), settings, level)
