"""DualTalk's loss: four mean squared errors of equal weight (Peng et al. 2025, section 3.5)."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from backend.engines.dualtalk_official.model import EXPRESSION, JAW, NECK, OfficialPass

from .windows import Batch

TERMS: Final = ("expression", "jaw", "neck", "velocity")


def losses_of(model: nn.Module, batch: Batch) -> Tensor:
    """The terms of the loss over `batch`, [4] in order of `TERMS`."""
    made: OfficialPass = model(batch.audio, batch.partner_audio, batch.partner_motion, batch.frames)
    return torch.stack(list(dualtalk_losses(made.output, batch.motion).values()))


def dualtalk_losses(made: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """The terms by the names `TERMS` for motion [B, T, 56]; their sum is minimised.

    Velocity is the difference between one frame and the next, of all 56 numbers.
    """
    parts = zip(TERMS, (EXPRESSION, JAW, NECK), strict=False)
    terms = {name: mse_loss(made[..., part], truth[..., part]) for name, part in parts}
    return terms | {"velocity": mse_loss(made.diff(dim=1), truth.diff(dim=1))}
