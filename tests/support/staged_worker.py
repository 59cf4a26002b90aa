"""A backend Python that is tests/support/fake_worker.py in disguise, and audio to give it."""

import sys
import wave
from pathlib import Path

import numpy as np

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")


def fake_python(folder, play):
    """An executable that answers to `-m backend …` as the fake worker that plays `play`."""
    path = folder / f"python-{play}"
    python = sys.executable if "python" in Path(sys.executable).name else "python3"
    path.write_text(f'#!/bin/sh\nshift 2\nexec "{python}" "{FAKE_WORKER}" --play {play} "$@"\n')
    path.chmod(0o755)
    return path


def write_wave(path, seconds=2.0, rate=16_000):
    tone = (8000 * np.sin(np.arange(int(seconds * rate)) * 0.1)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone.tobytes())
    return path
