"""The derived open head, as `build.py setup` left it."""

import os
from pathlib import Path

import pytest

from backend.contract.constants import OPEN_HEAD
from backend.contract.face import load_face

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def open_head():
    folder = Path(os.environ.get("DUOLOGUE_ASSETS", _ROOT / ".assets"))
    return load_face(folder / "faces" / f"{OPEN_HEAD}.npz")
