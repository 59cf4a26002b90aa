"""What this machine has: the libraries that the worker cannot do without, and the devices that compute.

Importing this needs the standard library alone, so that a broken Python can say what it lacks.
"""

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


def choose_device(wanted: str) -> str:
    """`auto` is CUDA, then MPS, then CPU. Raises DuologueError (BAD_REQUEST) for a device this machine lacks."""
    available = available_devices()
    if wanted == "auto":
        return available[0]
    if wanted.partition(":")[0] in available and _exists(wanted):
        return wanted
    raise DuologueError(
        ExitCode.BAD_REQUEST,
        f"This machine has no device “{wanted}” that torch can use.",
        f"Choose auto or {' or '.join(available)}.",
    )


def available_devices() -> tuple[str, ...]:
    """Names for `choose_device`, the fastest first."""
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return tuple(name for name, there in present.items() if there)


def device_title(device: str) -> str:
    """The device's name for people."""
    import torch

    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return {"mps": "Apple GPU", "cpu": f"CPU, {torch.get_num_threads()} threads"}.get(device, device)


def _exists(device: str) -> bool:
    import torch

    name, _, index = device.partition(":")
    if not index:
        return True
    return index.isdigit() and int(index) < (torch.cuda.device_count() if name == "cuda" else 1)
