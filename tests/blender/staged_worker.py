"""A backend Python that is tests/fake_worker.py in disguise."""

import sys
from pathlib import Path

FAKE_WORKER = Path(__file__).resolve().parents[1] / "fake_worker.py"


def fake_python(folder, play):
    """An executable that answers to `-m backend …` as the fake worker that plays `play`."""
    path = folder / f"python-{play}"
    python = sys.executable if "python" in Path(sys.executable).name else "python3"
    path.write_text(f'#!/bin/sh\nshift 2\nexec "{python}" "{FAKE_WORKER}" --play {play} "$@"\n')
    path.chmod(0o755)
    return path
