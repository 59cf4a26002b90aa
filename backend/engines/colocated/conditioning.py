"""The conditions of the `colocated` engine's denoiser: what each person is given, joined to one vector a frame.

    audio features, mouth, speaking ─▶ Listening ─▶ context ─┐
    speaking ─▶ role embedding, turns ───────────────────────┼─▶ Conditioning ─▶ cond
    layout, mood, traits ─▶ staging ─────────────────────────┘

B dialogues of 2 people and T frames at 25 Hz; N = 2 B people; D numbers of `cond`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, silu

from ...contract.arkit import SPOKEN_COMPONENTS
from ..base import LAYOUT, MOODS
from ..lip_reader.model import FEATURES
from ..traits import TRAITS

MOUTH: Final = len(SPOKEN_COMPONENTS) + 3
"""Numbers of a frame of `mouth`, the lip reader's prediction: spoken components, jaw about X in radians, and the
probabilities (0 to 1) of shut lips and of the lower lip at the teeth."""

_DILATIONS: Final = (1, 2, 4, 8)
REACH: Final = 2 * 2 * sum(_DILATIONS)
"""Receptive field of `Listening` to either side in frames, 2.4 s."""

_MOOD_DROP: Final = 0.1
"""Share of the people whose mood is dropped in training."""


@dataclass(frozen=True)
class Condition:
    """Conditions of both people beside their audio features. `layout` is as in `scene.Scene`, `mood` one-hot."""

    speaking: Tensor  # [B, 2, T] 0 to 1
    mouth: Tensor  # [B, 2, T, MOUTH]
    traits: Tensor  # [B, 2, 8]
    mood: Tensor  # [B, 2, 10]
    layout: Tensor  # [B, 2, 7]


class Conditioning(nn.Module):
    """All conditions of a frame as one vector. Audio and staging can be dropped, for classifier-free guidance."""

    def __init__(self, width: int, role: int, *, role_embedding: bool) -> None:
        """`width` is D, `role` the size of a role's embedding, which may be left out."""
        super().__init__()
        self.role_embedding = role_embedding
        self.audio = nn.Sequential(nn.Linear(2 * FEATURES, width), nn.LayerNorm(width))
        self.listening = Listening(width)
        self.roles = nn.Parameter(0.1 * torch.randn(2, role))  # speaking, listening
        self.floor = nn.Linear(2 * role + 2, width)
        self.turns = nn.Conv1d(2, width, 51, padding=25)  # a second of turn-taking to either side
        self.staging = nn.Sequential(
            nn.Linear(LAYOUT + len(MOODS) + len(TRAITS), width), nn.SiLU(), nn.Linear(width, width)
        )
        self.unknown_audio = nn.Parameter(torch.zeros(width))
        self.unknown_staging = nn.Parameter(torch.zeros(width))
        # Speech features are thirty times as large as all else: without a scale for each, the mood has no effect.
        self.scales = nn.ModuleList(nn.LayerNorm(width) for _ in ("sound", "floor", "person"))
        self.mixing = nn.Conv1d(width, width, 5, padding=2)

    def encode_audio(self, features: Tensor) -> Tensor:
        """Project speech features [..., 2 T, 512] at 50 Hz to audio features [..., T, D] at 25 Hz."""
        pairs = features.reshape(*features.shape[:-2], -1, 2 * FEATURES)  # [..., T, 1024]
        audio_features: Tensor = self.audio(pairs)  # [..., T, D]
        return audio_features

    def forward(self, context: Tensor, given: Condition, audio_drop_mask: Tensor, staging_drop_mask: Tensor) -> Tensor:
        """Join the conditions to `cond` [B, 2, T, D].

        `context` [B, 2, T, D] of `listening`; both masks [B], 1 where the condition is dropped and 0 where it is used.
        """
        speaking = torch.stack((given.speaking, given.speaking.flip(1)), dim=-1)  # [B, 2, T, 2] own first
        roles = self.floor(torch.cat((self._roles(speaking), speaking), dim=-1))  # [B, 2, T, D]
        turns = by_person(self.turns(speaking.flatten(0, 1).transpose(1, 2)).transpose(1, 2))  # [B, 2, T, D]
        scene = torch.cat((given.layout, self._mood(given.mood), given.traits), dim=-1)  # [B, 2, 25]
        parts = (context, roles + turns, self.staging(scene)[:, :, None])  # [B, 2, T, D] twice, [B, 2, 1, D]
        audio, floor, staging = (scale(part) for scale, part in zip(self.scales, parts, strict=True))
        audio = _dropped(audio, self.unknown_audio, audio_drop_mask)  # [B, 2, T, D]
        staging = _dropped(staging, self.unknown_staging, staging_drop_mask)  # [B, 2, 1, D]
        joined = silu(audio + floor + staging).flatten(0, 1)  # [N, T, D]
        mixed: Tensor = joined + self.mixing(joined.transpose(1, 2)).transpose(1, 2)  # [N, T, D]
        return by_person(mixed)  # [B, 2, T, D]

    def _mood(self, mood: Tensor) -> Tensor:
        """`mood` [B, 2, 10], in training with some people's rows 0, as moods without training data are."""
        if not self.training:
            return mood
        return mood * (torch.rand(*mood.shape[:2], 1, device=mood.device) >= _MOOD_DROP)  # [B, 2, 10]

    def _roles(self, speaking: Tensor) -> Tensor:
        """Role embedding m · e_speak + (1 − m) · e_listen of both people: [B, 2, T, 2] → [B, 2, T, 2 · role]."""
        if not self.role_embedding:
            return speaking.new_zeros(*speaking.shape[:3], self.roles.numel())
        speak, listen = self.roles  # [role] each
        mixed: Tensor = speaking[..., None] * speak + (1 - speaking[..., None]) * listen  # [B, 2, T, 2, role]
        return mixed.flatten(-2)


