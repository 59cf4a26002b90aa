"""Dialogues put together from real clips, and what makes their sound hard: a telephone, a room, a second voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

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


_BAND: Final = (300.0, 3400.0)
_DECAY: Final = 0.4
_REVERBERANT: Final = -6.0
_BELOW: Final = -15.0
_SPEECH_FROM: Final = 0.1
"""Share of a track's loud passages above which it counts as speech when the second voice is cut from it."""


def through_telephone(tracks: np.ndarray) -> np.ndarray:
    """300 to 3400 Hz, 8 bits of µ-law (ITU-T G.711, without its 8 kHz)."""
    band = sosfilt(butter(4, _BAND, "bandpass", fs=SAMPLE_RATE, output="sos"), tracks, axis=1)
    pressed = np.sign(band) * np.log1p(255.0 * np.minimum(np.abs(band), 1.0)) / np.log(256.0)
    steps = np.round(pressed * 127.0) / 127.0
    return np.asarray(np.sign(steps) * np.expm1(np.abs(steps) * np.log(256.0)) / 255.0, np.float32)


def in_a_room(tracks: np.ndarray) -> np.ndarray:
    """A room that decays by 60 dB in 0.4 s, its echo 6 dB below the direct sound; the same room for both."""
    time = np.arange(round(_DECAY * SAMPLE_RATE)) / SAMPLE_RATE
    response = np.random.default_rng(0).standard_normal(len(time)) * 10.0 ** (-3.0 * time / _DECAY)
    response[: round(0.003 * SAMPLE_RATE)] = 0.0
    response *= 10.0 ** (_REVERBERANT / 20.0) / np.linalg.norm(response)
    response[0] = 1.0
    return np.asarray(fftconvolve(tracks, response[None], axes=1)[:, : tracks.shape[1]], np.float32)


def with_second_voice(tracks: np.ndarray) -> np.ndarray:
    """Under each track the other person's speech without its pauses, over and over, 15 dB lower."""
    voices = [_without_pauses(track) for track in tracks]
    under = np.stack([np.resize(voice, tracks.shape[1]) for voice in reversed(voices)])  # [2, N]
    levels = [
        _level(_without_pauses(track)) / max(_level(voice), 1e-9) for track, voice in zip(tracks, under, strict=True)
    ]
    mixed = tracks + under * (np.array(levels)[:, None] * 10.0 ** (_BELOW / 20.0))
    return np.asarray(np.clip(mixed, -1.0, 1.0), np.float32)


HARD_RECORDINGS: Final[dict[str, Callable[[np.ndarray], np.ndarray]]] = {
    "telephone": through_telephone,
    "room": in_a_room,
    "second voice 15 dB lower": with_second_voice,
}


def _without_pauses(track: np.ndarray) -> np.ndarray:
    block = SAMPLE_RATE // 20
    blocks = track[: len(track) // block * block].reshape(-1, block)
    levels = np.sqrt((blocks**2).mean(axis=1))
    kept = blocks[levels > _SPEECH_FROM * np.percentile(levels, 95.0)]
    return kept.ravel() if len(kept) else track


def _level(samples: np.ndarray) -> float:
    return float(np.sqrt((samples**2).mean()))
