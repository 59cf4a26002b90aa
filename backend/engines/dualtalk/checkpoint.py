"""The small DualTalk's weights on disk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ..lip_reader.model import LipConfig
from ..weights import read_weights, write_weights
from .model import DualTalk, DualTalkConfig

WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "dualtalk-small.safetensors"


def save_network(path: Path, network: DualTalk) -> None:
    """Write `network` to `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_weights(path, network, asdict(network.config))


def load_network(path: Path = WEIGHTS, device: str = "cpu") -> DualTalk:
    """The network in `path`, ready to run. Raises DuologueError (WEIGHTS_INVALID)."""
    return read_weights(path, lambda config: DualTalk(_config(config)), device, "train")


def _config(data: dict[str, Any]) -> DualTalkConfig:
    lips = data.pop("lips")
    return DualTalkConfig(**data, lips=LipConfig(**lips | {"dilations": tuple(lips["dilations"])}))
