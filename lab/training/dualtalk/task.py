"""The small DualTalk, all but its lips, as the trainer's task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.engines.dualtalk.model import Behaviour, DualTalk

from ..examples import Material
from ..stages import FitConfig, FitTask
from .config import BEHAVIOUR_FIT
from .data import BehaviourBatch, draw_batch
from .losses import TERMS, behaviour_losses, motion_losses, motion_scale

_UNKNOWN_MOTION: Final = 0.25
"""Share of batches that do not know the partner's motion, as in the first of the two passes at run time."""


def behaviour_task(
    network: DualTalk, material: Sequence[Material], seed: int, config: FitConfig = BEHAVIOUR_FIT
) -> FitTask:
    """Fitting `network` in place."""
    scale = motion_scale(material)
    network.synthesis_module.motion_mean.copy_(scale.mean)
    network.synthesis_module.motion_spread.copy_(scale.spread)

    def losses(rng: np.random.Generator) -> dict[str, Tensor]:
        batch = draw_batch(rng, material, config.batch, config.frames)
        known = bool(rng.random() >= _UNKNOWN_MOTION)
        # Half as fast again, and what rounding adds is less than dropout does.
        with torch.autocast("cpu", torch.bfloat16):
            behaviour = perform(network, batch, known)
        return behaviour_losses(behaviour, network.event_ages, batch) | motion_losses(behaviour, scale, batch)

    return FitTask(network, TERMS, losses, material, seed, config)


def perform(network: DualTalk, batch: BehaviourBatch, motion_known: bool) -> Behaviour:
    """The network on a batch; each person's partner is in the other half."""
    audio = network.encode_audio(batch.features, batch.speaking)
    motion = batch.partner_motion if motion_known else None
    behaviour = network.interact(audio, audio.roll(len(audio) // 2, dims=0), motion, batch.traits)
    return Behaviour(*(getattr(behaviour, field.name).float() for field in fields(behaviour)))
