"""The lip reader as the trainer's task: random windows of rehearsals as a batch, and the loss.

The loss compares coefficients, how far and how wide the mouth opens, closures, touches and visemes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from backend.animation.lip_closure import component_weights, gap_weights, jaw_weight
from backend.animation.lips import WIDTH_OF
from backend.animation.phones import VISEMES
from backend.contract.arkit import ARKIT_NAMES, SPOKEN_COMPONENTS
from backend.engines.lip_reader.model import LipReader, Mouth

from .examples import MIX_SHARE, Material, speech_input
from .stages import FitConfig, FitTask

LIP_FIT = FitConfig(steps=1500, batch=16, frames=100, rate=1e-3, weight_decay=0.01)

TERMS: Final = ("expression", "jaw", "gap", "gap_change", "width", "closure", "touch", "viseme")

_OPEN_VOWEL: Final = VISEMES.index("aa")

_ROUNDED: Final = -3.0
"""Millimetres of width beyond rest: narrower mouths are rounded on purpose."""


@dataclass(frozen=True)
class LipLossConfig:
    """Weights of the terms.

    Frames with shut lips count `closure_weight` times, those with the lip at the teeth, with an
    open vowel and with a rounded mouth as many times as theirs say: rare, and what a viewer reads lips by.
    """

    closure_weight: float = 7.0
    touch_weight: float = 4.0
    open_weight: float = 2.0
    rounded_weight: float = 3.0
    expression: float = 10.0
    jaw: float = 50.0
    gap: float = 0.1
    gap_change: float = 0.1
    width: float = 0.015
    closure: float = 0.3
    touch: float = 0.2
    viseme: float = 0.2


@dataclass(frozen=True)
class LipBatch:
    """`features` [B, 2 T, 512], `speaking` [B, T, 2]; `expression` [B, T, 52], the other targets [B, T]."""

    features: Tensor
    speaking: Tensor
    expression: Tensor
    jaw: Tensor
    closure: Tensor
    touch: Tensor
    viseme: Tensor


def lip_task(reader: LipReader, material: Sequence[Material], seed: int, config: FitConfig = LIP_FIT) -> FitTask:
    """Fitting `reader` in place."""
    measure = MouthMeasure()

    def losses(rng: np.random.Generator) -> dict[str, Tensor]:
        batch = draw_batch(rng, material, config.batch, config.frames)
        return lip_losses(reader(batch.features, batch.speaking), batch, measure)

    return FitTask(reader, TERMS, losses, material, seed, config)


def draw_batch(rng: np.random.Generator, material: Sequence[Material], count: int, frames: int) -> LipBatch:
    """`count` random windows of `frames` frames of random people."""
    rows: list[tuple[Tensor, ...]] = []
    for _ in range(count):
        rehearsal = material[int(rng.integers(len(material)))]
        person = int(rng.integers(2))
        start = int(rng.integers(rehearsal.frames - frames + 1))
        speech = speech_input(rng, rehearsal, person, start, frames, bool(rng.random() < MIX_SHARE))
        window = slice(start, start + frames)
        targets = (rehearsal.expression, rehearsal.jaw, rehearsal.closure, rehearsal.touch, rehearsal.viseme)
        rows.append((speech.features, speech.speaking, *(torch.from_numpy(part[person, window]) for part in targets)))
    return LipBatch(*(torch.stack(column) for column in zip(*rows, strict=True)))


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
