"""How both programs start others."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final

NO_WINDOW: Final[int] = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""The flag with which Windows opens no console for a child; elsewhere there is none."""
_OF_ANOTHER_PYTHON: Final = ("PYTHONPATH", "PYTHONHOME")


def python_environment(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`environment`, else this process's, for a Python that is not Blender's: it sees no packages but its own.

    What it prints is UTF-8 and comes at once.
    """
    given = os.environ if environment is None else environment
    kept = {name: value for name, value in given.items() if name not in _OF_ANOTHER_PYTHON}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:backslashreplace", "PYTHONNOUSERSITE": "1"}
