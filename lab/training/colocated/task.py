"""The colocated model as the trainer's task: dialogues, then synthetic dubbing; averaged weights are the result."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face
from backend.engines.colocated.diffusion import LAST_LEVEL, noised
from backend.engines.colocated.engine import load_colocated
from backend.engines.colocated.model import Colocated
from backend.engines.weights import weights_hash, write_weights

from ..distributed import ProcessGroup
from ..trainer import Cadence, Trainer, TrainingTask
from .config import ColocatedSettings
from .losses import TERMS, ColocatedLosses
from .synthetic_dubbing import draw_dubbing, voices_of
from .windows import Dialogue, Example, Material, draw_dialogue, stacked, stream_units

STAGE_ONE: Final = "stage-one.safetensors"
"""In the training's folder: the averaged weights after the first stage."""

LEAST_LEVEL: Final = LAST_LEVEL - 0.01
"""The least noise that a window is given: what the sampler takes for the result has a little more."""

_GOLDEN: Final = 0.6180339887498949
"""Multiples of it, less their whole part, fill 0 to 1 evenly."""
_LAST_RATE: Final = 0.05
"""Share of the learning rate that is left at a stage's end."""
_VALIDATION: Final = 1_000_000_007
"""A step's number that no training reaches: what is drawn for it validates."""


@dataclass(frozen=True)
class ColocatedCadence(Cadence):
    """Held-out windows are validated on each `validate_steps` steps, the same `validated_windows` every time."""

    validate_steps: int = 200
    validated_windows: int = 24


class ColocatedTask(TrainingTask):
    """Trains in the folder `run`, beginning with the weights in the file `start` or with none.

    Raises DuologueError as `voices_of` and `started_model`.
    """

    terms = TERMS
    largest_gradient = 1.0

    def __init__(
        self,
        material: Material,
        face: Face,
        run: Path,
        device: str,
        settings: ColocatedSettings,
        cadence: ColocatedCadence,
        start: Path | None = None,
    ) -> None:
        self.material, self.run, self.settings, self.cadence = material, run, settings, cadence
        self.device, self.steps, self.seed, self.averaging = (
            device,
            settings.all_steps,
            settings.seed,
            settings.averaging,
        )
        model = fresh_model(settings, material.learned) if start is None else started_model(settings, start)
        self.network = self.model = model.to(device)
        self._losses = ColocatedLosses(
            face, self.network.offset, self.network.scale, settings.weights, gaze=settings.gaze_loss
        ).to(device)
        self._voices = voices_of(material.learned) if settings.dubbing_steps else []
        self.record = {"settings": settings.as_json(), "data": material.fingerprint}
        if start is not None:
            self.record["start"] = weights_hash(start)

    def optimiser(self) -> Optimizer:
        """AdamW; the schedule gives the rate itself."""
        return AdamW(self.model.parameters(), 1.0, weight_decay=self.settings.weight_decay)

    def schedule(self, optimiser: Optimizer) -> LambdaLR:
        """Schedule the learning rate (`rate_in`)."""
        return LambdaLR(optimiser, lambda step: rate_in(self.settings, min(step, self.steps - 1)))

    def losses(self, model: nn.Module, step: int, group: ProcessGroup) -> Iterator[Tensor]:
        """One piece."""
        share = range(group.index, self.settings.batch, group.count)
        dubbing = is_dubbing(self.settings, step)
        batch = self.batch(step, share, dubbing=dubbing)
        yield self._terms(model, batch, dubbing=dubbing) * (len(share) / self.settings.batch)

    def row(self, step: int, terms: dict[str, float], rate: float) -> dict[str, float]:
        """The terms, their sum, the stage and the rate."""
        stage = 2.0 if is_dubbing(self.settings, step - 1) else 1.0
        return terms | {"total": sum(terms.values()), "stage": stage, "rate": rate}

    def log_due(self, step: int) -> bool:
        """Dubbing and dialogues take turns in the second stage, so two steps running show both."""
        return step > self.settings.steps and (step + 1) % self.cadence.log_steps == 0

    def stage_ends(self, step: int) -> bool:
        """Either stage."""
        return step in (self.settings.steps, self.steps)

    def stage_ended(self, step: int, model: nn.Module) -> None:
        """Keep the result of the first stage."""
        if step == self.settings.steps:
            write_weights(self.run / STAGE_ONE, model)

    def evaluation_due(self, step: int) -> bool:
        """Evaluate where something is held out."""
        due = step % self.cadence.validate_steps == 0 or self.stage_ends(step)
        return due and bool(self.material.held_out)

    def evaluate(self, step: int, model: nn.Module) -> dict[str, float]:  # noqa: ARG002
        """The terms of the first stage on the same windows of held-out recordings every time, and their sum."""
        count, size = self.cadence.validated_windows, self.settings.batch
        parts = [range(first, min(first + size, count)) for first in range(0, count, size)]
        with torch.no_grad():
            found = [len(part) * self._terms(model, self.batch(_VALIDATION, part, held_out=True)) for part in parts]
        terms = dict(zip(TERMS, (torch.stack(found).sum(dim=0) / count).tolist(), strict=True))
        return terms | {"total": sum(terms.values())}

    def batch(self, step: int, share: Sequence[int], *, dubbing: bool = False, held_out: bool = False) -> Example:
        """The windows `share` of the batch of `step`: the same whoever draws them."""
        material = self.material.held_out if held_out else self.material.learned
        examples = [self._example(step, index, material, dubbing=dubbing) for index in share]
        return stacked(examples).to(self.device)

    def _example(self, step: int, index: int, material: Sequence[Dialogue], *, dubbing: bool) -> Example:
        settings = self.settings
        rng = np.random.default_rng([settings.seed, step, index])
        level = level_at((index + step * _GOLDEN % 1.0) / settings.batch % 1.0)
        if dubbing:
            return draw_dubbing(rng, self._voices, settings, level)
        return draw_dialogue(rng, material, self.material.turning, settings, level)

    def _terms(self, model: Callable[..., Tensor], batch: Example, *, dubbing: bool = False) -> Tensor:
        """The terms of the loss, [6] in the order of `TERMS`."""
        normalised = self.network.normalised(batch.clean) * batch.people[..., None, None]
        noisy = noised(normalised, batch.noise, batch.level)
        kind = torch.device(self.device).type
        with torch.autocast(kind, torch.bfloat16, enabled=self.settings.half and kind in ("cpu", "cuda")):
            made = model(
                noisy, batch.level, batch.features, batch.given, batch.audio_drop_mask, batch.staging_drop_mask
            )
        found = self._losses.dubbing(made, batch) if dubbing else self._losses.dialogue(made, batch)
        return torch.stack([found[name] for name in TERMS])


