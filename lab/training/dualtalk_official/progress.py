"""Where a training stands, in one file that is always whole: weights, Adam's moments, place in the data.

Chance needs no state: what is drawn in a step depends on the seed and on the number of the step alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn
from torch.optim import Optimizer

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole
from backend.contract.reading import explained_read_errors
from backend.engines.dualtalk_official.checkpoint import FORMAT, config_as_json, official_state
from backend.engines.dualtalk_official.model import OfficialDualTalk
from backend.engines.dualtalk_official.tensor_file import FLOAT32, write_tensors

from .config import TrainingSettings

CHECKPOINT: Final = "checkpoint.pt"
_VERSION: Final = 1


@dataclass(frozen=True)
class Place:
    """What comes next: batch `batch` of epoch `epoch`, both from 0, after `step` steps; the best validation so far."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    best: float = float("inf")


def save_progress(
    folder: Path, model: nn.Module, optimiser: Optimizer, place: Place, settings: TrainingSettings, data: str
) -> None:
    """Write the checkpoint; `data` is the data set's fingerprint. Raises DuologueError as `write_whole`."""
    content = {
        "version": _VERSION,
        "settings": settings.as_json(),
        "data": data,
        "place": asdict(place),
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    write_whole(folder / CHECKPOINT, lambda file: torch.save(content, file))


def resume_progress(
    folder: Path, model: nn.Module, optimiser: Optimizer, settings: TrainingSettings, data: str
) -> Place | None:
    """Put `model` and `optimiser` where the checkpoint in `folder` left them; None where there is none.

    Raises DuologueError: BAD_REQUEST for a training with other settings or on other data, WEIGHTS_INVALID for a file
    that is damaged.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    with explained_read_errors(lambda reason: _damaged(path, reason)):
        content = _read(path)
        if content["settings"] != settings.as_json():
            raise _another(path, "with other settings")
        if content["data"] != data:
            raise _another(path, "on other data")
        model.load_state_dict(content["model"], strict=True)
        optimiser.load_state_dict(content["optimiser"])
        return Place(**content["place"])


def save_trained(path: Path, model: OfficialDualTalk) -> None:
    """The weights as float32 safetensors that `load_checkpoint` takes. Raises DuologueError as `write_whole`."""
    metadata = {"format": FORMAT, "config": config_as_json(model.config)}
    write_whole(path, lambda file: write_tensors(file, official_state(model), metadata, FLOAT32))


def seed_step(settings: TrainingSettings, step: int, process: int) -> None:
    """Chance for one step of one process."""
    torch.manual_seed((settings.seed * 1_000_003 + step) * 1_024 + process)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    if content["version"] != _VERSION:
        raise ValueError(f"version {content['version']}")
    return content


def _another(path: Path, how: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST,
        f"The training in {path.parent} was begun {how}.",
        "Go on as it was begun, name another folder after --run, or delete that one.",
    )


def _damaged(path: Path, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.WEIGHTS_INVALID,
        f"The checkpoint {path} cannot be read ({reason}).",
        "Delete it to begin anew.",
    )
