"""Training DualTalk: epochs of shuffled windows, validation, checkpoints, curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Final

import torch
from torch import nn
from torch.optim import Adam

from backend.contract.errors import DuologueError, ExitCode
from backend.engines.dualtalk_official.checkpoint import load_checkpoint
from backend.engines.dualtalk_official.model import OfficialDualTalk
from backend.engines.dualtalk_official.speech_encoders import Wav2Vec2Speech

from ..distributed import Crew
from ..fit_log import FitLog
from .cache import CachedClips
from .config import Pace, TrainingSettings
from .curves import draw_training
from .dataset import Clip
from .losses import TERMS
from .measures import quick_measures, validation_losses
from .progress import Place, resume_progress, save_progress, save_trained, seed_step
from .step import take_step
from .windows import Window, epoch_batches, fixed_windows, load_batch

BEST: Final = "best.safetensors"
"""In the training's folder: the weights with the smallest loss in validation."""

_DRAWN_EVERY: Final = 60.0
"""Seconds between two pictures at least; one takes a second."""


@dataclass(frozen=True)
class Material:
    """Clips to learn from and to validate on, and the fingerprint of the data set they are from."""

    learned: Sequence[Clip]
    validated: Sequence[Clip]
    cached: CachedClips
    fingerprint: str


class Training:
    """A model being trained in the folder `run`, from where an earlier run of the same training was stopped.

    Raises DuologueError as `resume_progress`.
    """

    def __init__(
        self,
        model: OfficialDualTalk,
        material: Material,
        run: Path,
        crew: Crew,
        settings: TrainingSettings,
        pace: Pace = Pace(),  # noqa: B008  (frozen)
    ) -> None:
        self.model = model.to(crew.device)
        self.material, self.run, self.crew, self.settings, self.pace = material, run, crew, settings, pace
        freeze_convolutions(model)
        optimiser = Adam([one for one in model.parameters() if one.requires_grad], settings.rate)
        resumed = resume_progress(run, model, optimiser, settings, material.fingerprint)
        self.place = resumed or Place()
        self._saved_step, self._drawn = self.place.step, monotonic()
        # Only now: a wrapped model has other names.
        self._wrapped, self._optimiser = crew.prepared(model, optimiser)
        if self._writes:
            going_on_from = None if resumed is None else resumed.step
            self._table = FitLog(run / "train.csv", going_on_from)
            self._validation_table = FitLog(run / "validation.csv", going_on_from)

    @property
    def _writes(self) -> bool:
        return self.crew.index == 0

    def fit(self) -> None:
        """Every epoch that is left. Raises DuologueError (WEIGHTS_INVALID) where the loss is no longer a number."""
        while self.place.epoch < self.settings.epochs:
            self._epoch()
            last = self.place.epoch + 1 == self.settings.epochs
            if self.material.validated and (last or (self.place.epoch + 1) % self.pace.validate_epochs == 0):
                self._validate()
            self.place = replace(self.place, epoch=self.place.epoch + 1, batch=0)
            self._save_if_due(now=last)
        self.model.eval()

    def draw(self) -> None:
        """Draw the curves as they are, `curves.png` in the training's folder."""
        if self._writes:
            draw_training(self._table.path, self._validation_table.path, self.run / "curves.png")
            self._drawn = monotonic()

    def finished(self) -> OfficialDualTalk:
        """The model with the weights that validated best, or the last ones where nothing is validated.

        Raises DuologueError (WEIGHTS_INVALID).
        """
        best = self.run / BEST
        if not self.material.validated or not best.is_file():
            return self.model.requires_grad_(False).eval()
        return load_checkpoint(best, device=self.crew.device)

    def _epoch(self) -> None:
        """What is left of the epoch."""
        settings, place = self.settings, self.place
        for group in self._optimiser.param_groups:
            group["lr"] = settings.rate_in(place.epoch)
        batches = epoch_batches(self.material.learned, settings.window, settings.batch, settings.seed, place.epoch)
        self._wrapped.train()
        for index in range(place.batch, len(batches)):
            self._step(batches[index], last=index + 1 == len(batches))
            self.place = replace(self.place, batch=index + 1)
            if index + 1 < len(batches):  # the last one is saved with the validation behind it
                self._save_if_due()

    def _step(self, windows: Sequence[Window], *, last: bool) -> None:
        """Raises DuologueError (WEIGHTS_INVALID)."""
        seed_step(self.settings, self.place.step, self.crew.index)
        cached, at_once = self.material.cached, self.pace.windows_at_once
        share = take_step(
            self._wrapped, self._optimiser, self.crew, lambda piece: load_batch(piece, cached), windows, at_once
        )
        self.place = replace(self.place, step=self.place.step + 1)
        if not bool(torch.isfinite(share).all()):
            raise DuologueError(
                ExitCode.WEIGHTS_INVALID,
                f"The loss is no longer a number after {self.place.step} steps.",
                "Train with a smaller --rate, in another --run folder.",
            )
        if last or self.place.step == 1 or self.place.step % self.pace.log_steps == 0:
            terms = dict(zip(TERMS, self.crew.summed(share).tolist(), strict=True))
            self._log(terms | {"total": sum(terms.values()), "rate": self.settings.rate_in(self.place.epoch)})

    def _log(self, terms: dict[str, float]) -> None:
        if self._writes:
            self._table(self.place.step, {"epoch": self.place.epoch, **terms})

    def _validate(self) -> None:
        """Every process waits for the one that writes."""
        if self._writes:
            self.model.eval()
            clips, device = self.material.validated, self.crew.device
            windows = fixed_windows(clips, self.settings.window)
            terms = validation_losses(self.model, self.material.cached, windows, self.settings.batch, device)
            measured = quick_measures(self.model, self.material.cached, clips[: self.pace.measured_clips], device)
            self._validation_table(self.place.step, {"epoch": self.place.epoch, **terms, **measured})
            if terms["total"] < self.place.best:
                save_trained(self.run / BEST, self.model)
                self.place = replace(self.place, best=terms["total"])
        self.crew.wait()

    def _save_if_due(self, *, now: bool = False) -> None:
        if now or self.place.step - self._saved_step >= self.pace.checkpoint_steps:
            if self._writes:
                save_progress(
                    self.run, self.model, self._optimiser, self.place, self.settings, self.material.fingerprint
                )
                if monotonic() - self._drawn > _DRAWN_EVERY:
                    self.draw()
            self._saved_step = self.place.step
            self.crew.wait()


def freeze_convolutions(model: nn.Module) -> None:
    """The convolutional parts of wav2vec 2.0 stay as they are, as in the published training."""
    for part in model.modules():
        if isinstance(part, Wav2Vec2Speech):
            part.feature_extractor.requires_grad_(False)
