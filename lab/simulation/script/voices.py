"""Voices with phone times: 35 voices of three synthesizers, each varied in rate, pitch and vocal-tract length."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import Final

import numpy as np
from scipy.signal import resample_poly

from backend.animation.phones import PAUSE, Phone
from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode

from ..speech import festival, flite, kokoro
from ..speech.closures import laid_on_closures
from ..speech.silences import laid_on_silences
from ..speech.voice import Sound, Speech, Synthesizer, Voice
from .repertoire import speed_of

__all__ = [
    "EVERY_SYNTHESIZER",
    "FLITE_ALONE",
    "PAUSE",
    "SYNTHESIZERS",
    "Phone",
    "Speech",
    "Synthesizer",
    "Voice",
    "draw_voices",
    "speak",
]

SYNTHESIZERS: Final[dict[Synthesizer, tuple[str, ...]]] = {
    "kokoro": kokoro.VOICES,
    "flite": flite.VOICES,
    "festival": festival.VOICES,
}
"""The voices of each synthesizer."""

EVERY_SYNTHESIZER: Final[Mapping[Synthesizer, float]] = {"kokoro": 0.20, "flite": 0.48, "festival": 0.32}
"""How many of the people in the corpus of the shipped weights each synthesizer speaks for."""

FLITE_ALONE: Final[Mapping[Synthesizer, float]] = {"flite": 1.0}
"""For quick rehearsals without anything to fetch."""

_LABEL_OFFSETS: Final[dict[Synthesizer, float]] = {"flite": -0.004, "festival": 0.002, "kokoro": -0.056}
"""Seconds by which a synthesizer's labels must be moved to lie on its sound (negative: they come late).

Two measures agree. On the sound's level from 600 to 6000 Hz (`speaking.closures`) the closure of a p, b or m between
vowels lies within its label and 20 ms around it for 98% of flite's, 97% of festival's and 86% of Kokoro's, whose labels
come in steps of 25 ms; Kokoro's stops are then laid on the closures themselves (95%), and its pauses on the silences:
its last phone was labelled 194 ms longer than it sounds. Against pocketsphinx's forced
alignment of the same sentences the median start of all phones lies +3, +2 and -1 ms off (half of them within 6, 8 and
11 ms), and pocketsphinx on real speech finds closures 7 ms late.
"""

_LEAD: Final = 0.03
_TAIL: Final = 0.06
"""Seconds of sound kept before and after the labels: breathy onsets and the decay of the last phone."""

_RAMP: Final = 0.015


def draw_voices(rng: np.random.Generator, shares: Mapping[Synthesizer, float] = FLITE_ALONE) -> tuple[Voice, Voice]:
    """Two voices that differ, from the synthesizers in `shares` as often as it says (any positive numbers).

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
    """`text`, or the phones in its square brackets, spoken by `voice`, `rate` times as fast.

    Kokoro says a sentence always at the same speed (`repertoire.speed_of`) times `tract`, so that it is found on disk;
    `rate`, `stretch` and `pitch` are the other synthesizers'.
    Raises DuologueError (DEPENDENCY_MISSING, ASSET_CORRUPT, UNEXPECTED).
    """
    # Playing the samples `tract` times as fast shifts every frequency; rate and pitch are set against that.
    stretch, pitch = voice.stretch * voice.tract / rate, voice.pitch / voice.tract
    if voice.synthesizer == "kokoro":
        sound = _moved(kokoro.speak_kokoro(text, voice.name, speed_of(voice, text)), _LABEL_OFFSETS["kokoro"])
        return speech_of(laid_on_closures(laid_on_silences(sound)), voice.tract)
    speak_with = festival.speak_festival if voice.synthesizer == "festival" else flite.speak_flite
    sound = speak_with(text, voice.name, stretch, pitch)
    return speech_of(_moved(sound, _LABEL_OFFSETS[voice.synthesizer]), voice.tract)


def _moved(sound: Sound, seconds: float) -> Sound:
    """`sound` with labels that many seconds later."""
    phones = ((max(0.0, start + seconds), end + seconds, name) for start, end, name in sound.phones)
    return Sound(sound.samples, sound.rate_hz, tuple(phone for phone in phones if phone[1] > phone[0]))


def speech_of(sound: Sound, tract: float) -> Speech:
    """`sound` played `tract` times as fast, without the pauses around it.

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
