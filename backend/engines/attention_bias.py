"""Positions in a sequence, for the inputs of attention and as its bias."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..contract.constants import FRAME_RATE


def positions(steps: int, like: Tensor) -> Tensor:
    """Sinusoids of the step's number, as wide as `like` [..., C]. [n, C]."""
    width = like.shape[-1]
    rate = torch.exp(torch.arange(0, width, 2, device=like.device) * (-math.log(10_000.0) / width))
    angle = torch.arange(steps, device=like.device)[:, None] * rate
    return torch.stack((angle.sin(), angle.cos()), dim=-1).reshape(steps, width).to(like.dtype)


def nearness(steps: int, like: Tensor, frames_a_step: int = 1) -> Tensor:
    """Added to attention: −1 for each second between two moments. [n, n]."""
    moments = torch.arange(steps, device=like.device) * frames_a_step
    return (-(moments[:, None] - moments[None, :]).abs() / FRAME_RATE).to(like.dtype)
