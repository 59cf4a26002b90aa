"""Dialogues put together from real clips: two people who take turns, as two tracks or one mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from backend.contract.constants import SAMPLE_RATE, SAMPLES_PER_FRAME

from .clips import Clip

_PAUSE: Final = 0.6
_ROOM_TONE: Final = 3e-4
"""RMS of the noise under both tracks: a silent microphone is never digital silence."""


@dataclass(frozen=True)
class RealDialogue:
    """`tracks` [2, N] float32; `phones` of each person in seconds of the dialogue."""

    tracks: np.ndarray
    phones: tuple[tuple[tuple[float, float, str], ...], tuple[tuple[float, float, str], ...]]


def take_turns(first: Sequence[Clip], second: Sequence[Clip]) -> RealDialogue:
    """The clips of both people in alternation, with short pauses."""
    order = [(who, clip) for pair in _pairs(first, second) for who, clip in pair]
    length = sum(len(clip.samples) / SAMPLE_RATE + _PAUSE for _, clip in order) + _PAUSE
    frames = int(np.ceil(length * SAMPLE_RATE / SAMPLES_PER_FRAME))
    tracks = np.random.default_rng(0).standard_normal((2, frames * SAMPLES_PER_FRAME)).astype(np.float32) * _ROOM_TONE
    phones: tuple[list[tuple[float, float, str]], list[tuple[float, float, str]]] = ([], [])
    clock = _PAUSE
    for who, clip in order:
        begin = round(clock * SAMPLE_RATE)
        tracks[who, begin : begin + len(clip.samples)] += clip.samples
        phones[who].extend((clock + start, clock + end, name) for start, end, name in clip.phones)
        clock += len(clip.samples) / SAMPLE_RATE + _PAUSE
    return RealDialogue(tracks, (tuple(phones[0]), tuple(phones[1])))


def cut_at_pauses(clip: Clip, pieces: int) -> tuple[Clip, ...]:
    """`clip` in about `pieces` parts of like length, cut in the middle of the pause nearest to each even cut."""
    pauses = np.array([(start + end) / 2 for start, end, name in clip.phones[1:-1] if name == "pau"])
    seconds = len(clip.samples) / SAMPLE_RATE
    wanted = np.arange(1, pieces) * seconds / pieces
    cuts = [0.0, *sorted({float(pauses[np.abs(pauses - time).argmin()]) for time in wanted if len(pauses)}), seconds]
    return tuple(_part(clip, start, end) for start, end in pairwise(cuts))


def _part(clip: Clip, start: float, end: float) -> Clip:
    phones = tuple((a - start, b - start, name) for a, b, name in clip.phones if a >= start - 1e-6 and b <= end + 1e-6)
    return Clip(clip.name, clip.samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)], phones)


def _pairs(first: Sequence[Clip], second: Sequence[Clip]) -> list[list[tuple[int, Clip]]]:
    rounds = max(len(first), len(second))
    return [[(who, clips[k]) for who, clips in enumerate((first, second)) if k < len(clips)] for k in range(rounds)]
