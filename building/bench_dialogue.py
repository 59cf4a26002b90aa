"""Repeats the bundled dialogue to a given length: bench_dialogue.py SECONDS A.wav B.wav (the backend's Python)."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import soundfile

_DIALOGUE = Path(__file__).resolve().parents[1] / "presets" / "demo"


def main(arguments: list[str]) -> None:
    """Write both tracks."""
    seconds = float(arguments[0])
    for name, target in zip(("anna", "ben"), arguments[1:], strict=True):
        track, rate = soundfile.read(_DIALOGUE / f"{name}.flac", dtype="float32")  # [N]
        soundfile.write(target, np.resize(track, round(seconds * rate)), rate)


if __name__ == "__main__":
    main(sys.argv[1:])
