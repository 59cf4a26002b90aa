"""The lip reader as the trainer's task."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from backend.engines.lip_reader.model import LipReader

from ..examples import Material
from ..stages import FitConfig, FitTask
from .config import LIP_FIT
from .data import draw_batch
from .losses import TERMS, MouthMeasure, lip_losses


def lip_task(reader: LipReader, material: Sequence[Material], seed: int, config: FitConfig = LIP_FIT) -> FitTask:
    """Fitting `reader` in place."""
    measure = MouthMeasure()

    def losses(rng: np.random.Generator) -> dict[str, Tensor]:
        batch = draw_batch(rng, material, config.batch, config.frames)
        return lip_losses(reader(batch.features, batch.speaking), batch, measure)

    return FitTask(reader, TERMS, losses, material, seed, config)
