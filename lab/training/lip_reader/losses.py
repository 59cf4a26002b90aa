"""The loss of the lip reader: coefficients, how far and how wide the mouth opens, closures, touches and visemes."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from backend.animation.lip_closure import component_weights, gap_weights, jaw_weight
from backend.animation.lips import WIDTH_OF
from backend.animation.phones import VISEMES
from backend.contract.arkit import ARKIT_NAMES, SPOKEN_COMPONENTS
from backend.engines.lip_reader.model import Mouth

from .config import LipLossConfig
from .data import LipBatch

TERMS: Final = ("expression", "jaw", "gap", "gap_change", "width", "closure", "touch", "viseme")
_OPEN_VOWEL: Final = VISEMES.index("aa")
_ROUNDED: Final = -3.0
"""Millimetres of width beyond rest: narrower mouths are rounded on purpose."""


def lip_losses(
    mouth: Mouth, batch: LipBatch, measure: MouthMeasure, config: LipLossConfig | None = None
) -> dict[str, Tensor]:
    """The weighted terms by name; their sum is what training minimises."""
    config = config or LipLossConfig()
    weight = 1 + (config.closure_weight - 1) * batch.closure + (config.touch_weight - 1) * batch.touch  # [B, T]
    off = (mouth.expression - batch.expression)[..., SPOKEN_COMPONENTS].square().mean(dim=-1)
    gap, wanted = measure.gap(mouth.expression, mouth.jaw), measure.gap(batch.expression, batch.jaw)
    opened = weight + (config.open_weight - 1) * (batch.viseme == _OPEN_VOWEL)
    wide = measure.width(batch.expression)
    rounded = 1 + (config.rounded_weight - 1) * (wide < _ROUNDED)
    # A quarter of a quarter of the frames are closures; without a weight the logit would hover below zero.
    rare = torch.tensor(3.0)
    return {
        "expression": config.expression * (weight * off).mean() * len(SPOKEN_COMPONENTS) / len(ARKIT_NAMES),
        "jaw": config.jaw * (weight * (mouth.jaw - batch.jaw).square()).mean(),
        "gap": config.gap * (opened * (gap - wanted).abs()).mean(),
        "gap_change": config.gap_change * (gap.diff(dim=1) - wanted.diff(dim=1)).abs().mean(),
        "width": config.width * (rounded * (measure.width(mouth.expression) - wide).square()).mean(),
        "closure": config.closure * binary_cross_entropy_with_logits(mouth.closure, batch.closure, pos_weight=rare),
        "touch": config.touch * binary_cross_entropy_with_logits(mouth.touch, batch.touch, pos_weight=rare),
        "viseme": config.viseme * cross_entropy(mouth.viseme.flatten(0, 1), batch.viseme.flatten()),
    }


class MouthMeasure:
    """Millimetres of the mouth as the rehearsals reckon them: linear in coefficients and jaw."""

    def __init__(self) -> None:
        self.gap_weights = torch.from_numpy(gap_weights())
        self.jaw_gap = jaw_weight()
        self.width_weights = torch.from_numpy(component_weights(WIDTH_OF))

    def gap(self, expression: Tensor, jaw: Tensor) -> Tensor:
        """Between the lips: [..., 52] and [...] radians → [...] millimetres beyond rest."""
        return expression @ self.gap_weights + jaw * self.jaw_gap

    def width(self, expression: Tensor) -> Tensor:
        """Between the corners: [..., 52] → [...] millimetres beyond rest, leaving the jaw out."""
        return expression @ self.width_weights
