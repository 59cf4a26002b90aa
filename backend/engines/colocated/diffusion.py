"""Diffusion in continuous time with a cosine schedule: noising, and deterministic sampling in a few steps.

The network predicts the clean signal (x0-prediction, Talking Together, section 3); the schedule is that of Nichol and
Dhariwal 2021 without its offset, shifted towards noise, the sampler DDIM (Song et al. 2021) with no noise added on the
way, so that one seed gives one performance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor

STEPS: Final = 16
"""Steps of the sampler: with 10 people move an eighth less, 30 change little (docs/developers/colocated.md)."""

LAST_LEVEL: Final = 0.032
"""From this level on, half as much noise as signal, what the network thinks is clean is the result; below, a small
network adds noise, not detail."""

_SHIFT: Final = 10.0
"""How many times as much noise there is at a level as in the cosine schedule. A frown lasts for hundreds of frames, and
who sees them all sees it through thirty times as much noise; so with the schedule of single pixels the noise decides
who frowns, and neither the mood nor the sound is ever asked (as for large pictures, Hoogeboom et al. 2023)."""

Denoise = Callable[[Tensor, float], Tensor]
"""Noisy signal and its level → the clean signal of the same shape."""


def alpha_sigma(level: Tensor) -> tuple[Tensor, Tensor]:
    """Shares of the signal and of the noise at `level`, 0 clean to 1 noise alone; their squares add up to one."""
    plain = level * (math.pi / 2)
    angle = torch.atan2(_SHIFT * plain.sin(), plain.cos())
    return angle.cos(), angle.sin()


def noised(clean: Tensor, noise: Tensor, level: Tensor) -> Tensor:
    """`clean` [B, …] with `noise` of the same shape at `level` [B]."""
    alpha, sigma = (share.view(-1, *[1] * (clean.dim() - 1)) for share in alpha_sigma(level))
    return alpha * clean + sigma * noise


def sample(
    denoise: Denoise,
    noise: Tensor,
    steps: int = STEPS,
    kept: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """Denoise `noise` step by step to a signal of the same shape.

    `kept` is a signal and a mask, 1 where the result must be that signal (inpainting, Lugmayr et al. 2022): there the
    noisy signal is the kept one at every level, so that the rest grows to fit it.
    """
    levels = torch.cat((torch.linspace(1, LAST_LEVEL, steps), torch.zeros(1)))
    noisy = noise
    for level, following in pairwise(levels):
        if kept is not None:
            signal, mask = kept
            alpha, sigma = alpha_sigma(level)
            noisy = torch.lerp(noisy, alpha * signal + sigma * noise, mask)
        clean = denoise(noisy, float(level))
        if kept is not None:
            clean = torch.lerp(clean, kept[0], kept[1])
        noisy = _towards(noisy, clean, level, following)
    return noisy


def _towards(noisy: Tensor, clean: Tensor, level: Tensor, following: Tensor) -> Tensor:
    """The noisy signal at the level `following`, where `clean` is what `noisy` at `level` is thought to hold.

    α' clean + σ' (noisy − α clean) / σ, in one array more: a signal may last for half an hour.
    """
    alpha, sigma = (float(share) for share in alpha_sigma(level))
    next_alpha, next_sigma = (float(share) for share in alpha_sigma(following))
    left = next_sigma / sigma
    return (left * noisy).add_(clean, alpha=next_alpha - left * alpha)
