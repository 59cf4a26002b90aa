"""A job's transcripts: read before the work, laid under the speech after the turns, then seen on the lips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..animation.moments import SaidFrames
from ..contract.constants import FRAME_RATE
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import JobRequest
from ..engines.base import DialogueAudio, Motion
from ..words.aligner import load_dictionary
from ..words.forced_alignment import TranscriptAlignment, align_transcript
from ..words.lip_articulation import with_articulated_lips
from ..words.transcripts import Texts, read_transcripts
from .stages import Stages


@dataclass(frozen=True)
class KnownWords:
    """The words of both people, None where nobody gave them."""

    people: tuple[TranscriptAlignment | None, TranscriptAlignment | None]

    def counts(self) -> list[dict[str, int] | None]:
        """For each person how many words were given and how many were found with confidence, for the take's notes."""
        return [None if person is None else {"words": person.words, "heard": person.found} for person in self.people]


def given_texts(request: JobRequest) -> Texts | None:
    """What the request says that both people say; None without transcripts, and then no library is asked for.

    Of a person whose motion is known or stays nothing is to be sharpened. Raises DuologueError (TRANSCRIPT_INVALID).
    """
    if request.transcripts is None or request.transcripts == (None, None):
        return None
    first, second = (None if path is None else Path(path) for path in request.transcripts)
    texts = read_transcripts((first, second), (request.characters[0].name, request.characters[1].name))
    given_motion: tuple[int, ...] = () if request.partner is None else (request.partner.person,)
    if request.keep is not None:
        given_motion = request.keep.people
    return (None if 0 in given_motion else texts[0], None if 1 in given_motion else texts[1])


def know_words(
    texts: Texts, audio: DialogueAudio, speaking: np.ndarray, names: tuple[str, str], stages: Stages
) -> KnownWords | None:
    """Lay `texts` under `audio`; `speaking` [2, T]. None, and a warning, without the library that does it.

    Raises DuologueError (CANCELLED).
    """
    stages.begin("words")
    try:
        dictionary = load_dictionary()
    except DuologueError as error:
        if error.code != ExitCode.DEPENDENCY_MISSING:
            raise
        stages.warn(f"The words are left out, and the lips follow the sound alone. {error.message} {error.fix}")
        return None
    people: list[TranscriptAlignment | None] = []
    for person, text in enumerate(texts):
        if text is None:
            people.append(None)
            continue
        found = align_transcript(
            text,
            names[person],
            audio.tracks[person],
            speaking,
            person,
            audio.separate,
            dictionary,
            stages.steps_of("words"),
        )
        stages.warn(*found.warnings)
        people.append(found)
    return KnownWords((people[0], people[1]))


def said_frames(known: KnownWords | None, names: tuple[str, str]) -> SaidFrames:
    """When each of the two, called `names`, surely says the other's first name, and ends a question."""
    if known is None:
        return SaidFrames()
    called, asked = [], []
    for words, other in zip(known.people, reversed(names), strict=True):
        called.append(() if words is None else _frames(words.times_of_name(other)))
        asked.append(() if words is None else _frames(words.question_ends()))
    return SaidFrames((called[0], called[1]), (asked[0], asked[1]))


def _frames(seconds: Sequence[float]) -> tuple[int, ...]:
    return tuple(round(time * FRAME_RATE) for time in seconds)


def say_words(motion: Motion, known: KnownWords, audio: DialogueAudio) -> Motion:
    """`motion` with lips that say the words, where these are sure."""
    for person, words in enumerate(known.people):
        if words is not None:
            motion = with_articulated_lips(motion, person, words.fitted, audio.tracks[person])
    return motion


def notes(request: JobRequest, known: KnownWords | None) -> dict[str, Any]:
    """What the take records about the transcripts; empty without any."""
    if known is None or request.transcripts is None:
        return {}
    files = [None if path is None else Path(path).name for path in request.transcripts]
    return {"transcripts": {"files": files, "people": known.counts()}}
