"""The lip reader's weights on disk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from ..weights import read_weights, write_weights
from .model import LipConfig, LipReader

LIP_WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "lip-reader.safetensors"

PART_OF_DUALTALK: Final = "lips."
"""Prefix of the lip reader's tensors in files of the small DualTalk that still carry it."""


def save_lips(path: Path, lips: LipReader) -> None:
    """Write `lips` to `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_weights(path, lips, asdict(lips.config))


def load_lips(path: Path = LIP_WEIGHTS, device: str = "cpu") -> LipReader:
    """The lip reader in `path`, or in a file of the small DualTalk that still carries it, ready to run.

    Raises DuologueError (WEIGHTS_INVALID).
    """
    return read_weights(path, lambda config: LipReader(_config(config)), device, "train", _own_tensors)


def _config(data: dict[str, Any]) -> LipConfig:
    sizes = data.get("lips", data)
    return LipConfig(**sizes | {"dilations": tuple(sizes["dilations"])})


def _own_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    carried = {
        name.removeprefix(PART_OF_DUALTALK): tensor
        for name, tensor in tensors.items()
        if name.startswith(PART_OF_DUALTALK)
    }
    return carried or tensors
