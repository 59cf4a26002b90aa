"""The network of the `dualtalk` engine: DualTalk's shape (Peng et al., CVPR 2025, arXiv 2505.18096), small.

Joint encoder → cross-modal temporal enhancer → interaction module → synthesis module, as in the paper, with these
differences: frozen Whisper features replace two wav2vec 2.0 encoders, and one projection serves both people; who speaks
and a person's traits are inputs; lips come from a local stack (`lip_reader`); the partner's motion has a place in time
(positions and a bias towards the same moment); residuals and norms are kept around every module; and behaviour that
sound does not decide (blinks, glances, nods …) is predicted as the chance that it begins on a frame, not as its mean.

[B, T, …] is one person for T frames at 25 Hz; a batch holds both people of a dialogue, one after the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, relu

from .lip_reader import FEATURES, LipConfig, LipReader, Mouth

MOTION: Final = 52 + 3 + 3 + 2
"""Expression, jaw, neck and gaze: a frame of the partner."""

EVENTS: Final = ("blink", "look_away", "look_back", "look_elsewhere", "nod", "shake", "brow_raise", "smile")
"""What begins on a frame or does not; the last axis of `Behaviour.events`."""

TRAITS: Final = (
    "blink_rate",
    "gaze_speaking",
    "gaze_listening",
    "head_activity",
    "nod_rate",
    "brow_activity",
    "smile",
    "articulation",
)
"""A person's habits, each as the logarithm of its ratio to the ordinary value; 0 is an ordinary person."""

DIRECTIONS: Final = (4, 3)
"""Bins of an aversion: steps of |yaw|, steps of pitch."""

_RARE: Final = -5.5
"""Logit of an event that comes ten times a minute: where training starts."""

AGES: Final = 10
"""Bins of the time since the same event last began."""


@dataclass(frozen=True)
class DualTalkConfig:
    """Sizes of the network."""

    width: int = 128
    heads: int = 4
    interaction_layers: int = 2
    dropout: float = 0.15
    lips: LipConfig = field(default_factory=LipConfig)


@dataclass(frozen=True)
class Behaviour:
    """What the network says about one person beside the lips.

    `events` [B, T, 8] logits of the chance that an event begins, for an event that last began long ago;
    `direction` [B, T, 12] logits of where an aversion would go; `beats` [B, T, 3] radians, head beats;
    `posture` [B, T, 3] radians, mean of the slow head, and `spread` [B, T, 3] logarithm of its standard deviation.
    """

    events: Tensor
    direction: Tensor
    beats: Tensor
    posture: Tensor
    spread: Tensor


