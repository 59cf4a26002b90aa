"""Loading what the worker cannot do without, and saying plainly when the backend's Python lacks it."""

from __future__ import annotations

import importlib
import sys
from typing import Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.installation import remedy

NEEDED: Final = ("numpy", "scipy", "av", "safetensors", "tokenizers", "torch")


def load_dependencies() -> None:
    """Import the needed libraries. Raises DuologueError (DEPENDENCY_MISSING)."""
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except (ImportError, OSError) as error:  # OSError: a shared library inside the package does not load
            raise missing_dependency(name, error) from error


def missing_dependency(name: str, error: Exception) -> DuologueError:
    """The failure for a library that is not there or does not load."""
    return DuologueError(
        ExitCode.DEPENDENCY_MISSING,
        f"The backend's Python ({sys.executable}) cannot load {name}: {error}.",
        f"{remedy()}, or choose another Python in Duologue's preferences.",
    )
