"""Where things are in a checkout, and the versions it is built with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from backend.installation.pythons import PYTHONS

ROOT: Final = Path(__file__).resolve().parents[1]
BACKEND_ENVIRONMENT: Final = ROOT / ".venv"
BLENDER_ENVIRONMENTS: Final = ROOT / ".blender"
LOCKS: Final = ROOT / "locks"
OUT: Final = ROOT / "out"
CACHE: Final = ROOT / ".cache"

BACKEND_PYTHONS: Final = PYTHONS

BLENDER_WHEELS: Final = {"4.2.23": "3.11", "4.5.15": "3.11", "5.0.1": "3.11", "5.2.3": "3.13"}
"""Blender versions that the tests run on, with the Python each `bpy` wheel is built for."""

DEMO_WHEELS: Final = ("4.5.15", "5.0.1", "5.2.3", "4.2.23")
"""The versions that make the demo, the best first: the oldest with sound, so that its .blend opens as far back as it
can; the one without sound last."""

OLDEST_BLENDER: Final = (4, 2)
"""What the extension runs in; the manifest says the same."""
