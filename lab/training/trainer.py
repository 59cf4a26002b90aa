"""The one training loop: steps, schedule, clipped gradients, averaged weights, evaluation, checkpoints, curves.

An engine brings a `TrainingTask`. A training that was stopped or killed is resumed from its folder as if it had never
stopped; a file named `stop` in that folder ends it after the step that it is in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import AveragedModel

from backend.contract.errors import DuologueError, ExitCode

from .checkpoint import CHECKPOINT, TrainingState, resume_checkpoint, save_checkpoint
from .distributed import ProcessGroup
from .logging import CurveTable, draw_curves

STOP: Final = "stop"
_REPORTED_EVERY: Final = 0.5
"""Seconds between two reports of the step at least."""

_DRAWN_EVERY: Final = 60.0
"""Seconds between two pictures at least; one takes a second."""


@dataclass(frozen=True)
class Cadence:
    """How often a training looks up from its work, in steps; the result is the same."""

    log_steps: int = 20
    checkpoint_steps: int = 200


@dataclass(frozen=True)
class RunFiles:
    """The names of what a training writes into its folder."""

    checkpoint: str = CHECKPOINT
    curves: str = "train.csv"
    validation: str = "validation.csv"
    picture: str = "train.png"


class TrainingTask(ABC):
    """What an engine brings to the trainer. Steps that are done are counted from 1, a step to be done from 0."""

    model: nn.Module
    """On the device, its parameters that are learned requiring gradients."""
    terms: tuple[str, ...]
    """The names of the terms of the loss."""
    steps: int
    record: Mapping[str, str]
    """What the training is begun with, as in `TrainingState`."""
    files = RunFiles()
    seed: int | None = None
    """Seeds torch anew in each step; None where the task keeps torch's random state in `state`."""
    largest_gradient: float | None = None
    """The norm to which gradients are clipped."""
    averaging: float | None = None
    """How much of the averaged weights a step leaves as it is; None to average nothing."""
    first_row: int = 1
    """The number of the first step in the table."""

    @abstractmethod
    def optimiser(self) -> Optimizer:
        """Build the optimiser of the model's parameters."""

    @abstractmethod
    def schedule(self, optimiser: Optimizer) -> LRScheduler:
        """The learning rate, a function of the number of steps done alone."""

    @abstractmethod
    def losses(self, model: nn.Module, step: int, group: ProcessGroup) -> Iterator[Tensor]:
        """The share of this process in step `step`, from 0, in pieces: the terms [K] in order of `terms`.

        Those of all pieces and processes add up to the mean over the batch. `model` is to be called, not `self.model`.
        """

    def row(self, step: int, terms: dict[str, float], rate: float) -> dict[str, float]:  # noqa: ARG002
        """Values that are logged for step `step`, which counts from 1."""
        return terms

    def log_due(self, step: int) -> bool:  # noqa: ARG002
        """Whether step `step`, from 1, is logged besides the first, every `log_steps`-th and the last of a stage."""
        return False

    def stage_ends(self, step: int) -> bool:
        """Whether a stage ends after `step` steps: it is logged and kept."""
        return step == self.steps

    def stage_ended(self, step: int, model: nn.Module) -> None:  # noqa: B027  (for who wants it, as those below)
        """Called in the process that writes; `model` has the averaged weights, where there are such."""

    def evaluation_due(self, step: int) -> bool:  # noqa: ARG002
        """Whether to evaluate after `step` steps."""
        return False

    def evaluate(self, step: int, model: nn.Module) -> dict[str, float]:  # noqa: ARG002
        """A row for the validation's table; called in the process that writes, `model` as in `stage_ended`."""
        return {}

    def state(self) -> dict[str, Any]:
        """State of the task that a checkpoint keeps (`TrainingState`)."""
        return {}

    def resume(self, state: Mapping[str, Any]) -> None:  # noqa: B027
        """Go on from what `state` returned."""

    def checkpoint_saved(self) -> None:  # noqa: B027
        """Called in the process that writes."""

    def draw(self, run: Path) -> None:
        """Draw the curves."""
        draw_curves(run / self.files.curves, run / self.files.picture)


