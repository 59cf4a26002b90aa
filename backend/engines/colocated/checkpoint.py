"""The colocated model's weights on disk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ..weights import read_weights, write_weights
from .model import Colocated, ColocatedConfig

COLOCATED_WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "colocated.safetensors"


def save_colocated(path: Path, model: Colocated) -> None:
    """Write `model` to `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_weights(path, model, asdict(model.config))


def load_colocated(path: Path = COLOCATED_WEIGHTS, device: str = "cpu") -> Colocated:
    """The model in `path`, ready to run. Raises DuologueError (WEIGHTS_INVALID)."""
    return read_weights(path, lambda config: Colocated(_config(config)), device, "train colocated")


def _config(data: dict[str, Any]) -> ColocatedConfig:
    return ColocatedConfig(**data | {"widths": tuple(data["widths"])})
