"""Runs pytest inside a Blender: run_in_blender.py pytest_in_blender.py FOLDER WORDS.

FOLDER holds the pytest that is to be used, where the Blender's own Python has another or none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(words: Sequence[str]) -> int:
    """Pytest's exit code for `words` after the folder."""
    folder, *rest = words
    sys.path.insert(0, folder)
    import pytest

    return int(pytest.main(["-p", "no:cacheprovider", *rest]))
