"""Training the colocated model: dialogues, then synthetic dubbing; checkpoints, curves, averaged weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.optim import AdamW

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face
from backend.contract.files import write_text_whole
from backend.engines.colocated.checkpoint import load_colocated, save_colocated
from backend.engines.colocated.diffusion import LAST_LEVEL, noised
from backend.engines.colocated.model import Colocated
from backend.engines.weights import weights_hash

from ..distributed import Crew
from ..fit_log import FitLog, draw_curves
from .config import ColocatedSettings
from .dubbing import draw_dubbing, voices_of
from .losses import TERMS, ColocatedLosses
from .progress import Averaged, resume_progress, save_progress
from .windows import Example, Heard, Material, draw_dialogue, stacked, stream_units

STAGE_ONE: Final = "stage-one.safetensors"
"""In the training's folder: the averaged weights after the first stage."""

LEAST_LEVEL: Final = LAST_LEVEL - 0.01
"""The least noise that a window is given: what the sampler takes for the result has a little more."""

_GOLDEN: Final = 0.6180339887498949
"""Multiples of it, less their whole part, fill 0 to 1 evenly."""
_LAST_RATE: Final = 0.05
"""Share of the learning rate that is left at a stage's end."""
_LARGEST_GRADIENT: Final = 1.0
_VALIDATION: Final = 1_000_000_007
"""A step's number that no training reaches: what is drawn for it validates."""
_DRAWN_EVERY: Final = 60.0


@dataclass(frozen=True)
class Pace:
    """How often a training looks up from its work; the result is the same."""

    log_steps: int = 20
    checkpoint_steps: int = 200
    validate_steps: int = 200
    validated_windows: int = 24


