"""The small DualTalk, all but its lips, as the trainer's task, and its loss.

The loss is about when behaviour begins, where glances go, beats and posture of the head, and the mean of all motion,
with DualTalk's losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss

from backend.engines.dualtalk.model import EVENTS, Behaviour, DualTalk, age_bins
from backend.engines.dualtalk.motion_numbers import EXTRAS, NUMBERS, OFFICIAL

from ..dualtalk_official.losses import TERMS as MOTION_TERMS
from ..dualtalk_official.losses import dualtalk_losses
from ..examples import Material
from ..stages import FitConfig, FitTask
from .data import BEHAVIOUR_FIT, BehaviourBatch, draw_batch

TERMS: Final = ("events", "direction", "beats", "posture", *MOTION_TERMS, *EXTRAS)

_UNKNOWN_MOTION: Final = 0.25
"""Share of batches that do not know the partner's motion, as in the first of the two passes at run time."""

_MOTION_WEIGHT: Final = 0.25

_LEAST_SPREAD: Final = 1e-3
"""Of a number that never moves, in coefficients or radians."""

_BEAT_UNIT: Final = 0.02
"""Radians: the size of a head beat."""


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


@dataclass(frozen=True)
class MotionScale:
    """`mean` and `spread` [61] of the motion in some material, in its numbers, and `velocity`: mean square of the
    change from a frame to the next of the official 56, in units of their spread.
    """

    mean: Tensor
    spread: Tensor
    velocity: float


def motion_scale(material: Sequence[Material]) -> MotionScale:
    """Measure the scale over all frames of all people of `material`."""
    motions = [rehearsal.motion.reshape(-1, NUMBERS) for rehearsal in material]
    frames = np.concatenate(motions).astype(np.float64)  # [N, 61]
    spread = np.maximum(frames.std(axis=0), _LEAST_SPREAD)
    changes = [np.diff(rehearsal.motion[..., :OFFICIAL], axis=1).reshape(-1, OFFICIAL) for rehearsal in material]
    velocity = float(np.square(np.concatenate(changes) / spread[:OFFICIAL]).mean())
    mean, units = (torch.from_numpy(values.astype(np.float32)) for values in (frames.mean(axis=0), spread))
    return MotionScale(mean, units, max(velocity, _LEAST_SPREAD))


def motion_losses(behaviour: Behaviour, scale: MotionScale, batch: BehaviourBatch) -> dict[str, Tensor]:
    """DualTalk's four terms over the official 56 numbers, and one for each of the extras, by name.

    Each is in units of the spread that its numbers have, so that 1 is what the mean alone would reach.
    """
    made, truth = ((motion - scale.mean) / scale.spread for motion in (behaviour.motion, batch.motion))
    terms = dualtalk_losses(made[..., :OFFICIAL], truth[..., :OFFICIAL])
    terms["velocity"] = terms["velocity"] / scale.velocity
    terms |= {name: mse_loss(made[..., part], truth[..., part]) for name, part in EXTRAS.items()}
    return {name: _MOTION_WEIGHT * term for name, term in terms.items()}


def behaviour_losses(behaviour: Behaviour, event_ages: Tensor, batch: BehaviourBatch) -> dict[str, Tensor]:
    """The terms by name.

    Events are a point process sampled at frames: the logit is what the network says plus what the time since the last
    event of the kind says, and the loss is its likelihood, so that rates come out as they are in the rehearsals.
    """
    kinds = torch.arange(len(EVENTS))
    logits = behaviour.events + event_ages[kinds, age_bins(batch.ages)]
    each = binary_cross_entropy_with_logits(logits, batch.onsets, reduction="none")
    events = (each * batch.possible).sum(dim=-1).mean()
    directions = batch.directions.flatten()  # -1 but where a glance begins
    direction = cross_entropy(behaviour.direction.flatten(0, 1), directions, ignore_index=-1)
    if not bool((directions >= 0).any()):
        direction = behaviour.direction.sum() * 0.0  # the mean of nothing is no number
    beats = ((behaviour.beats - batch.beats) / _BEAT_UNIT).square().mean()
    off = (batch.posture - behaviour.posture) / behaviour.spread.exp()
    posture = (0.5 * off.square() + behaviour.spread).mean()
    return {"events": 4.0 * events, "direction": 0.1 * direction, "beats": 0.3 * beats, "posture": 0.2 * posture}
