"""Which vowels stand out, and how the voice rises and falls: what heads and brows move with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.animation.phones import VOWELS
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE

from ..script.timeline import Timeline, Utterance
from ..speech.pitch import PITCH_RATE

_REDUCED: Final = frozenset(("ax", "ih", "er"))
_REFRACTORY: Final = 0.35
_STRESSED: Final = 0.15
_SPREAD: Final = 3.0


@dataclass(frozen=True)
class Beat:
    """A stressed vowel: the `time` of its middle in seconds and its `strength` from 0 to 1."""

    time: float
    strength: float


def beats_of(timeline: Timeline, person: int) -> tuple[Beat, ...]:
    """The stressed vowels of `person`, at least 0.35 s apart: loud, long and high against their utterance."""
    beats: list[Beat] = []
    for utterance in timeline.of(person):
        vowels = [one for one in utterance.phones if one[2] in VOWELS]
        if not vowels:
            continue
        scores = []
        for start, end, name in vowels:
            begin, stop = (round((time - utterance.start) * SAMPLE_RATE) for time in (start, end))
            power = float(np.mean(np.square(utterance.samples[max(begin, 0) : max(stop, begin + 1)], dtype=np.float64)))
            high = 0.12 * _height(utterance, start, end)
            scores.append(10 * np.log10(power + 1e-9) / 6 + 8 * (end - start) + high - 0.5 * (name in _REDUCED))
        spread = np.array(scores) - np.median(scores)
        for (start, end, _), score in zip(vowels, spread, strict=True):
            time = (start + end) / 2
            if score > _STRESSED and (not beats or time - beats[-1].time > _REFRACTORY):
                beats.append(Beat(time, float(np.clip(score, 0, 1))))
    return tuple(beats)


def voice_height(timeline: Timeline, person: int) -> np.ndarray:
    """Pitch of the voice of `person` in spreads (of 3 semitones) about each utterance's median, 0 in silence. [T]."""
    height = np.zeros(timeline.frames)
    for one in timeline.of(person):
        first, last = max(0, int(np.ceil(one.start * FRAME_RATE))), min(timeline.frames, int(one.end * FRAME_RATE))
        frames = np.arange(first, last)
        index = np.round((frames / FRAME_RATE - one.start) * PITCH_RATE).astype(int)
        inside = (index >= 0) & (index < len(one.pitch))
        height[frames[inside]] = np.nan_to_num(one.pitch[index[inside]] / _SPREAD)
    return np.clip(height, -2, 2)


def _height(utterance: Utterance, start: float, end: float) -> float:
    """Semitones of the span's highest pitch over the utterance's median, 0 where it has none."""
    first, last = (round((time - utterance.start) * PITCH_RATE) for time in (start, end))
    part = utterance.pitch[max(first, 0) : max(last, 1)]
    part = part[np.isfinite(part)]
    return float(np.clip(part.max(), -6, 6)) if len(part) else 0.0
