"""Random windows of rehearsals as a batch of the lip reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..examples import MIX_SHARE, Material, speech_input


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
        rehearsal = material[int(rng.integers(len(material)))]
        person = int(rng.integers(2))
        start = int(rng.integers(rehearsal.frames - frames + 1))
        speech = speech_input(rng, rehearsal, person, start, frames, bool(rng.random() < MIX_SHARE))
        window = slice(start, start + frames)
        targets = (rehearsal.expression, rehearsal.jaw, rehearsal.closure, rehearsal.touch, rehearsal.viseme)
        rows.append((speech.features, speech.speaking, *(torch.from_numpy(part[person, window]) for part in targets)))
    return LipBatch(*(torch.stack(column) for column in zip(*rows, strict=True)))