class JointEncoder(nn.Module):
    """Speech, floor and traits of a person into one space; the partner's motion into the same."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = config.width
        self.dropout = nn.Dropout(config.dropout)
        self.audio_projection = nn.Linear(FEATURES, width)
        self.speaking_projection = nn.Linear(2, width)
        self.floor = nn.Conv1d(2, width, 51, padding=25)
        self.trait_projection = nn.Linear(len(TRAITS), width)
        self.motion_encoder = nn.Sequential(nn.Linear(MOTION, 128), nn.ReLU(), nn.Linear(128, width), nn.ReLU())
        self.unknown_motion = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width)

    def hear(self, features: Tensor, speaking: Tensor) -> Tensor:
        """`features` [B, 2 T, 512]; `speaking` [B, T, 2], own first → [B, T, D]."""
        halves = features.view(features.shape[0], -1, 2, FEATURES).mean(dim=2)
        audio = self.audio_projection(self.dropout(halves))
        floor = self.floor(speaking.transpose(1, 2)).transpose(1, 2)  # a second of turn-taking to either side
        heard: Tensor = self.norm(gelu(audio + self.speaking_projection(speaking) + floor))
        return heard

    def watch(self, motion: Tensor | None, like: Tensor) -> Tensor:
        """`motion` [B, T, 60] of the partner, or None when it is not known → [B, T, D]."""
        if motion is None:
            return self.unknown_motion.expand_as(like)
        seen: Tensor = self.motion_encoder(motion)
        return seen


class TemporalEnhancer(nn.Module):
    """The partner's speech looks at the partner's motion near the same moment; a bidirectional LSTM follows."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(config.width, config.heads, config.dropout, batch_first=True)
        self.attention_norm = nn.LayerNorm(config.width)
        self.lstm = nn.LSTM(config.width, config.width // 2, 1, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, audio: Tensor, motion: Tensor) -> Tensor:
        """[B, T, D] and [B, T, D] of the partner → [B, T, D]."""
        steps = audio.shape[1]
        placed = motion + _positions(steps, audio)
        found, _ = self.attention(audio + _positions(steps, audio), placed, motion, attn_mask=_nearness(steps, audio))
        joined = self.attention_norm(audio + found)
        enhanced: Tensor = self.norm(joined + self.lstm(joined)[0])
        return enhanced


class InteractionModule(nn.Module):
    """Own speech beside the enhanced partner through a transformer encoder: [B, T, 2 D] → [B, T, 2 D]."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = 2 * config.width
        layer = nn.TransformerEncoderLayer(
            width, config.heads, 2 * width, config.dropout, relu, batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, config.interaction_layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)

    def forward(self, joined: Tensor) -> Tensor:
        """Attention over the window, nearer moments first."""
        steps = joined.shape[1]
        placed = joined + _positions(steps, joined)
        understood: Tensor = self.norm(self.encoder(placed, mask=_nearness(steps, joined)))
        return understood


class SynthesisModule(nn.Module):
    """`D + 0.1 · Linear(D)`, then one linear map to everything that is predicted."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = 2 * config.width
        self.adaptive = nn.Linear(width, width)
        self.sizes = (len(EVENTS), math.prod(DIRECTIONS), 3, 3, 3)
        self.out = nn.Linear(width, sum(self.sizes))
        nn.init.constant_(self.out.bias[: len(EVENTS)], _RARE)

    def forward(self, hidden: Tensor) -> Behaviour:
        """[B, T, 2 D] → what each frame holds."""
        parts = self.out(hidden + 0.1 * self.adaptive(hidden)).split(self.sizes, dim=-1)
        events, direction, beats, posture, spread = parts
        return Behaviour(events, direction, beats * 0.1, posture * 0.1, spread.clamp(-3, 3) - 3.5)


class DualTalk(nn.Module):
    """The whole network. `listen` once for each person, then `interact` with or without the partner's motion."""

    def __init__(self, config: DualTalkConfig | None = None) -> None:
        super().__init__()
        config = config or DualTalkConfig()
        self.config = config
        self.lips = LipReader(config.lips)
        self.joint_encoder = JointEncoder(config)
        self.temporal_enhancer = TemporalEnhancer(config)
        self.interaction_module = InteractionModule(config)
        self.synthesis_module = SynthesisModule(config)
        self.event_ages = nn.Parameter(torch.zeros(len(EVENTS), AGES))

    def listen(self, features: Tensor, speaking: Tensor) -> tuple[Mouth, Tensor]:
        """`features` [B, 2 T, 512]; `speaking` [B, T, 2], own first → the mouth, and what was heard [B, T, D]."""
        return self.lips(features, speaking), self.joint_encoder.hear(features, speaking)

    def interact(self, own: Tensor, partner: Tensor, partner_motion: Tensor | None, traits: Tensor) -> Behaviour:
        """`own`, `partner` [B, T, D] heard; `partner_motion` [B, T, 60] or None; `traits` [B, 8]."""
        watched = self.joint_encoder.watch(partner_motion, partner)
        enhanced = self.temporal_enhancer(partner, watched)
        person = own + self.joint_encoder.trait_projection(traits)[:, None]
        behaviour: Behaviour = self.synthesis_module(self.interaction_module(torch.cat((person, enhanced), dim=-1)))
        return behaviour


def age_bins(frames: Tensor) -> Tensor:
    """Bin 0 … 9 of the `frames` since an event last began; bins double from 2 frames, the last is 20 s and more."""
    return (torch.log2(frames.clamp_min(1).float()).floor().long()).clamp(0, AGES - 1)


def _positions(steps: int, like: Tensor) -> Tensor:
    """Sinusoids of the frame's number. [T, D]."""
    width = like.shape[-1]
    rate = torch.exp(torch.arange(0, width, 2, device=like.device) * (-math.log(10_000.0) / width))
    angle = torch.arange(steps, device=like.device)[:, None] * rate
    return torch.stack((angle.sin(), angle.cos()), dim=-1).reshape(steps, width).to(like.dtype)


def _nearness(steps: int, like: Tensor) -> Tensor:
    """Added to attention: −1 for each second between two frames. [T, T]."""
    frames = torch.arange(steps, device=like.device)
    return (-(frames[:, None] - frames[None, :]).abs() / 25.0).to(like.dtype)