def colocated_trainer(
    material: Material,
    face: Face,
    run: Path,
    group: ProcessGroup,
    settings: ColocatedSettings,
    cadence: ColocatedCadence,
    start: Path | None = None,
) -> Trainer:
    """Ready to fit. Raises DuologueError as `ColocatedTask` and `Trainer`."""
    return Trainer(ColocatedTask(material, face, run, group.device, settings, cadence, start), run, group, cadence)


def fresh_model(settings: ColocatedSettings, learned: Sequence[Dialogue]) -> Colocated:
    """A model that knows the units of its streams and nothing else."""
    torch.manual_seed(settings.seed)
    model = Colocated(settings.model)
    mean, spread = stream_units([dialogue.recording for dialogue in learned])
    model.offset.copy_(torch.from_numpy(mean))
    model.scale.copy_(torch.from_numpy(spread))
    return model


def started_model(settings: ColocatedSettings, start: Path) -> Colocated:
    """The model in the file `start`, with its units. Raises DuologueError (WEIGHTS_INVALID, BAD_REQUEST)."""
    model = load_colocated(start, "cpu")
    if model.config != settings.model:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"{start} is a model of another shape than the one to be trained.",
            "Give weights that were trained with the same parts, or leave out --start.",
        )
    return model.requires_grad_(True)


def level_at(share: float) -> float:
    """The level of noise of a window, where `share` is spread evenly from 0 to 1.

    What the sampler never asks for need not be learned. The cube gives most windows to little noise, where nods and
    blinks are made; for a mood or the floor, which are decided where there is much, few are enough.
    """
    return LEAST_LEVEL + (1.0 - LEAST_LEVEL) * share**3


def is_dubbing(settings: ColocatedSettings, step: int) -> bool:
    """Whether step `step`, from 0, learns from synthetic dubbing; dialogues are spread evenly among them."""
    done = step - settings.steps
    if done < 0:
        return False
    share = settings.dialogues_while_dubbing
    return math.floor((done + 1) * share) == math.floor(done * share)


def rate_in(settings: ColocatedSettings, step: int) -> float:
    """The learning rate in step `step`: a warm-up and half a cosine in each stage."""
    first = step < settings.steps
    peak, steps = (settings.rate, settings.steps) if first else (settings.dubbing_rate, settings.dubbing_steps)
    done = step if first else step - settings.steps
    warm = min(1.0, (done + 1) / max(1, min(settings.warm_up, steps // 5)))
    fallen = 0.5 + 0.5 * math.cos(math.pi * done / steps)
    return peak * warm * (_LAST_RATE + (1 - _LAST_RATE) * fallen)
