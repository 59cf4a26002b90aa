"""Runs pytest inside a Blender: run_in_blender.py pytest_in_blender.py FOLDER WORDS.

FOLDER holds pytest for a Blender whose Python has none.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence


def main(words: Sequence[str]) -> int:
    """Pytest's exit code for `words` after the folder."""
    folder, *rest = words
    if importlib.util.find_spec("pytest") is None:
        sys.path.insert(0, folder)
    import pytest

    return int(pytest.main(["-p", "no:cacheprovider", *rest]))
