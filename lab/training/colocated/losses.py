"""What the colocated model is trained to make small (Talking Together, section 3.3), term by term.

Expression, rotations and translation are mean squared errors in units of their spread. The others see what these
numbers do together: vertices' velocity in millimetres a frame through the face's skinning, where both eyes look, and
millimetres between the lips of whoever speaks.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import torch
from torch import Tensor, nn

from backend.animation.lip_closure import gap_weights, jaw_weight
from backend.contract.arkit import SPOKEN_COMPONENTS
from backend.contract.face import Face
from backend.engines.colocated.stream import EXPRESSION, EYES, JAW, NECK, STREAM, TRANSLATION

from .config import LossWeights
from .skinning import MovingSkin, rotations
from .windows import Example

TERMS: Final = ("expression", "rotation", "translation", "velocity", "gaze", "lips")

_TURNING_COUNTS: Final = 2.0
"""How much windows in which heads turn much count in the loss of gaze."""


class ColocatedLosses(nn.Module):
    """The terms of both stages, already weighted. `offset` and `scale` [65] are the model's units."""

    offset: Tensor
    scale: Tensor
    gap: Tensor
    spoken: Tensor

    def __init__(
        self, face: Face, offset: Tensor, scale: Tensor, weights: LossWeights | None = None, *, gaze: bool = True
    ) -> None:
        super().__init__()
        self.weights = asdict(weights or LossWeights())
        if not gaze:
            self.weights["gaze"] = 0.0
        self.skin = MovingSkin(face)
        self.register_buffer("offset", offset, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        self.register_buffer("gap", torch.from_numpy(gap_weights()), persistent=False)
        spoken = torch.zeros(STREAM)
        spoken[list(SPOKEN_COMPONENTS)] = 1.0
        spoken[JAW] = 1.0
        self.register_buffer("spoken", spoken, persistent=False)

    def dialogue(self, made: Tensor, batch: Example) -> dict[str, Tensor]:
        """The terms of stage one. `made` [B, 2, T, 65] normalised, what the model takes for the clean streams."""
        made, clean = made.float(), self._normalised(batch.clean)
        people = batch.people[..., None]  # [B, 2, 1]
        off = (made - clean).square()
        raw = self._raw(made)
        turning = 1 + (_TURNING_COUNTS - 1) * batch.turns[:, None, None]
        terms = {
            "expression": _mean(off[..., EXPRESSION].mean(dim=-1), people),
            "rotation": _mean(off[..., JAW.start : EYES.stop].mean(dim=-1), people),
            "translation": _mean(off[..., TRANSLATION].mean(dim=-1), people),
            "velocity": _mean(velocity_error(self.skin, raw, batch.clean), people),
            "gaze": _mean(gaze_error(raw, batch.clean) * turning, people),
            "lips": _mean(lip_error(self.gap, raw, batch.clean), people * batch.active),
        }
        return self._weighted(terms)

    def dubbing(self, made: Tensor, batch: Example) -> dict[str, Tensor]:
        """The terms of stage two: lip and jaw of whoever speaks, and nothing else."""
        made, clean = made.float(), self._normalised(batch.clean)
        counted = batch.people[..., None] * batch.active  # [B, 2, T]
        off = (made - clean).square() * self.spoken
        terms = dict.fromkeys(TERMS, made.new_zeros(())) | {
            "expression": _mean(off[..., EXPRESSION].sum(dim=-1) / self.spoken[EXPRESSION].sum(), counted),
            "rotation": _mean(off[..., JAW].mean(dim=-1), counted),
            "lips": _mean(lip_error(self.gap, self._raw(made), batch.clean), counted),
        }
        return self._weighted(terms)

    def _weighted(self, terms: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: self.weights[name] * terms[name] for name in TERMS}

    def _normalised(self, raw: Tensor) -> Tensor:
        return (raw - self.offset) / self.scale

    def _raw(self, normalised: Tensor) -> Tensor:
        return normalised * self.scale + self.offset


def velocity_error(skin: MovingSkin, made: Tensor, clean: Tensor) -> Tensor:
    """[..., T − 1] square millimetres a frame, the mean over the vertices, of raw streams [..., T, 65]."""
    moved = _velocity(skin, made) - _velocity(skin, clean)
    return moved.square().sum(dim=-1).mean(dim=-1)


def gaze_error(made: Tensor, clean: Tensor) -> Tensor:
    """[..., T] one less the cosine between where both eyes look on average, of raw streams [..., T, 65].

    Half of it as seen by the partner, half as seen from the head, which turns under the eyes.
    """
    looked, wanted = _sight(made), _sight(clean)
    seen = 1 - (looked * wanted).sum(dim=-1)
    in_head = 1 - (_from_head(made, looked) * _from_head(clean, wanted)).sum(dim=-1)
    return 0.5 * (seen + in_head)


def lip_error(gap: Tensor, made: Tensor, clean: Tensor) -> Tensor:
    """[..., T] square millimetres between the lips, of raw streams [..., T, 65]; `gap` [52] millimetres a unit."""
    off = made - clean
    millimetres = off[..., EXPRESSION] @ gap + off[..., JAW.start] * jaw_weight()
    return millimetres.square()


def _velocity(skin: MovingSkin, raw: Tensor) -> Tensor:
    """[..., T − 1, V, 3] millimetres a frame."""
    vertices: Tensor = skin(raw[..., EXPRESSION], raw[..., JAW], raw[..., NECK], raw[..., TRANSLATION])
    return vertices.diff(dim=-3)


def _sight(raw: Tensor) -> Tensor:
    """[..., 3] the mean of both eyes' directions, of length one; +Z is towards the partner's eyes."""
    yaw, pitch = raw[..., EYES].reshape(*raw.shape[:-1], 2, 2).unbind(dim=-1)  # [..., 2 (left, right)]
    flat = pitch.cos()
    eyes = torch.stack((yaw.sin() * flat, pitch.sin(), yaw.cos() * flat), dim=-1)  # [..., 2, 3]
    return nn.functional.normalize(eyes.mean(dim=-2), dim=-1)


def _from_head(raw: Tensor, sight: Tensor) -> Tensor:
    """Turn a direction [..., 3] into the axes of the head."""
    return (rotations(raw[..., NECK]).mT @ sight[..., None])[..., 0]


def _mean(error: Tensor, weight: Tensor) -> Tensor:
    """Of `error` [B, 2, n] by `weight` [B, 2, n] or [B, 2, 1]; 0 where nothing counts."""
    spread = weight.expand_as(error)
    return (error * spread).sum() / spread.sum().clamp(min=1.0)
