"""DualTalk as published, as the trainer's task: epochs of shuffled windows; the weights that validate best are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from backend.contract.files import write_whole
from backend.engines.dualtalk_official.checkpoint import FORMAT, config_as_json, load_checkpoint, official_state
from backend.engines.dualtalk_official.conversion import FLOAT32, write_tensors
from backend.engines.dualtalk_official.model import OfficialDualTalk
from backend.engines.dualtalk_official.speech_encoders import Wav2Vec2Speech

from ..distributed import ProcessGroup
from ..trainer import RunFiles, Trainer, TrainingTask
from .config import OfficialCadence, TrainingSettings
from .data import Clip
from .losses import TERMS, losses_of
from .measures import draw_training, quick_measures, validation_losses
from .windows import CachedClips, Window, epoch_batches, fixed_windows, load_batch

BEST: Final = "best.safetensors"
"""In the training's folder: the weights with the smallest loss in validation."""


@dataclass(frozen=True)
class Material:
    """Clips to learn from and to validate on, and the fingerprint of the data set they are from."""

    learned: Sequence[Clip]
    validated: Sequence[Clip]
    cached: CachedClips
    fingerprint: str


class OfficialTask(TrainingTask):
    """Trains `model` on `device` in the folder `run`."""

    terms = TERMS
    files = RunFiles(picture="curves.png")

    def __init__(
        self,
        model: OfficialDualTalk,
        material: Material,
        run: Path,
        device: str,
        settings: TrainingSettings,
        cadence: OfficialCadence,
    ) -> None:
        self.network = self.model = model.to(device)
        self.material, self.run, self.device = material, run, device
        self.settings, self.cadence, self.seed = settings, cadence, settings.seed
        self.record = {"settings": settings.as_json(), "data": material.fingerprint}
        # as in the published training
        for part in model.modules():
            if isinstance(part, Wav2Vec2Speech):
                part.feature_extractor.requires_grad_(False)
        self._epoch = 0
        self._batches = self._batches_of(0)
        self.epoch_steps = len(self._batches)
        self.steps = settings.epochs * self.epoch_steps
        self._best = float("inf")

    def optimiser(self) -> Optimizer:
        """Adam, of what is not frozen."""
        return Adam([weight for weight in self.model.parameters() if weight.requires_grad], self.settings.rate)

    def schedule(self, optimiser: Optimizer) -> LambdaLR:
        """A share less every so many epochs."""
        settings = self.settings
        return LambdaLR(
            optimiser, lambda step: settings.rate_decay ** (step // self.epoch_steps // settings.decay_epochs)
        )

    def losses(self, model: nn.Module, step: int, group: ProcessGroup) -> Iterator[Tensor]:
        """A piece for each `windows_at_once` windows."""
        epoch, index = divmod(step, self.epoch_steps)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._batches_of(epoch)
        for windows, weight in pieces(self._batches[index], group.index, group.count, self.cadence.windows_at_once):
            yield weight * losses_of(model, load_batch(windows, self.material.cached).to(self.device))

    def row(self, step: int, terms: dict[str, float], rate: float) -> dict[str, float]:
        """The epoch, from 0, the terms, their sum and the rate."""
        return {"epoch": self._epoch_of(step), **terms, "total": sum(terms.values()), "rate": rate}

    def log_due(self, step: int) -> bool:
        """An epoch's last step."""
        return step % self.epoch_steps == 0

    def evaluation_due(self, step: int) -> bool:
        """Evaluate after every `validate_epochs` epochs, and after the last."""
        due = (self._epoch_of(step) + 1) % self.cadence.validate_epochs == 0 or step == self.steps
        return due and step % self.epoch_steps == 0 and bool(self.material.validated)

    def evaluate(self, step: int, model: nn.Module) -> dict[str, float]:  # noqa: ARG002
        """The terms on the validation's windows, and published measures; the best weights so far are kept."""
        clips, cached = self.material.validated, self.material.cached
        windows = fixed_windows(clips, self.settings.window)
        terms = validation_losses(self.network, cached, windows, self.settings.batch, self.device)
        measured = quick_measures(self.network, cached, clips[: self.cadence.measured_clips], self.device)
        if terms["total"] < self._best:
            save_trained(self.run / BEST, self.network)
            self._best = terms["total"]
        return {"epoch": self._epoch_of(step), **terms, **measured}

    def state(self) -> dict[str, Any]:
        """The smallest loss in validation."""
        return {"best": self._best}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`."""
        self._best = float(state["best"])

    def draw(self, run: Path) -> None:
        """Draw both tables in one picture."""
        draw_training(run / self.files.curves, run / self.files.validation, run / self.files.picture)

    def finished(self) -> OfficialDualTalk:
        """The model with the weights that validated best, or the last ones where nothing is validated.

        Raises DuologueError (WEIGHTS_INVALID).
        """
        best = self.run / BEST
        if not self.material.validated or not best.is_file():
            return self.network.requires_grad_(False).eval()
        return load_checkpoint(best, device=self.device)

    def _epoch_of(self, step: int) -> int:
        """Epoch of step `step`, which counts from 1."""
        return (step - 1) // self.epoch_steps

    def _batches_of(self, epoch: int) -> list[list[Window]]:
        """As many in every epoch: only where a clip is cut is drawn anew."""
        settings = self.settings
        return epoch_batches(self.material.learned, settings.window, settings.batch, settings.seed, epoch)


def official_trainer(
    model: OfficialDualTalk,
    material: Material,
    run: Path,
    group: ProcessGroup,
    settings: TrainingSettings,
    cadence: OfficialCadence,
) -> tuple[Trainer, OfficialTask]:
    """Ready to fit. Raises DuologueError as `Trainer`."""
    task = OfficialTask(model, material, run, group.device, settings, cadence)
    return Trainer(task, run, group, cadence), task


def pieces(windows: Sequence[Window], index: int, count: int, at_once: int) -> list[tuple[Sequence[Window], float]]:
    """The share of process `index` of `count`, in pieces of at most `at_once` windows, and the weight of each.

    Every process has as many pieces, because each of them waits for the others; where there is nothing left for one it
    takes a window that weighs nothing. The weights of all add up to one.
    """
    largest = -(-len(windows) // count)
    size = min(at_once, largest) if at_once else largest
    own = windows[index::count]
    found = []
    for first in range(0, largest, size):
        piece = own[first : first + size]
        found.append((piece or windows[:1], len(piece) / len(windows)))
    return found


def save_trained(path: Path, model: OfficialDualTalk) -> None:
    """The weights as float32 safetensors that `load_checkpoint` takes. Raises DuologueError as `write_whole`."""
    metadata = {"format": FORMAT, "config": config_as_json(model.config)}
    write_whole(path, lambda file: write_tensors(file, official_state(model), metadata, FLOAT32))
