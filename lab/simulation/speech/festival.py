"""festival: two diphone voices and a statistical one, a hundredth to a twentieth of real time, in one process."""

from __future__ import annotations

import atexit
import math
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import soundfile

from backend.animation.phones import PAUSE, Phone
from backend.contract.errors import DuologueError, ExitCode

from .voice import Sound

_MEAN_HERTZ: Final = 110
_DEVIATION_HERTZ: Final = 15
_DONE: Final = "duologue-done"
_SOUND: Final = "duologuesound"
"""The word that is entered into the lexicon for phones in square brackets."""

_REMEDY: Final = "Run `apt-get install festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts`."


def speak_festival(text: str, name: str, stretch: float, pitch: float) -> Sound:
    """Speak `text` in the voice `name`, durations times `stretch`, fundamental times `pitch`.

    Raises DuologueError (DEPENDENCY_MISSING, UNEXPECTED).
    """
    process, folder = _process(os.getpid())
    wave, segments = folder / "said.wav", folder / "said.lab"
    wave.unlink(missing_ok=True)
    segments.unlink(missing_ok=True)
    _send(process, _request(text, name, stretch, pitch, wave, segments))
    if not segments.is_file():
        raise DuologueError(ExitCode.UNEXPECTED, f"festival’s voice {name} could not say “{text}”.", _REMEDY)
    samples, rate_hz = soundfile.read(wave, dtype="float32")
    return Sound(samples, rate_hz, read_segments(segments.read_text(encoding="latin-1")))


def read_segments(text: str) -> tuple[Phone, ...]:
    """Return the phones of a segment file: `end colour name` a line after the line `#`, in seconds."""
    phones: list[Phone] = []
    start = 0.0
    for line in text.partition("#")[2].strip().splitlines():
        end, _, name = line.split()
        phones.append((start, float(end), PAUSE if name in ("#", "h#", "brth") else name))
        start = float(end)
    return tuple(phones)


def _request(text: str, name: str, stretch: float, pitch: float, wave: Path, segments: Path) -> str:
    """One Scheme expression: an error inside it leaves no file behind, so it is noticed."""
    phones = text[1:-1] if text.startswith("[") else ""
    words = _SOUND if phones else text.replace("\\", " ").replace('"', " ")
    mean, deviation = _MEAN_HERTZ * pitch, _DEVIATION_HERTZ * pitch
    # The statistical voice has settings of its own: a rate and semitones.
    settings = f'(("-r" {1 / stretch:.4f}) ("-fm" {12 * math.log2(pitch):.4f}))'
    targets = f"((target_f0_mean {mean:.1f}) (target_f0_std {deviation:.1f}) (model_f0_mean 170) (model_f0_std 34))"
    steps = (
        f"(voice_{name})",
        f"(Parameter.set 'Duration_Stretch {stretch:.4f})",
        f"(set! int_lr_params '{targets})",
        f"(if (symbol-bound? 'hts_engine_params) (set! hts_engine_params (append hts_engine_params '{settings})))",
        f'(lex.add.entry \'("{_SOUND}" n ((({phones}) 1))))' if phones else "",
        f'(set! said (utt.synth (Utterance Text "{words}")))',
        f'(utt.save.wave said "{wave}" \'riff)',
        f'(utt.save.segs said "{segments}")',
    )
    return f"(begin {' '.join(steps)})\n"


def _send(process: subprocess.Popen[str], request: str) -> None:
    """Send `request` and wait until it is done; messages about errors are read and ignored."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(f'{request}(format t "{_DONE}\\n") (fflush nil)\n')
    process.stdin.flush()
    for line in process.stdout:
        if _DONE in line:
            return
    raise DuologueError(ExitCode.UNEXPECTED, "festival ended while it spoke.", _REMEDY)


@cache
def _process(_owner: int) -> tuple[subprocess.Popen[str], Path]:
    """One process and a folder for its output, for each process that makes rehearsals."""
    program = shutil.which("festival")
    if program is None:
        raise DuologueError(ExitCode.DEPENDENCY_MISSING, "Some voices need the program festival.", _REMEDY)
    folder = tempfile.TemporaryDirectory(prefix="duologue-festival-")
    process = subprocess.Popen(
        [program, "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    atexit.register(folder.cleanup)
    atexit.register(process.terminate)
    return process, Path(folder.name)