class Trainer:
    """Trains `task` in the folder `run`, from where an earlier run of the same training was stopped.

    Raises DuologueError as `resume_checkpoint`.
    """

    def __init__(self, task: TrainingTask, run: Path, group: ProcessGroup, cadence: Cadence) -> None:
        self.task, self.run, self.group, self.cadence = task, run, group, cadence
        self.averaged = None if task.averaging is None else averaged_model(task.model, task.averaging)
        optimiser = task.optimiser()
        self._schedule = task.schedule(optimiser)
        inner = None if self.averaged is None else self.averaged.module
        self._state = TrainingState(task.model, optimiser, inner, task.record)
        self.resumed = resume_checkpoint(run / task.files.checkpoint, self._state, task.resume)
        if self.resumed:
            self._go_on_from(self.step)
        # Only now: a wrapped model has other names.
        self._wrapped = group.wrapped(task.model)
        self._drawn = self._reported = monotonic()
        if group.writes:
            resumed_at = self.step - 1 + task.first_row if self.resumed else None
            self._curves = CurveTable(run / task.files.curves, resumed_at)
            self._validation = CurveTable(run / task.files.validation, resumed_at)

    @property
    def step(self) -> int:
        """Steps that are done."""
        return self._state.step

    @property
    def result(self) -> nn.Module:
        """The model with its averaged weights, or the model itself where nothing is averaged."""
        return self.task.model if self.averaged is None else self.averaged.module

    def fit(self) -> None:
        """Do every step that is left.

        Raises DuologueError: WEIGHTS_INVALID where the loss is no longer a number; CANCELLED where a file `stop` came,
        or whoever gets the reports wants it to stop.
        """
        task, every = self.task, self.cadence.checkpoint_steps
        while self.step < task.steps:
            self._step()
            self._report()
            if task.evaluation_due(self.step):
                self._evaluate()
            ends = task.stage_ends(self.step)
            if ends and self.group.writes:
                task.stage_ended(self.step, self.result)
            stop = self._stop_asked()
            if stop or ends or self.step % every == 0:
                self._save()
            if stop:
                raise self._stopped()
        task.model.eval()

    def draw(self) -> None:
        """Draw the curves as they are."""
        if self.group.writes:
            self.task.draw(self.run)
            self._drawn = monotonic()

    def _step(self) -> None:
        """Raises DuologueError (WEIGHTS_INVALID)."""
        task, state = self.task, self._state
        if task.seed is not None:
            torch.manual_seed((task.seed * 1_000_003 + state.step) * 1_024 + self.group.index)
        rate = float(state.optimiser.param_groups[0]["lr"])
        self._wrapped.train()
        state.optimiser.zero_grad(set_to_none=True)
        share = torch.zeros(len(task.terms), device=self.group.device)
        for terms in task.losses(self._wrapped, state.step, self.group):
            self.group.backward(terms.sum())
            share += terms.detach()
        if task.largest_gradient is not None:
            nn.utils.clip_grad_norm_(task.model.parameters(), task.largest_gradient)
        state.optimiser.step()
        self._schedule.step()
        if self.averaged is not None:
            self.averaged.update_parameters(task.model)
        state.step += 1
        if not bool(torch.isfinite(share).all()):
            raise DuologueError(
                ExitCode.WEIGHTS_INVALID,
                f"The loss is no longer a number after {state.step} steps.",
                "Train with a smaller --rate, in another --run folder.",
            )
        if self._log_due(state.step):
            names = zip(task.terms, self.group.summed(share).tolist(), strict=True)
            if self.group.writes:
                row = task.row(state.step, dict(names), rate)
                self._curves.append(state.step - 1 + task.first_row, row)

    def _report(self) -> None:
        """Say how far it is: at the last step, and now and then before it."""
        if self.group.writes and (self.step == self.task.steps or monotonic() - self._reported > _REPORTED_EVERY):
            self.group.report.progress("training", self.step, self.task.steps)
            self._reported = monotonic()

    def _log_due(self, step: int) -> bool:
        row = step - 1 + self.task.first_row
        return step == 1 or row % self.cadence.log_steps == 0 or self.task.stage_ends(step) or self.task.log_due(step)

    def _evaluate(self) -> None:
        """Let the process that writes work, and the others wait for it."""
        if self.group.writes:
            self.result.eval()
            self._validation.append(self.step, self.task.evaluate(self.step, self.result))
        self.group.wait()

    def _save(self) -> None:
        """Let the process that writes work, and the others wait for it."""
        if self.group.writes:
            self._state.task = self.task.state()
            save_checkpoint(self.run / self.task.files.checkpoint, self._state)
            self.task.checkpoint_saved()
            if monotonic() - self._drawn > _DRAWN_EVERY:
                self.draw()
        self.group.wait()

    def _stop_asked(self) -> bool:
        """Whether a stop was asked for; every process gets the same answer."""
        asked = self.group.writes and ((self.run / STOP).is_file() or self.group.asked_to_stop())
        if self.group.count == 1:
            return asked
        return bool(self.group.summed(torch.tensor(float(asked), device=self.group.device)))

    def _stopped(self) -> DuologueError:
        if self.group.writes:
            (self.run / STOP).unlink(missing_ok=True)
        return DuologueError(
            ExitCode.CANCELLED, f"The training was stopped after step {self.step}.", "The same command resumes it."
        )

    def _go_on_from(self, step: int) -> None:
        """Schedule and average have no state but the number of steps."""
        if step:
            self._schedule.last_epoch = step - 1
            self._schedule._step_count = step + 1  # noqa: SLF001  (at 1 it warns that the optimiser made no step)
            self._schedule.step()
        if self.averaged is not None:
            self.averaged.n_averaged.fill_(step + 1)


def averaged_model(model: nn.Module, decay: float) -> AveragedModel:
    """A running average of a model's weights (Polyak); at first it follows faster, so that the start is forgotten."""

    def average(averaged: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        kept = min(decay, (1 + int(count)) / (10 + int(count)))
        return averaged.lerp(current, 1 - kept)

    found = AveragedModel(model, avg_fn=average, use_buffers=True)
    found.n_averaged.fill_(1)  # what it begins with counts as the first
    return found
