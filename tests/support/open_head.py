"""The open head that the setup derives, and the mark of tests that need it."""

import os
from pathlib import Path

import pytest

from building.paths import ROOT

FACE_FILE = Path(os.environ.get("DUOLOGUE_ASSETS", ROOT / ".assets")) / "faces" / "open-head-1.npz"

needs_open_head = pytest.mark.skipif(not FACE_FILE.is_file(), reason="python3 build.py setup derives the open head")
