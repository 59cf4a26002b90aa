"""Which device computes."""

from __future__ import annotations

import torch

from ..contract.errors import DuologueError, ExitCode


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
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return tuple(name for name, there in present.items() if there)


def device_title(device: str) -> str:
    """What a person calls the device."""
    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return {"mps": "Apple GPU", "cpu": f"CPU, {torch.get_num_threads()} threads"}.get(device, device)


def _exists(device: str) -> bool:
    name, _, index = device.partition(":")
    if not index:
        return True
    return index.isdigit() and int(index) < (torch.cuda.device_count() if name == "cuda" else 1)
