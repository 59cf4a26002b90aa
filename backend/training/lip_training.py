"""Fitting the lip reader: coefficients, the gap between the lips, closures and visemes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from ..contract.arkit import ARKIT_NAMES
from ..engines.closures import gap_weights, jaw_weight
from ..engines.lip_reader import LIP_COMPONENTS, LipReader, Mouth
from .examples import MIX_SHARE, Material, hear
from .schedule import FitConfig, fit


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


@dataclass(frozen=True)
class LipLossConfig:
    """Weights of the terms. Frames with shut lips count `closure_weight` times, as DESIGN.md section 4 found."""

    closure_weight: float = 7.0
    touch_weight: float = 4.0
    expression: float = 10.0
    jaw: float = 50.0
    gap: float = 0.1
    closure: float = 0.3
    viseme: float = 0.2


LIP_FIT = FitConfig(steps=1500, batch=16, frames=100, rate=1e-3, weight_decay=0.01)


def train_lips(
    reader: LipReader,
    material: Sequence[Material],
    seed: int,
    log: Callable[[int, dict[str, float]], None],
    config: FitConfig = LIP_FIT,
) -> None:
    """Fit `reader` in place; `log(step, terms)` now and then."""
    rng = np.random.default_rng(seed)
    measure = GapMeasure()

    def step() -> dict[str, Tensor]:
        batch = draw_batch(rng, material, config.batch, config.frames)
        return lip_losses(reader(batch.features, batch.speaking), batch, measure)

    fit(reader, step, log, config)


class GapMeasure:
    """Millimetres between the lips as the rehearsals reckon them: linear in coefficients and jaw."""

    def __init__(self) -> None:
        self.weights = torch.from_numpy(gap_weights())
        self.jaw = jaw_weight()

    def __call__(self, expression: Tensor, jaw: Tensor) -> Tensor:
        """[..., 52] and [...] radians → [...] millimetres beyond rest."""
        return expression @ self.weights + jaw * self.jaw


def draw_batch(rng: np.random.Generator, material: Sequence[Material], count: int, frames: int) -> LipBatch:
    """`count` random windows of `frames` frames of random people."""
    rows: list[tuple[Tensor, ...]] = []
    for _ in range(count):
        one = material[int(rng.integers(len(material)))]
        person = int(rng.integers(2))
        start = int(rng.integers(one.frames - frames + 1))
        heard = hear(rng, one, person, start, frames, bool(rng.random() < MIX_SHARE))
        window = slice(start, start + frames)
        targets = (one.expression, one.jaw, one.closure, one.touch, one.viseme)
        rows.append((heard.features, heard.speaking, *(torch.from_numpy(part[person, window]) for part in targets)))
    return LipBatch(*(torch.stack(column) for column in zip(*rows, strict=True)))


def lip_losses(
    mouth: Mouth, batch: LipBatch, measure: GapMeasure, config: LipLossConfig | None = None
) -> dict[str, Tensor]:
    """The weighted terms by name; their sum is what training minimises."""
    config = config or LipLossConfig()
    weight = 1 + (config.closure_weight - 1) * batch.closure + (config.touch_weight - 1) * batch.touch  # [B, T]
    off = (mouth.expression - batch.expression)[..., LIP_COMPONENTS].square().mean(dim=-1)
    gap = (measure(mouth.expression, mouth.jaw) - measure(batch.expression, batch.jaw)).abs()
    # A quarter of a quarter of the frames are closures; without a weight the logit would hover below zero.
    rare = torch.tensor(3.0)
    return {
        "expression": config.expression * (weight * off).mean() * len(LIP_COMPONENTS) / len(ARKIT_NAMES),
        "jaw": config.jaw * (weight * (mouth.jaw - batch.jaw).square()).mean(),
        "gap": config.gap * (weight * gap).mean(),
        "closure": config.closure * binary_cross_entropy_with_logits(mouth.closure, batch.closure, pos_weight=rare),
        "viseme": config.viseme * cross_entropy(mouth.viseme.flatten(0, 1), batch.viseme.flatten()),
    }
