"""Where a training of the colocated model stands, in one file that is always whole: weights, their average, AdamW.

Chance needs no state: what is drawn in a step depends on the seed and on the number of the step alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole
from backend.contract.reading import explained_read_errors

CHECKPOINT: Final = "checkpoint.pt"
_VERSION: Final = 1
_RAMP: Final = 10.0


class Averaged:
    """A running average of a model's weights (Polyak); at first it follows faster, so that the start is forgotten."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}

    @torch.no_grad()
    def follow(self, model: nn.Module, step: int) -> None:
        """After step `step` (from 1)."""
        decay = min(self.decay, (1 + step) / (_RAMP + step))
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                self.state[name].lerp_(tensor.detach(), 1 - decay)
            else:
                self.state[name].copy_(tensor)


def save_progress(
    folder: Path, model: nn.Module, averaged: Averaged, optimiser: Optimizer, step: int, told: dict[str, str]
) -> None:
    """Write the checkpoint after `step` steps; `told` are the settings and the data's fingerprint.

    Raises DuologueError as `write_whole`.
    """
    content = {
        "version": _VERSION,
        "step": step,
        "told": told,
        "model": model.state_dict(),
        "averaged": averaged.state,
        "optimiser": optimiser.state_dict(),
    }
    write_whole(folder / CHECKPOINT, lambda file: torch.save(content, file))


def resume_progress(
    folder: Path, model: nn.Module, averaged: Averaged, optimiser: Optimizer, told: dict[str, str]
) -> int | None:
    """Put everything where the checkpoint in `folder` left it; the steps done, None where there is no checkpoint.

    Raises DuologueError: BAD_REQUEST for a training with other settings or on other data, WEIGHTS_INVALID for a file
    that is damaged.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    with explained_read_errors(lambda reason: _damaged(path, reason)):
        content = _read(path)
        for name, value in told.items():
            if content["told"].get(name) != value:
                raise DuologueError(
                    ExitCode.BAD_REQUEST,
                    f"The training in {folder} was begun with other {name}.",
                    "Go on as it was begun, name another folder after --run, or delete that one.",
                )
        model.load_state_dict(content["model"], strict=True)
        optimiser.load_state_dict(content["optimiser"])
        state: dict[str, Tensor] = content["averaged"]
        averaged.state = {name: state[name].to(tensor.device) for name, tensor in model.state_dict().items()}
        return int(content["step"])


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    if content["version"] != _VERSION:
        raise ValueError(f"version {content['version']}")
    return content


def _damaged(path: Path, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.WEIGHTS_INVALID, f"The checkpoint {path} cannot be read ({reason}).", "Delete it to begin anew."
    )
