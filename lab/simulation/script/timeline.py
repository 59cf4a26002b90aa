"""When each line is said: turns, gaps, overlaps, interruptions and backchannels on one clock."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from backend.animation.phones import PAUSE, Phone
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.prosody.pitch import pitch_of, semitones

from ..speech.voice import Speech, Voice
from ..speech.voices import speak
from .invitations import Invitation, invitations_of
from .people import MOODS, Mood
from .script import Line, draw_backchannel, draw_topic, draw_turn

_BACKCHANNEL_SHARE: Final = 0.73
"""Backchannels for each invitation of strength 1; 5–12 a minute of listening (docs/developers/rehearsals.md)."""

_TURNS_A_TOPIC: Final = 9

_BRIDGED_PAUSE: Final = 0.2
"""Seconds of silence inside an utterance that still count as speaking."""

_CUT_FADE: Final = 0.04
_LEAD: Final = 0.03
"""Seconds of sound before the first phone of an utterance."""


@dataclass(frozen=True)
class Utterance:
    """A line on the clock: `start` in seconds, `phones` in seconds of the dialogue, `samples` [n] float32.

    `pitch` semitones about its median at PITCH_RATE, nan where no voice sounds; empty where it was not measured.
    """

    line: Line
    start: float
    phones: tuple[Phone, ...]
    samples: np.ndarray
    pitch: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def end(self) -> float:
        """When its sound ends, in seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Turn:
    """The floor is `person`'s from `start` to `end` seconds; `asks` where it ends in a question."""

    person: int
    start: float
    end: float
    asks: bool = False


@dataclass(frozen=True)
class Timeline:
    """A whole dialogue of `seconds`, utterances sorted by start; backchannels are utterances but no turns.

    `invitations` of both people are the moments at which their listener may nod or say mm-hm.
    """

    seconds: float
    utterances: tuple[Utterance, ...]
    turns: tuple[Turn, ...]
    invitations: tuple[Invitation, ...] = ()

    @property
    def frames(self) -> int:
        """T."""
        return round(self.seconds * FRAME_RATE)

    def of(self, person: int) -> tuple[Utterance, ...]:
        """Utterances of `person`."""
        return tuple(utterance for utterance in self.utterances if utterance.line.person == person)


def draw_timeline(
    rng: np.random.Generator,
    mood: str,
    voices: tuple[Voice, Voice],
    seconds: float,
    dominance: float = 0.5,
    responses: tuple[float, float] = (1.0, 1.0),
) -> Timeline:
    """Draw a dialogue of exactly `seconds`; `dominance` is the first person's chance of taking a free floor.

    `responses` are factors on how often each says mm-hm.
    """
    traits = MOODS[mood]
    clock = float(rng.uniform(0.4, 2.5))
    holder = int(rng.random() >= dominance)
    utterances: list[Utterance] = []
    turns: list[Turn] = []
    invitations: list[Invitation] = []
    previous: Line | None = None
    topic = draw_topic(rng)
    while clock < seconds:
        lines = draw_turn(rng, holder, mood, previous, topic, voices[holder])
        turn = _keep_off_own_speech(_place_turn(rng, lines, voices[holder], clock, traits.pace), utterances)
        gap = _draw_gap(rng, traits)
        if gap < -0.6:
            turn[-1] = _cut(turn[-1], turn[-1].end + gap + float(rng.uniform(0.25, 0.5)))
            gap = -float(rng.uniform(0.12, 0.5))
        turns.append(Turn(holder, turn[0].start, turn[-1].end, turn[-1].line.asks))
        utterances += turn
        invited = _invitations(turn)
        response = traits.response * responses[1 - holder]
        utterances += _draw_backchannels(rng, turn, invited, voices[1 - holder], response, turns)
        invitations += invited
        previous = turn[-1].line
        # Sound begins a little before the first phone and ends after the last: the gap lies between the phones.
        clock = max(turn[-1].phones[-1][1] + gap - _LEAD, turn[0].start + 0.25)
        holder = 1 - holder if rng.random() < 0.88 else int(rng.random() >= dominance)
        topic = draw_topic(rng, topic) if rng.random() < 1 / _TURNS_A_TOPIC else topic
    ordered = tuple(sorted(utterances, key=lambda utterance: utterance.start))
    return _cut_to(Timeline(seconds, ordered, tuple(turns), tuple(invitations)))


def speaking_frames(timeline: Timeline) -> np.ndarray:
    """Return the share of each frame in which a person's voice sounds, short pauses bridged. [2, T] float32, 0 to 1."""
    grid = np.zeros((2, timeline.frames * 20), np.float32)  # [2, T * 20]: 2 ms steps
    step = 1 / (FRAME_RATE * 20)
    for utterance in timeline.utterances:
        for start, end in _voiced_spans(utterance):
            # A frame's number is read at its own time, so it stands for the 40 ms centred there.
            shift = 0.5 / FRAME_RATE
            grid[utterance.line.person, round((start + shift) / step) : round((end + shift) / step)] = 1
    return np.asarray(grid.reshape(2, timeline.frames, 20).mean(axis=2))


