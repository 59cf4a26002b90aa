"""Moments of a dialogue at which eyes have something to do: last words, questions, interruptions, raised voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from ..prosody.outbursts import outbursts_of
from ..prosody.phrases import Phrase, Phrases, phrase_spans

_SHORT: Final = 0.8
"""Seconds that an “mm-hm” lasts at most."""

_PAUSE: Final = 0.3
"""Seconds between the other's phrase and an “mm-hm” in its pause, at most; answers are further off."""

_PASSES_WITHIN: Final = 1.5
"""Seconds after a phrase within which the other one has the floor, if it was the turn's last."""

_OVER_FROM, _OVER_FOR = 0.3, 0.4
"""Seconds that the other one must have spoken, and goes on to, for a beginning to be an interruption: two thirds of the
turns that overlap do so for less (2,438 telephone calls), and surprise nobody."""

_NEW_AFTER: Final = 0.6
"""Seconds of silence before a phrase that make it an onset."""

_END: Final = 0.5
"""Seconds between the end of a question's last word and that of its phrase, at most."""

_EVER: Final = 60.0
"""Seconds; longer than anything here looks before and after."""


@dataclass(frozen=True)
class Utterance:
    """A phrase from frame `start` up to `stop`, as the other one has to take it.

    `last` whether the other one speaks next, or nobody any more; `asks` whether it asks; `over` whether it begins in
    the other's speech; `short` whether it is no more than an “mm-hm”; `new` whether it begins after a silence of one's
    own.
    """

    start: int
    stop: int
    last: bool = False
    asks: bool = False
    over: bool = False
    short: bool = False
    new: bool = True


Utterances = tuple[Utterance, ...]


@dataclass(frozen=True)
class SaidFrames:
    """What both people's words tell, where they are known: frames of `names`, on which each begins to say the other's,
    and of the ends of `questions`.
    """

    names: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    questions: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


@dataclass(frozen=True)
class Moments:
    """Of both people: `utterances` in order; `loud` frames on which a voice is raised or a laugh begins; `named` frames
    on which a person begins to say the other's name; `stressed` frames of the vowels that carry a phrase.
    """

    utterances: tuple[Utterances, Utterances]
    loud: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    named: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    stressed: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())

    def onsets_for(self, person: int) -> tuple[int, ...]:
        """Frames on which the other one begins to speak, but for an “mm-hm”, or gets loud."""
        other = 1 - person
        starts = [said.start for said in self.utterances[other] if said.new and not said.short]
        return tuple(sorted({*starts, *self.loud[other]}))

    def interruptions_of(self, person: int) -> tuple[int, ...]:
        """Frames on which the other one comes in while `person` speaks, or gets loud: what makes one look up."""
        other = 1 - person
        starts = [said.start for said in self.utterances[other] if said.over and said.new and not said.short]
        return tuple(sorted({*starts, *self.loud[other]}))


def moments_heard(
    phrases: tuple[Phrases, Phrases],
    tracks: np.ndarray,
    speaking: np.ndarray,
    *,
    separate: bool,
    said: SaidFrames | None = None,
) -> Moments:
    """What both people's `phrases` and `tracks` [2, N] at SAMPLE_RATE tell; `speaking` [2, T] from 0 to 1.

    `said` where words are known. Of one recording of both (not `separate`) outbursts that nobody is known to make are
    nobody's.
    """
    one, other = (
        outbursts_of(tracks[who], tracks[1 - who] if separate else None, speaking[[who, 1 - who]]) for who in range(2)
    )
    return moments_of(phrases, (one, other), said or SaidFrames())


def moments_of_speech(speaking: np.ndarray) -> Moments:
    """The moments where nothing is known but who speaks, `speaking` [2, T]: nobody asks and nobody gets loud."""
    first, second = (tuple(Phrase(start, end) for start, end in phrase_spans(row)) for row in speaking)
    return moments_of((first, second))


def moments_of(
    phrases: tuple[Phrases, Phrases],
    loud: tuple[Sequence[int], Sequence[int]] = ((), ()),
    said: SaidFrames = SaidFrames(),
) -> Moments:
    """Both people's `phrases`, in order, as they follow each other; `loud` frames as in `Moments`."""
    people = [
        tuple(_utterance(phrases[who], index, phrases[1 - who]) for index in range(len(phrases[who])))
        for who in range(2)
    ]
    first, second = (
        tuple(replace(one, asks=one.asks or _ends_near(one, said.questions[who])) for one in people[who])
        for who in range(2)
    )
    one, other = (
        tuple(round(accent.time * FRAME_RATE) for phrase in own for accent in phrase.accents) for own in phrases
    )
    return Moments((first, second), (tuple(loud[0]), tuple(loud[1])), said.names, (one, other))


def _ends_near(utterance: Utterance, frames: Sequence[int]) -> bool:
    return any(abs(frame - utterance.stop) <= _END * FRAME_RATE for frame in frames)


def _utterance(own: Phrases, index: int, theirs: Phrases) -> Utterance:
    phrase = own[index]
    following = own[index + 1].start if index + 1 < len(own) else phrase.end + _EVER
    before = own[index - 1].end if index else -_EVER
    until = min(phrase.end + _PASSES_WITHIN, following)
    over = any(other.start <= phrase.start - _OVER_FROM and other.end >= phrase.start + _OVER_FOR for other in theirs)
    short = phrase.seconds <= _SHORT and _lies_within(phrase, theirs) and following - phrase.end > 1.0
    goes_on = any(other.start < until and other.end > phrase.end and other.seconds > _SHORT for other in theirs)
    closes = index + 1 == len(own) and all(other.end <= phrase.end for other in theirs)
    return Utterance(
        round(phrase.start * FRAME_RATE),
        round(phrase.end * FRAME_RATE),
        last=(goes_on and not short) or closes,
        asks=phrase.asks,
        over=over,
        short=short,
        new=phrase.start - before >= _NEW_AFTER,
    )


def _lies_within(phrase: Phrase, theirs: Phrases) -> bool:
    """Whether `phrase` is said while the other one speaks or in a short pause of theirs."""
    before = any(other.start < phrase.start and phrase.start - other.end < _PAUSE for other in theirs)
    return before and any(other.end > phrase.end and other.start - phrase.end < _PAUSE for other in theirs)