class Listening(nn.Module):
    """Context of each person from both voices, own voice first: dilated convolutions, [B, 2, T, …] → [B, 2, T, D].

    The noisy streams are no input, so that noise cannot drown the cue for a nod or a smile; and the receptive field is
    `REACH` frames, so that a long dialogue can be encoded in pieces.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.both = nn.Linear(2 * (width + MOUTH + 1), width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in _DILATIONS)
        self.around = nn.ModuleList(
            nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation) for dilation in _DILATIONS
        )

    def forward(self, audio_features: Tensor, mouth: Tensor, speaking: Tensor) -> Tensor:
        """Encode `audio_features` [B, 2, T, D], `mouth` [B, 2, T, MOUTH] and `speaking` [B, 2, T], T even."""
        own = torch.cat((audio_features, mouth, speaking[..., None]), dim=-1)  # [B, 2, T, D + MOUTH + 1]
        rows: Tensor = self.both(torch.cat((own, own.flip(1)), dim=-1))  # [B, 2, T, D]
        hidden = avg_pool1d(rows.flatten(0, 1).transpose(1, 2), 2)  # [N, D, T / 2]
        for norm, conv in zip(self.norms, self.around, strict=True):
            hidden = hidden + conv(silu(norm(hidden.transpose(1, 2)).transpose(1, 2)))  # [N, D, T / 2]
        upsampled = hidden.repeat_interleave(2, dim=-1)  # [N, D, T]
        return rows + by_person(upsampled.transpose(1, 2))  # [B, 2, T, D]


def by_person(rows: Tensor) -> Tensor:
    """Split the streams by dialogue: [N, …] → [B, 2, …]."""
    return rows.reshape(-1, 2, *rows.shape[1:])


def _dropped(cond: Tensor, null: Tensor, drop_mask: Tensor) -> Tensor:
    """Replace `cond` [B, 2, T, D] by `null` [D] where `drop_mask` [B] is 1."""
    dropped = drop_mask[:, None, None, None]  # [B, 1, 1, 1]
    return (1 - dropped) * cond + dropped * null
