"""Prints the version of a Blender's Python: run_in_blender.py python_version.py."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(_words: Sequence[str]) -> int:
    """Always 0."""
    print(f"Python {sys.version_info.major}.{sys.version_info.minor}")
    return 0