def _voiced_spans(utterance: Utterance) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    for start, end, name in utterance.phones:
        if name == PAUSE:
            continue
        if spans and start - spans[-1][1] < _BRIDGED_PAUSE:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _place_turn(
    rng: np.random.Generator, lines: tuple[Line, ...], voice: Voice, start: float, pace: float
) -> list[Utterance]:
    placed: list[Utterance] = []
    clock = start
    for line in lines:
        rate = pace * float(np.clip(rng.normal(1, 0.07), 0.8, 1.2))
        placed.append(_placed(line, speak(line.text, voice, rate), clock))
        clock = placed[-1].end + float(np.clip(rng.lognormal(np.log(0.4), 0.5), 0.12, 1.6))
    return placed


def _keep_off_own_speech(turn: list[Utterance], earlier: list[Utterance]) -> list[Utterance]:
    """Move a turn later where its speaker is still busy with a backchannel."""
    own = [utterance.end for utterance in earlier if utterance.line.person == turn[0].line.person]
    delay = max(0.0, max(own, default=0.0) + 0.25 - turn[0].start)
    return [_shifted(utterance, delay) for utterance in turn]


def _draw_gap(rng: np.random.Generator, mood: Mood) -> float:
    """Draw the seconds from the end of a turn to the next one's start: mode 0.2 s, a third overlaps, a long right tail.

    The shape is that of Heldner & Edlund (2010): overlaps mostly under 0.4 s, mean near the mode, a tail beyond 1 s.
    Below −0.6 s the next speaker interrupts.
    """
    interrupting = 0.045 * mood.eagerness
    late = 0.17 * mood.silence
    kind = rng.random()
    if kind < interrupting:
        return -float(rng.uniform(0.6, 1.2))
    if kind < interrupting + late:
        return 0.28 + float(rng.exponential(0.68))
    if kind < interrupting + late + 0.18:
        return float(rng.normal(0.2, 0.06))
    return max(0.3 - float(rng.gamma(2.0, 0.172 * mood.eagerness**0.5)), -0.58)


def _invitations(turn: list[Utterance]) -> list[Invitation]:
    """Return the invitations of one turn; the end of the turn invites a turn, not an mm-hm."""
    found = [
        invitation
        for utterance in turn
        for invitation in invitations_of(
            utterance.line.person, utterance.start, utterance.phones, utterance.pitch, asks=utterance.line.asks
        )
    ]
    return [invitation for invitation in found if invitation.time < turn[-1].phones[-1][1] - 0.05]


def _draw_backchannels(
    rng: np.random.Generator,
    turn: list[Utterance],
    invited: list[Invitation],
    voice: Voice,
    response: float,
    turns: list[Turn],
) -> list[Utterance]:
    """Draw what the listener of `turn` says at its invitations, never over the end of the turn."""
    person = 1 - turn[0].line.person
    placed: list[Utterance] = []
    free = max((earlier.end for earlier in turns if earlier.person == person), default=-1.0) + 0.3
    for invitation in invited:
        start = invitation.time + float(rng.normal(0.06, 0.14))
        if start < free or rng.random() > _BACKCHANNEL_SHARE * response * invitation.strength:
            continue
        answered = max((line for line in turn if line.start <= invitation.time), key=lambda line: line.start)
        line = draw_backchannel(rng, person, answered.line, voice)
        utterance = _placed(line, speak(line.text, voice, float(rng.uniform(0.85, 1.15))), start)
        if utterance.end > turn[-1].end - 0.3:
            continue
        placed.append(utterance)
        free = utterance.end + 0.8
    return placed


def _placed(line: Line, speech: Speech, start: float) -> Utterance:
    phones = tuple((start + first, start + last, name) for first, last, name in speech.phones)
    return Utterance(line, start, phones, speech.samples, semitones(pitch_of(speech.samples)))


def _shifted(utterance: Utterance, delay: float) -> Utterance:
    phones = tuple((first + delay, last + delay, name) for first, last, name in utterance.phones)
    return replace(utterance, start=utterance.start + delay, phones=phones)


def _cut(utterance: Utterance, end: float) -> Utterance:
    """Stop speaking at `end`, as somebody who is interrupted does; at least one phone is kept."""
    end = max(end, utterance.phones[0][1] + _CUT_FADE)
    if end >= utterance.end:
        return utterance
    samples = utterance.samples[: round((end - utterance.start) * SAMPLE_RATE)].copy()
    fade = min(len(samples), round(_CUT_FADE * SAMPLE_RATE))
    samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    kept = tuple((first, min(last, end), name) for first, last, name in utterance.phones if first < end - _CUT_FADE)
    return replace(utterance, samples=samples, phones=kept)


def _cut_to(timeline: Timeline) -> Timeline:
    """Drop and cut what lies beyond the end."""
    last = timeline.seconds - 0.1
    kept = tuple(
        _cut(utterance, last) for utterance in timeline.utterances if utterance.phones[0][1] + _CUT_FADE < last
    )
    turns = tuple(replace(turn, end=min(turn.end, last)) for turn in timeline.turns if turn.start < last)
    invitations = tuple(invitation for invitation in timeline.invitations if invitation.time < last)
    return replace(timeline, utterances=kept, turns=turns, invitations=invitations)
