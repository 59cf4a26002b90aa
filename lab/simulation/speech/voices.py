"""Voices with phone times: 35 voices of three synthesizers, each varied in rate, pitch and vocal-tract length."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Final

import numpy as np
from scipy.signal import resample_poly

from backend.animation.phones import PAUSE, Phone
from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode

from ..tables import read_table
from . import festival, flite, kokoro
from .labels import align_to_closures, align_to_silences
from .voice import Sound, Speech, Synthesizer, Voice


@dataclass(frozen=True)
class SynthesizerVoices:
    """A synthesizer of voices.toml, which explains the fields: names of its `voices`, `label_offset` in seconds."""

    share: float
    label_offset: float
    voices: tuple[str, ...]


_TABLE: Final[dict[Synthesizer, SynthesizerVoices]] = read_table(
    Path(__file__).with_name("voices.toml"), dict[Synthesizer, SynthesizerVoices]
)

SYNTHESIZERS: Final[dict[Synthesizer, tuple[str, ...]]] = {name: entry.voices for name, entry in _TABLE.items()}
"""Synthesizer → names of its voices."""

EVERY_SYNTHESIZER: Final[Mapping[Synthesizer, float]] = {name: entry.share for name, entry in _TABLE.items()}
"""How many of the people in the corpus of the shipped weights each synthesizer speaks for."""

FLITE_ALONE: Final[Mapping[Synthesizer, float]] = {"flite": 1.0}
"""For quick rehearsals without anything to fetch."""

LABEL_OFFSETS: Final[Mapping[Synthesizer, float]] = {name: entry.label_offset for name, entry in _TABLE.items()}
"""Seconds by which a synthesizer's labels are moved to lie on its sound."""

_LEAD: Final = 0.03
_TAIL: Final = 0.06
"""Seconds of sound kept before and after the labels: breathy onsets and the decay of the last phone."""

_RAMP: Final = 0.015


def draw_voices(rng: np.random.Generator, shares: Mapping[Synthesizer, float] = FLITE_ALONE) -> tuple[Voice, Voice]:
    """Draw two voices that differ, from the synthesizers in `shares` as often as it says (any positive numbers).

    Two people may have one synthesizer's voice where it has few of them, never the same size of head and throat too.
    """
    first = _draw_voice(rng, shares)
    second = _draw_voice(rng, shares)
    while second.name == first.name and abs(second.tract / first.tract - 1) < 0.08:
        second = _draw_voice(rng, shares)
    return first, second


def _draw_voice(rng: np.random.Generator, shares: Mapping[Synthesizer, float]) -> Voice:
    weights = np.array(list(shares.values()))
    synthesizer = list(shares)[int(rng.choice(len(weights), p=weights / weights.sum()))]
    # Kokoro's voices are many and natural: they are bent less than the few and plain ones.
    reach = 10 if synthesizer == "kokoro" else 20
    return Voice(
        synthesizer=synthesizer,
        name=str(rng.choice(SYNTHESIZERS[synthesizer])),
        stretch=float(np.clip(rng.normal(1.0, 0.12), 0.75, 1.35)),
        pitch=float(np.clip(rng.normal(1.0, 0.13), 0.75, 1.35)),
        tract=float(rng.choice(np.arange(100 - reach, 101 + reach, 2))) / 100,
    )


def speak(text: str, voice: Voice, rate: float = 1.0) -> Speech:
    """Speak `text`, or the phones in its square brackets, with `voice`, `rate` times as fast.

    Kokoro says a sentence always at the same speed (`kokoro.speed_of`) times `tract`, so that it is found on disk;
    `rate`, `stretch` and `pitch` are the other synthesizers'.
    Raises DuologueError (DEPENDENCY_MISSING, ASSET_CORRUPT, UNEXPECTED).
    """
    # Playing the samples `tract` times as fast shifts every frequency; rate and pitch are set against that.
    stretch, pitch = voice.stretch * voice.tract / rate, voice.pitch / voice.tract
    if voice.synthesizer == "kokoro":
        sound = move_labels(
            kokoro.speak_kokoro(text, voice.name, kokoro.speed_of(voice, text)), LABEL_OFFSETS["kokoro"]
        )
        return speech_of(align_to_closures(align_to_silences(sound)), voice.tract)
    speak_with = festival.speak_festival if voice.synthesizer == "festival" else flite.speak_flite
    sound = speak_with(text, voice.name, stretch, pitch)
    return speech_of(move_labels(sound, LABEL_OFFSETS[voice.synthesizer]), voice.tract)


def move_labels(sound: Sound, seconds: float) -> Sound:
    """Return `sound` with labels that many seconds later."""
    phones = ((max(0.0, start + seconds), end + seconds, name) for start, end, name in sound.phones)
    return Sound(sound.samples, sound.rate_hz, tuple(phone for phone in phones if phone[1] > phone[0]))


def speech_of(sound: Sound, tract: float) -> Speech:
    """Return `sound` played `tract` times as fast, without the pauses around it.

    Raises DuologueError (UNEXPECTED) where it has no phone.
    """
    up, down = SAMPLE_RATE * 100, round(sound.rate_hz * 100 * tract)
    common = gcd(up, down)
    samples = resample_poly(sound.samples, up // common, down // common).astype(np.float32)
    phones = [(start / tract, end / tract, name) for start, end, name in sound.phones]
    while phones and phones[0][2] == PAUSE:
        phones.pop(0)
    while phones and phones[-1][2] == PAUSE:
        phones.pop()
    if not phones:
        raise DuologueError(ExitCode.UNEXPECTED, "A synthesizer spoke no phone.", "Check the sentence.")
    return _cut(samples, phones)


def _cut(samples: np.ndarray, phones: list[Phone]) -> Speech:
    begin = max(0.0, phones[0][0] - _LEAD)
    stop = min(len(samples) / SAMPLE_RATE, phones[-1][1] + _TAIL)
    cut = samples[round(begin * SAMPLE_RATE) : round(stop * SAMPLE_RATE)].copy()
    ramp = np.linspace(0, 1, min(len(cut) // 2, round(_RAMP * SAMPLE_RATE)), dtype=np.float32)
    cut[: len(ramp)] *= ramp
    cut[len(cut) - len(ramp) :] *= ramp[::-1]
    return Speech(cut, tuple((first - begin, last - begin, name) for first, last, name in phones))
