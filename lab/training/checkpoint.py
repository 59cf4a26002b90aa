"""Where a training stands, in one file that is always whole: weights, their average, the optimiser's moments, the step.

What is drawn in a step depends on the seed and on the number of the step alone, or the task keeps its random states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn
from torch.optim import Optimizer

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole
from backend.contract.reading import read_errors_as

CHECKPOINT: Final = "checkpoint.pt"
_VERSION: Final = 2


@dataclass
class TrainingState:
    """Everything that changes while `model` is trained; `averaged` its running average, where there is one.

    `record` says what the training was begun with, a text by name: it must be the same when the training is resumed.
    `task` is what the engine itself has to remember: numbers, texts and tensors by name.
    """

    model: nn.Module
    optimiser: Optimizer
    averaged: nn.Module | None
    record: Mapping[str, str]
    step: int = 0
    task: dict[str, Any] = field(default_factory=dict)


def save_checkpoint(path: Path, state: TrainingState) -> None:
    """Write `state`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    content = {
        "version": _VERSION,
        "step": state.step,
        "record": dict(state.record),
        "task": state.task,
        "model": state.model.state_dict(),
        "averaged": None if state.averaged is None else state.averaged.state_dict(),
        "optimiser": state.optimiser.state_dict(),
    }
    write_whole(path, lambda file: torch.save(content, file))


def resume_checkpoint(
    path: Path, state: TrainingState, resume_task: Callable[[Mapping[str, Any]], None] = lambda _state: None
) -> bool:
    """Put `state` where the checkpoint `path` left it, and the task by `resume_task`; False where there is none.

    Raises DuologueError: BAD_REQUEST for a training that was begun with another record, WEIGHTS_INVALID for a file that
    is damaged.
    """
    if not path.is_file():
        return False
    what = f"The checkpoint {path} cannot be read"
    with read_errors_as(ExitCode.WEIGHTS_INVALID, what, "Delete it to begin anew."):
        content = _current(torch.load(path, map_location="cpu", weights_only=True))
        for name, value in state.record.items():
            if content["record"].get(name) != value:
                raise DuologueError(
                    ExitCode.BAD_REQUEST,
                    f"The training in {path.parent} was begun {'on' if name == 'data' else 'with'} other {name}.",
                    "Go on as it was begun, name another folder after --run, or delete that one.",
                )
        state.model.load_state_dict(content["model"], strict=True)
        state.optimiser.load_state_dict(content["optimiser"])
        if state.averaged is not None:
            state.averaged.load_state_dict(content["averaged"], strict=True)
        state.step, state.task = int(content["step"]), dict(content["task"])
        resume_task(state.task)
    return True


def _current(content: dict[str, Any]) -> dict[str, Any]:
    """`content` in the present form; version 1 had two of them. Raises ValueError, KeyError."""
    if content["version"] == _VERSION:
        return content
    if content["version"] != 1:
        raise ValueError(f"version {content['version']}")
    if "place" in content:  # DualTalk as published
        place = content["place"]
        record = {"settings": content["settings"], "data": content["data"]}
        return content | {"step": place["step"], "record": record, "task": {"best": place["best"]}}
    return content | {"record": content["told"], "task": {}}  # colocated
