"""The small DualTalk's weights on disk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from ..lip_reader.checkpoint import PART_OF_DUALTALK
from ..weights import read_weights, write_weights
from .model import DualTalk, DualTalkConfig

WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "dualtalk-small.safetensors"


def save_network(path: Path, network: DualTalk) -> None:
    """Write `network` to `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_weights(path, network, asdict(network.config))


def load_network(path: Path = WEIGHTS, device: str = "cpu") -> DualTalk:
    """The network in `path`, ready to run; a lip reader that an older file carries is left there (`load_lips`).

    Raises DuologueError (WEIGHTS_INVALID).
    """
    return read_weights(path, lambda config: DualTalk(_config(config)), device, "train", _own_tensors)


def _config(data: dict[str, Any]) -> DualTalkConfig:
    return DualTalkConfig(**{name: value for name, value in data.items() if name != "lips"})


def _own_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(PART_OF_DUALTALK)}
