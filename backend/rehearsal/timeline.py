"""When each line is said: turns, gaps, overlaps, interruptions and backchannels on one clock."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE, SAMPLE_RATE
from .script import Line, draw_backchannel, draw_turn
from .voices import PAUSE, Phone, Speech, Voice, speak

_BACKCHANNEL_SHARE: Final = 0.42
"""Chance of a backchannel at the end of a partner's line; gives 5–12 a minute of listening (STATISTICS.md)."""

_BRIDGED_PAUSE: Final = 0.2
"""Seconds of silence inside an utterance that still count as speaking."""

_CUT_FADE: Final = 0.04


@dataclass(frozen=True)
class Utterance:
    """A line on the clock: `start` in seconds, `phones` in seconds of the dialogue, `samples` [n] float32."""

    line: Line
    start: float
    phones: tuple[Phone, ...]
    samples: np.ndarray

    @property
    def end(self) -> float:
        """When its sound ends, in seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Turn:
    """The floor is `person`'s from `start` to `end` seconds."""

    person: int
    start: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """A whole dialogue of `seconds`, utterances sorted by start; backchannels are utterances but no turns."""

    seconds: float
    utterances: tuple[Utterance, ...]
    turns: tuple[Turn, ...]

    @property
    def frames(self) -> int:
        """T."""
        return round(self.seconds * FRAME_RATE)

    def of(self, person: int) -> tuple[Utterance, ...]:
        """What `person` says."""
        return tuple(one for one in self.utterances if one.line.person == person)


def draw_timeline(
    rng: np.random.Generator, mood: str, voices: tuple[Voice, Voice], seconds: float, dominance: float = 0.5
) -> Timeline:
    """A dialogue of exactly `seconds`; `dominance` is the first person's chance of taking a free floor."""
    clock = float(rng.uniform(0.4, 2.5))
    holder = int(rng.random() >= dominance)
    utterances: list[Utterance] = []
    turns: list[Turn] = []
    previous: Line | None = None
    while clock < seconds:
        turn = _place_turn(rng, draw_turn(rng, holder, mood, previous), voices[holder], clock)
        turn = _keep_off_own_speech(turn, utterances)
        gap = _draw_gap(rng)
        if gap < -0.6:
            turn[-1] = _cut(turn[-1], turn[-1].end + gap + float(rng.uniform(0.25, 0.5)))
            gap = -0.3
        turns.append(Turn(holder, turn[0].start, turn[-1].end))
        utterances += turn
        utterances += _draw_backchannels(rng, turn, voices[1 - holder], 1 - holder, turns)
        previous = turn[-1].line
        clock = turn[-1].end + gap
        holder = _next_holder(rng, holder, dominance)
    return _cut_to(Timeline(seconds, tuple(sorted(utterances, key=lambda one: one.start)), tuple(turns)))


def speaking_frames(timeline: Timeline) -> np.ndarray:
    """Share of each frame in which a person's voice sounds, short pauses bridged. [2, T] float32, 0 to 1."""
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


def _place_turn(rng: np.random.Generator, lines: tuple[Line, ...], voice: Voice, start: float) -> list[Utterance]:
    placed: list[Utterance] = []
    clock = start
    for line in lines:
        placed.append(_placed(line, speak(line.text, voice, float(np.clip(rng.normal(1, 0.07), 0.8, 1.2))), clock))
        clock = placed[-1].end + float(np.clip(rng.lognormal(np.log(0.4), 0.5), 0.12, 1.6))
    return placed


def _keep_off_own_speech(turn: list[Utterance], earlier: list[Utterance]) -> list[Utterance]:
    """Move a turn later where its speaker is still busy with a backchannel."""
    own = [one.end for one in earlier if one.line.person == turn[0].line.person]
    delay = max(0.0, max(own, default=0.0) + 0.15 - turn[0].start)
    return [_shifted(one, delay) for one in turn]


def _draw_gap(rng: np.random.Generator) -> float:
    """Seconds from the end of a turn to the next one's start: mode 0.2 s, a fifth overlaps, a long right tail."""
    kind = rng.random()
    if kind < 0.70:
        return float(rng.normal(0.18, 0.11))
    if kind < 0.84:
        return -float(rng.uniform(0.03, 0.35))
    if kind < 0.89:
        return -float(rng.uniform(0.6, 1.2))
    return float(rng.exponential(0.7)) + 0.5


def _next_holder(rng: np.random.Generator, holder: int, dominance: float) -> int:
    if rng.random() < 0.88:
        return 1 - holder
    return int(rng.random() >= dominance)


def _draw_backchannels(
    rng: np.random.Generator, turn: list[Utterance], voice: Voice, person: int, turns: list[Turn]
) -> list[Utterance]:
    placed: list[Utterance] = []
    free = max((one.end for one in turns if one.person == person), default=-1.0) + 0.3
    for index, heard in enumerate(turn):
        moments = [start for start, _, name in heard.phones if name == PAUSE]
        moments += [heard.end] if index < len(turn) - 1 else []
        for moment in moments:
            start = moment + float(rng.normal(0.05, 0.15))
            if start < free or rng.random() > _BACKCHANNEL_SHARE:
                continue
            line = draw_backchannel(rng, person, heard.line)
            utterance = _placed(line, speak(line.text, voice, float(rng.uniform(0.85, 1.15))), start)
            if utterance.end > turn[-1].end - 0.3:
                continue
            placed.append(utterance)
            free = utterance.end + 0.8
    return placed


def _placed(line: Line, speech: Speech, start: float) -> Utterance:
    phones = tuple((start + first, start + last, name) for first, last, name in speech.phones)
    return Utterance(line, start, phones, speech.samples)


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
    kept = tuple(_cut(one, last) for one in timeline.utterances if one.phones[0][1] + _CUT_FADE < last)
    turns = tuple(replace(one, end=min(one.end, last)) for one in timeline.turns if one.start < last)
    return replace(timeline, utterances=kept, turns=turns)
