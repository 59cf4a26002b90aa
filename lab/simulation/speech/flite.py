"""flite: four voices, a hundredth of real time."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from typing import Final

import soundfile

from backend.animation.phones import Phone
from backend.contract.errors import DuologueError, ExitCode

from .voice import Sound

_MEAN_HERTZ: Final = 105
_DEVIATION_HERTZ: Final = 16


def speak_flite(text: str, name: str, stretch: float, pitch: float) -> Sound:
    """Speak `text` in the voice `name`, durations times `stretch`, fundamental times `pitch`.

    Raises DuologueError (DEPENDENCY_MISSING, UNEXPECTED).
    """
    settings = {
        "duration_stretch": stretch,
        "f0_shift": pitch,
        "int_f0_target_mean": _MEAN_HERTZ * pitch,
        "int_f0_target_stddev": _DEVIATION_HERTZ * pitch,
    }
    options = [part for name, value in settings.items() for part in ("--setf", f"{name}={value:.4f}")]
    # phones stand in square brackets; the blanks around words keep flite from taking them for a file's name
    spoken = ("-p", f"pau {text[1:-1]} pau") if text.startswith("[") else ("-t", f" {text} ")
    command = [_program(), "-voice", name, *options, "-psdur", "-o", "/dev/stderr", *spoken]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        raise DuologueError(
            ExitCode.UNEXPECTED,
            f"flite could not say “{text}” (status {done.returncode}).",
            "Check that `flite -voice slt -t hello` works.",
        )
    samples, rate_hz = soundfile.read(io.BytesIO(done.stderr), dtype="float32")
    return Sound(samples, rate_hz, read_durations(done.stdout.decode()))


def read_durations(text: str) -> tuple[Phone, ...]:
    """Return the phones that `-psdur` prints: `name:end` for each, in seconds."""
    phones: list[Phone] = []
    start = 0.0
    for item in text.split():
        name, _, end = item.partition(":")
        phones.append((start, float(end), name))
        start = float(end)
    return tuple(phones)


@cache
def _program() -> str:
    path = shutil.which("flite")
    if path is None:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING, "Rehearsals need the program flite.", "Run `apt-get install flite`."
        )
    return path
