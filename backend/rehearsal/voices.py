"""Voices with phone times: flite, varied in rate, pitch and vocal-tract length so that four voices become many."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import soundfile
from scipy.signal import resample_poly

from ..contract.constants import SAMPLE_RATE
from ..contract.errors import DuologueError, ExitCode

Phone = tuple[float, float, str]
"""(start, end, name) in seconds; names are flite's (the CMU set in lower case, `pau` for a pause)."""

PAUSE: Final = "pau"

_VOICES: Final = ("kal16", "awb", "rms", "slt")
_LABEL_OFFSET: Final = -0.012
"""Seconds by which flite's labels lag its sound (measured against closures in the waveform)."""


@dataclass(frozen=True)
class Voice:
    """How one person speaks.

    `stretch` multiplies durations; `pitch` multiplies the voice's own fundamental; `tract` multiplies all frequencies,
    formants included, as a shorter or longer vocal tract does.
    """

    name: str
    stretch: float
    pitch: float
    tract: float


@dataclass(frozen=True)
class Speech:
    """Spoken text: `samples` [N] float32 at SAMPLE_RATE without silence around it, `phones` covering it from 0 s."""

    samples: np.ndarray
    phones: tuple[Phone, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / SAMPLE_RATE


def draw_voices(rng: np.random.Generator) -> tuple[Voice, Voice]:
    """Two voices that differ; both people may sound like the same synthesiser, never like the same person."""
    names = rng.choice(_VOICES, size=2, replace=bool(rng.random() < 0.25))
    return _draw_voice(rng, str(names[0])), _draw_voice(rng, str(names[1]))


def _draw_voice(rng: np.random.Generator, name: str) -> Voice:
    tract = float(rng.choice(np.arange(82, 123, 2))) / 100
    return Voice(
        name=name,
        stretch=float(np.clip(rng.normal(1.0, 0.12), 0.75, 1.35)),
        pitch=float(np.clip(rng.normal(1.0, 0.13), 0.75, 1.35)),
        tract=tract,
    )


def speak(text: str, voice: Voice, rate: float = 1.0) -> Speech:
    """`text` spoken by `voice`, `rate` times as fast. Raises DuologueError (DEPENDENCY_MISSING, UNEXPECTED)."""
    stretch = voice.stretch * voice.tract / rate
    settings = {
        "duration_stretch": stretch,
        "f0_shift": voice.pitch / voice.tract,
        "int_f0_target_mean": 105 * voice.pitch / voice.tract,
        "int_f0_target_stddev": 16 * voice.pitch,
    }
    options = [part for name, value in settings.items() for part in ("--setf", f"{name}={value:.4f}")]
    command = [_flite(), "-voice", voice.name, *options, "-psdur", "-o", "/dev/stderr", *_spoken(text)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        raise DuologueError(
            ExitCode.UNEXPECTED,
            f"flite could not say “{text}” (status {done.returncode}).",
            "Check that `flite -voice slt -t hello` works.",
        )
    samples, rate_hz = soundfile.read(io.BytesIO(done.stderr), dtype="float32")
    ends = [(float(end), name) for name, _, end in (item.partition(":") for item in done.stdout.decode().split())]
    # Playing the samples `tract` times as fast shifts every frequency and leaves labels that only need scaling.
    up, down = round(100 * SAMPLE_RATE / rate_hz), round(100 * voice.tract)
    return _trimmed(resample_poly(samples, up, down).astype(np.float32), ends, 1 / voice.tract)


def _spoken(text: str) -> tuple[str, str]:
    """The option for words, or for the phones in square brackets; the blanks keep it from taking a file name."""
    return ("-p", f"pau {text[1:-1]} pau") if text.startswith("[") else ("-t", f" {text} ")


def _trimmed(samples: np.ndarray, ends: list[tuple[float, str]], scale: float) -> Speech:
    """Cut the pauses flite puts around an utterance and start its labels at 0."""
    phones: list[Phone] = []
    start = 0.0
    for end, name in ends:
        phones.append((start, end * scale + _LABEL_OFFSET, name))
        start = end * scale + _LABEL_OFFSET
    while phones and phones[0][2] == PAUSE:
        phones.pop(0)
    while phones and phones[-1][2] == PAUSE:
        phones.pop()
    if not phones:
        raise DuologueError(ExitCode.UNEXPECTED, "flite spoke no phone.", "Check the sentence.")
    # A little sound before and after the labels is kept: breathy onsets and the decay of the last phone.
    lead, tail = 0.03, 0.06
    begin = max(0.0, phones[0][0] - lead)
    stop = min(len(samples) / SAMPLE_RATE, phones[-1][1] + tail)
    cut = samples[round(begin * SAMPLE_RATE) : round(stop * SAMPLE_RATE)].copy()
    ramp = np.linspace(0, 1, min(len(cut) // 2, round(0.015 * SAMPLE_RATE)), dtype=np.float32)
    cut[: len(ramp)] *= ramp
    cut[len(cut) - len(ramp) :] *= ramp[::-1]
    return Speech(cut, tuple((first - begin, last - begin, name) for first, last, name in phones))


@cache
def _flite() -> str:
    path = shutil.which("flite")
    if path is None:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING, "Rehearsals need the program flite.", "Run `apt-get install flite`."
        )
    return path
