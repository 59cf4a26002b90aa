"""Fitting everything but the lips: when behaviour begins, where glances go, beats and posture of the head, and the mean
of all motion with DualTalk's losses.
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
from backend.engines.dualtalk.motion_numbers import EXTRAS, NUMBERS, OFFICIAL, rows_of

from ..dualtalk_official.losses import TERMS as MOTION_TERMS
from ..dualtalk_official.losses import dualtalk_losses
from ..examples import MIX_SHARE, Material, hear
from ..stages import FitConfig, FitTask

_UNKNOWN_MOTION: Final = 0.25
"""Share of batches that do not know the partner's motion, as in the first of the two passes at run time."""

_UNKNOWN_TRAITS: Final = 0.2
_SEEN_NOISE: Final = 0.05
"""Added to the rows of the partner's motion: what is drawn or captured is never exactly what was rehearsed."""

_MOTION_WEIGHT: Final = 0.25
_LEAST_SPREAD: Final = 1e-3
"""Of a number that never moves, in coefficients or radians."""

_BEAT_UNIT: Final = 0.02
"""Radians: the size of a head beat."""

TERMS: Final = ("events", "direction", "beats", "posture", *MOTION_TERMS, *EXTRAS)
BEHAVIOUR_FIT: Final = FitConfig(steps=1800, batch=4, frames=250, rate=1e-3, weight_decay=0.02)


@dataclass(frozen=True)
class MotionScale:
    """`mean` and `spread` [61] of the motion in some material, in its numbers, and `pace`: mean square of the change
    from a frame to the next of the official 56, in units of their spread.
    """

    mean: Tensor
    spread: Tensor
    pace: float


@dataclass(frozen=True)
class BehaviourBatch:
    """Both people of each window, first people first: B = 2 · windows. Shapes as in EventTargets, without its 2;
    `partner_motion` and `motion` [B, T, 61], the one as rows of the partner's, the other one as numbers.
    """

    features: Tensor
    speaking: Tensor
    partner_motion: Tensor
    motion: Tensor
    traits: Tensor
    beats: Tensor
    posture: Tensor
    onsets: Tensor
    possible: Tensor
    ages: Tensor
    directions: Tensor


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


def motion_scale(material: Sequence[Material]) -> MotionScale:
    """Over all frames of all people of `material`."""
    frames = np.concatenate([one.motion.reshape(-1, NUMBERS) for one in material]).astype(np.float64)  # [N, 61]
    spread = np.maximum(frames.std(axis=0), _LEAST_SPREAD)
    changes = [np.diff(one.motion[..., :OFFICIAL], axis=1).reshape(-1, OFFICIAL) for one in material]
    pace = float(np.square(np.concatenate(changes) / spread[:OFFICIAL]).mean())
    mean, units = (torch.from_numpy(one.astype(np.float32)) for one in (frames.mean(axis=0), spread))
    return MotionScale(mean, units, max(pace, _LEAST_SPREAD))


def perform(network: DualTalk, batch: BehaviourBatch, motion_known: bool) -> Behaviour:
    """The network on a batch; each person's partner is in the other half."""
    heard = network.encode_audio(batch.features, batch.speaking)
    motion = batch.partner_motion if motion_known else None
    behaviour = network.interact(heard, heard.roll(len(heard) // 2, dims=0), motion, batch.traits)
    return Behaviour(*(getattr(behaviour, one.name).float() for one in fields(behaviour)))


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
        torch.from_numpy(_seen(rng, one.motion[1 - person, window])),
        torch.from_numpy(one.motion[person, window]),
        torch.from_numpy(traits.astype(np.float32)),
        *(torch.from_numpy(np.ascontiguousarray(part[person, window])) for part in rest),
    )


def _seen(rng: np.random.Generator, numbers: np.ndarray) -> np.ndarray:
    """Motion [T, 61] as a partner sees it, not quite exactly: [T, 61] float32."""
    rows = rows_of(numbers)
    return np.asarray(rows + _SEEN_NOISE * rng.standard_normal(rows.shape, np.float32))


def motion_losses(behaviour: Behaviour, scale: MotionScale, batch: BehaviourBatch) -> dict[str, Tensor]:
    """DualTalk's four terms over the official 56 numbers, and one for each of the extras, by name.

    Each is in units of the spread that its numbers have, so that 1 is what the mean alone would reach.
    """
    made, truth = ((motion - scale.mean) / scale.spread for motion in (behaviour.motion, batch.motion))
    terms = dualtalk_losses(made[..., :OFFICIAL], truth[..., :OFFICIAL])
    terms["velocity"] = terms["velocity"] / scale.pace
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
