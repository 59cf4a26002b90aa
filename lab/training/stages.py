"""A stage of the small engines' training: fitted once on random windows, and kept in a file that a later run takes it
from. A stage that was stopped or killed is resumed from its last checkpoint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole
from backend.contract.reading import read_or_none
from backend.job.reporting import QuietReporter, Reporter

from .distributed import ProcessGroup
from .examples import Material
from .trainer import Cadence, RunFiles, Trainer, TrainingTask

CADENCE: Final = Cadence(log_steps=50, checkpoint_steps=250)


@dataclass(frozen=True)
class FitConfig:
    """`steps` of `batch` windows of `frames` frames, at the learning rate `rate`."""

    steps: int
    batch: int
    frames: int
    rate: float
    weight_decay: float


class FitTask(TrainingTask):
    """Fits `model` on the CPU: AdamW, one cycle of the learning rate, clipped gradients.

    `losses_by_name(rng)` draws a batch and gives the weighted `terms`; its windows are drawn one after the other, so
    the states of both random generators are kept.
    """

    largest_gradient = 1.0
    first_row = 0
    unfinished: tuple[Path, nn.Module] | None = None
    """A file for the weights of a part at each checkpoint."""

    def __init__(
        self,
        model: nn.Module,
        terms: Sequence[str],
        losses_by_name: Callable[[np.random.Generator], dict[str, Tensor]],
        material: Sequence[Material],
        seed: int,
        config: FitConfig,
    ) -> None:
        self.model, self.terms, self.steps = model, tuple(terms), config.steps
        self._losses, self._config, self._rng = losses_by_name, config, np.random.default_rng(seed)
        digest = hashlib.sha256()
        for rehearsal in material:
            digest.update(np.ascontiguousarray(rehearsal.motion).tobytes())
        self.record = {
            "settings": json.dumps(asdict(config) | {"seed": seed}, sort_keys=True),
            "data": digest.hexdigest(),
        }

    def optimiser(self) -> Optimizer:
        """AdamW."""
        return AdamW(self.model.parameters(), self._config.rate, weight_decay=self._config.weight_decay)

    def schedule(self, optimiser: Optimizer) -> OneCycleLR:
        """A warm-up of 15 % and a cosine."""
        return OneCycleLR(optimiser, self._config.rate, self._config.steps, pct_start=0.15)

    def losses(self, model: nn.Module, step: int, group: ProcessGroup) -> Iterator[Tensor]:  # noqa: ARG002
        """One piece; one process trains."""
        found = self._losses(self._rng)
        yield torch.stack([found[name] for name in self.terms])

    def state(self) -> dict[str, Any]:
        """Both random generators' states."""
        return {"numpy": json.dumps(self._rng.bit_generator.state), "torch": torch.get_rng_state()}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`."""
        self._rng.bit_generator.state = json.loads(state["numpy"])
        torch.set_rng_state(state["torch"])

    def checkpoint_saved(self) -> None:
        """Write `unfinished`."""
        if self.unfinished is not None:
            path, part = self.unfinished
            _save(part, path)


def run_stage(
    folder: Path, name: str, part: nn.Module, begin: Callable[[], FitTask], report: Reporter | None = None
) -> None:
    """Fit `part`, the task's model, or take it from `NAME.safetensors` in `folder`, which an earlier run finished.

    A file of another network's shape is named and made anew, as is a checkpoint of another training. The weights at the
    last checkpoint are in `NAME-unfinished.safetensors`, so that a fit that is stopped leaves something to look at.
    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE; as `Trainer.fit`).
    """
    result = folder / f"{name}.safetensors"
    if result.is_file():
        found = read_or_none(lambda: load_file(result))
        wanted = {name: tensor.shape for name, tensor in part.state_dict().items()}
        if found is not None and {name: tensor.shape for name, tensor in found.items()} == wanted:
            part.load_state_dict(found)
            return
        print(f"{result} is of another network; it is fitted again")
    task = begin()
    task.files = RunFiles(f"{name}-checkpoint.pt", f"{name}.csv", f"{name}-validation.csv", f"{name}.png")
    task.unfinished = folder / f"{name}-unfinished.safetensors", part
    trainer = _trainer(task, folder, ProcessGroup("cpu", report=report or QuietReporter()))
    trainer.fit()
    _save(part, result)
    for path in (task.unfinished[0], folder / task.files.checkpoint):
        path.unlink(missing_ok=True)
    trainer.draw()


def _trainer(task: FitTask, folder: Path, group: ProcessGroup) -> Trainer:
    try:
        trainer = Trainer(task, folder, group, CADENCE)
    except DuologueError as error:
        if error.code is not ExitCode.BAD_REQUEST:
            raise
        checkpoint = folder / task.files.checkpoint
        print(f"{checkpoint} is of another training; it is begun anew")
        checkpoint.unlink()
        return Trainer(task, folder, group, CADENCE)
    if trainer.resumed:
        print(f"going on after step {trainer.step} of {task.steps}")
    return trainer


def _save(part: nn.Module, path: Path) -> None:
    content = save({name: tensor.detach().contiguous() for name, tensor in part.state_dict().items()})
    write_whole(path, lambda file: file.write(content))
