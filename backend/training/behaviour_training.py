"""Fitting everything but the lips: when behaviour begins, where glances go, beats and posture of the head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from ..engines.dualtalk import EVENTS, Behaviour, DualTalk, age_bins
from .examples import MIX_SHARE, Material, hear
from .schedule import FitConfig, fit

_UNKNOWN_MOTION: Final = 0.4
"""Share of batches that do not know the partner's motion, as in the first of the two passes at run time."""

_UNKNOWN_TRAITS: Final = 0.2
_BEAT_UNIT: Final = 0.02
"""Radians: the size of a head beat."""

BEHAVIOUR_FIT: Final = FitConfig(steps=1200, batch=4, frames=250, rate=1e-3, weight_decay=0.02)


@dataclass(frozen=True)
class BehaviourBatch:
    """Both people of each window, first people first: B = 2 · windows. Shapes as in EventTargets, without its 2."""

    features: Tensor
    speaking: Tensor
    partner_motion: Tensor
    traits: Tensor
    beats: Tensor
    posture: Tensor
    onsets: Tensor
    possible: Tensor
    ages: Tensor
    directions: Tensor


def train_behaviour(
    network: DualTalk,
    material: Sequence[Material],
    seed: int,
    log: Callable[[int, dict[str, float]], None],
    config: FitConfig = BEHAVIOUR_FIT,
) -> None:
    """Fit `network` in place, all but its lip reader."""
    rng = np.random.default_rng(seed)
    network.lips.requires_grad_(False)

    def step() -> dict[str, Tensor]:
        batch = draw_batch(rng, material, config.batch, config.frames)
        known = bool(rng.random() >= _UNKNOWN_MOTION)
        return behaviour_losses(perform(network, batch, known), network.event_ages, batch)

    fit(network, step, log, config)
    network.lips.requires_grad_(True)


def perform(network: DualTalk, batch: BehaviourBatch, motion_known: bool) -> Behaviour:
    """The network on a batch; each person's partner is in the other half."""
    heard = network.joint_encoder.hear(batch.features, batch.speaking)
    motion = batch.partner_motion if motion_known else None
    return network.interact(heard, heard.roll(len(heard) // 2, dims=0), motion, batch.traits)


def draw_batch(rng: np.random.Generator, material: Sequence[Material], windows: int, frames: int) -> BehaviourBatch:
    """Random windows with both people of each."""
    halves: tuple[list[tuple[Tensor, ...]], list[tuple[Tensor, ...]]] = ([], [])
    for _ in range(windows):
        one = material[int(rng.integers(len(material)))]
        start = int(rng.integers(one.frames - frames + 1))
        mix = bool(rng.random() < MIX_SHARE)
        for person in range(2):
            halves[person].append(_row(rng, one, person, start, frames, mix))
    return BehaviourBatch(*(torch.stack(column) for column in zip(*halves[0], *halves[1], strict=True)))


def _row(
    rng: np.random.Generator, one: Material, person: int, start: int, frames: int, mix: bool
) -> tuple[Tensor, ...]:
    heard = hear(rng, one, person, start, frames, mix)
    window = slice(start, start + frames)
    traits = one.traits[person] * (rng.random() >= _UNKNOWN_TRAITS)
    targets = one.targets
    rest = (one.beats, one.posture, targets.onsets, targets.possible, targets.ages, targets.directions)
    return (
        heard.features,
        heard.speaking,
        torch.from_numpy(one.motion[1 - person, window]),
        torch.from_numpy(traits.astype(np.float32)),
        *(torch.from_numpy(np.ascontiguousarray(part[person, window])) for part in rest),
    )


def behaviour_losses(behaviour: Behaviour, event_ages: Tensor, batch: BehaviourBatch) -> dict[str, Tensor]:
    """The terms by name.

    Events are a point process sampled at frames: the logit is what the network says plus what the time since the last
    event of the kind says, and the loss is its likelihood, so that rates come out as they are in the rehearsals.
    """
    kinds = torch.arange(len(EVENTS))
    logits = behaviour.events + event_ages[kinds, age_bins(batch.ages)]
    each = binary_cross_entropy_with_logits(logits, batch.onsets, reduction="none")
    events = (each * batch.possible).sum(dim=-1).mean()
    direction = cross_entropy(behaviour.direction.flatten(0, 1), batch.directions.flatten(), ignore_index=-1)
    beats = ((behaviour.beats - batch.beats) / _BEAT_UNIT).square().mean()
    off = (batch.posture - behaviour.posture) / behaviour.spread.exp()
    posture = (0.5 * off.square() + behaviour.spread).mean()
    return {"events": 4.0 * events, "direction": 0.1 * direction, "beats": 0.3 * beats, "posture": 0.1 * posture}