class ColocatedTraining:
    """A model being trained in the folder `run`, from where an earlier run of the same training was stopped.

    It begins with the weights in the file `start`, with none of its own. Raises DuologueError as `resume_progress`,
    `voices_of` and `started_model`.
    """

    def __init__(
        self,
        material: Material,
        face: Face,
        run: Path,
        crew: Crew,
        settings: ColocatedSettings,
        pace: Pace = Pace(),
        start: Path | None = None,
    ) -> None:
        self.material, self.run, self.crew, self.settings, self.pace = material, run, crew, settings, pace
        model = fresh_model(settings, material.learned) if start is None else started_model(settings, start)
        self.model = model.to(crew.device)
        self._losses = ColocatedLosses(
            face, self.model.offset, self.model.scale, settings.weights, gaze=settings.gaze_loss
        ).to(crew.device)
        self._voices = voices_of(material.learned) if settings.dubbing_steps else []
        self._averaged = Averaged(self.model, settings.averaging)
        optimiser = AdamW(self.model.parameters(), settings.rate, weight_decay=settings.weight_decay)
        self._told = {"settings": settings.as_json(), "data": material.fingerprint}
        if start is not None:
            self._told["start"] = weights_hash(start)
        resumed = resume_progress(run, self.model, self._averaged, optimiser, self._told)
        self.step = resumed or 0
        self._drawn = monotonic()
        # Only now: a wrapped model has other names.
        self._wrapped, self._optimiser = crew.prepared(self.model, optimiser)
        if self._writes:
            self._table = FitLog(run / "train.csv", resumed)
            self._validation_table = FitLog(run / "validation.csv", resumed)

    @property
    def _writes(self) -> bool:
        return self.crew.index == 0

    def fit(self) -> None:
        """Every step that is left. Raises DuologueError (WEIGHTS_INVALID) where the loss is no longer a number."""
        while self.step < self.settings.all_steps:
            self._step()
            if self._due(self.pace.validate_steps) and self.material.held_out:
                self._validate()
            if self.step == self.settings.steps and self._writes:
                self.save(self.run / STAGE_ONE)
            if self._due(self.pace.checkpoint_steps):
                self._keep()

    def save(self, path: Path) -> None:
        """Write the averaged weights to `path`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
        averaged = Colocated(self.settings.model)
        averaged.load_state_dict(self._averaged.state)
        save_colocated(path, averaged)

    def draw(self) -> None:
        """Draw the curves as they are, `train.png` in the training's folder."""
        if self._writes and self._table.path.is_file():
            draw_curves(self._table.path, self.run / "train.png")
            self._drawn = monotonic()

    def _step(self) -> None:
        """Raises DuologueError (WEIGHTS_INVALID)."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate_in(self.settings, self.step)
        torch.manual_seed((self.settings.seed * 1_000_003 + self.step) * 1_024 + self.crew.index)
        dubbing = is_dubbing(self.settings, self.step)
        share = range(self.crew.index, self.settings.batch, self.crew.count)
        batch = self._batch(self.step, share, dubbing=dubbing)
        self._wrapped.train()
        self._optimiser.zero_grad(set_to_none=True)
        terms = self._terms(self._wrapped, batch, dubbing=dubbing) * (len(share) / self.settings.batch)
        # The processes' gradients are averaged, not added.
        self.crew.backward(terms.sum() * self.crew.count)
        nn.utils.clip_grad_norm_(self._wrapped.parameters(), _LARGEST_GRADIENT)
        self._optimiser.step()
        self.step += 1
        self._averaged.follow(self.model, self.step)
        if not bool(torch.isfinite(terms).all()):
            raise DuologueError(
                ExitCode.WEIGHTS_INVALID,
                f"The loss is no longer a number after {self.step} steps.",
                "Train with a smaller --rate, in another --run folder.",
            )
        # Dubbing and dialogues take turns, so two steps running show both.
        both = self.step > self.settings.steps and (self.step + 1) % self.pace.log_steps == 0
        if self.step == 1 or both or self._due(self.pace.log_steps):
            self._log(terms.detach(), dubbing=dubbing)

    def _batch(self, step: int, share: Sequence[int], *, dubbing: bool = False, held_out: bool = False) -> Example:
        """The windows `share` of the batch of `step`: the same whoever draws them."""
        material = self.material.held_out if held_out else self.material.learned
        examples = [self._example(step, index, material, dubbing=dubbing) for index in share]
        return stacked(examples).to(self.crew.device)

    def _example(self, step: int, index: int, material: Sequence[Heard], *, dubbing: bool) -> Example:
        settings = self.settings
        rng = np.random.default_rng([settings.seed, step, index])
        level = level_at((index + step * _GOLDEN % 1.0) / settings.batch % 1.0)
        if dubbing:
            return draw_dubbing(rng, self._voices, settings, level)
        return draw_dialogue(rng, material, self.material.turning, settings, level)

    def _terms(self, model: Callable[..., Tensor], batch: Example, *, dubbing: bool = False) -> Tensor:
        """The terms of the loss, [6] in the order of `TERMS`."""
        normalised = self.model.normalised(batch.clean) * batch.people[..., None, None]
        noisy = noised(normalised, batch.noise, batch.level)
        kind = torch.device(self.crew.device).type
        with torch.autocast(kind, torch.bfloat16, enabled=self.settings.half and kind in ("cpu", "cuda")):
            made = model(noisy, batch.level, batch.features, batch.given, batch.with_audio, batch.with_staging)
        found = self._losses.dubbing(made, batch) if dubbing else self._losses.dialogue(made, batch)
        return torch.stack([found[name] for name in TERMS])

    def _validate(self) -> None:
        """The averaged weights on the same windows of held-out recordings every time. Every process waits."""
        if self._writes:
            self.model.eval()
            torch.manual_seed(self.settings.seed)
            count, size = self.pace.validated_windows, self.settings.batch
            parts = [range(first, min(first + size, count)) for first in range(0, count, size)]
            with torch.no_grad():
                found = [
                    len(part)
                    * self._terms(self._by_average, self._batch(_VALIDATION, part, held_out=True), dubbing=False)
                    for part in parts
                ]
            self._tell(self._validation_table, torch.stack(found).sum(dim=0) / count)
        self.crew.wait()

    def _by_average(self, *given: object) -> Tensor:
        """What the model with its averaged weights makes of `given`."""
        made: Tensor = functional_call(self.model, self._averaged.state, given)
        return made

    def _log(self, terms: Tensor, *, dubbing: bool) -> None:
        shared = self.crew.summed(terms)
        if self._writes:
            self._tell(self._table, shared, stage=2.0 if dubbing else 1.0, rate=rate_in(self.settings, self.step - 1))

    def _tell(self, table: FitLog, terms: Tensor, **more: float) -> None:
        told = dict(zip(TERMS, terms.tolist(), strict=True))
        table(self.step, told | {"total": sum(told.values())} | more)

    def _due(self, every: int) -> bool:
        return self.step % every == 0 or self.step in (self.settings.steps, self.settings.all_steps)

    def _keep(self) -> None:
        if self._writes:
            save_progress(self.run, self.model, self._averaged, self._optimiser, self.step, self._told)
            if monotonic() - self._drawn > _DRAWN_EVERY:
                self.draw()
        self.crew.wait()


def fresh_model(settings: ColocatedSettings, learned: Sequence[Heard]) -> Colocated:
    """A model that knows the units of its streams and nothing else."""
    torch.manual_seed(settings.seed)
    model = Colocated(settings.model)
    mean, spread = stream_units([one.recording for one in learned])
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


def write_settings(run: Path, settings: ColocatedSettings) -> None:
    """`settings.json` in the training's folder, to read. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_text_whole(run / "settings.json", settings.as_json())
