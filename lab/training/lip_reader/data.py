"""Random windows of rehearsals as a batch of the lip reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..examples import MIX_SHARE, Material, hear


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
