"""The network of the `dualtalk` engine: DualTalk's shape (Peng et al., CVPR 2025, arXiv 2505.18096), small.

    own features, speaking ─▶ JointEncoder ─▶ own audio features ─▶ (+ traits) ───────────────────┐
    partner's features, speaking ─▶ JointEncoder ─▶ query ─┐                                      ├─▶ join ─┐
    partner's motion ─┬▶ motion encoder ─▶ key and value ──┴─▶ attention ─▶ (+) ─▶ (+ LSTM) ──────┘         │
                      └▶ MotionCourse ───────────────────────────────────────┘   TemporalEnhancer           │
                                                                                                            │
    Behaviour ◀─ linear ◀─ D + 0.1 · Linear(D) ◀──────────── D ◀── InteractionModule (transformer encoder) ◀─┘
                 SynthesisModule

Differences from the paper: frozen Whisper features replace two wav2vec 2.0 encoders, and one projection serves both
people; who speaks and a person's traits are inputs; the lips are the lip reader's (`lip_reader`); the partner's motion
has a place in time (positions, a bias towards the same moment, and a path of its own, frame by frame, past the
attention); every module has residuals and norms; and beside the mean motion, the only output of the paper's model,
behaviour that sound does not determine (blinks, glances, nods …) is predicted as the chance that it begins on a frame.

[B, T, …] is one person for T frames at 25 Hz; a batch holds both people of a dialogue, one after the other.
D = `DualTalkConfig.width`, W = `DualTalkConfig.watching`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, relu

from ..attention_bias import nearness, positions
from ..lip_reader.model import FEATURES
from ..traits import TRAITS
from ..weights import check_sizes
from .motion_numbers import EYES, NECK, NUMBERS

MOTION: Final = NUMBERS
"""A frame of motion, the partner's and the own: the official 56 numbers and the extras (`motion_numbers`)."""

EVENTS: Final = ("blink", "look_away", "look_back", "look_elsewhere", "nod", "shake", "brow_raise", "smile")
"""What begins on a frame or does not; the last axis of `Behaviour.events`."""


DIRECTIONS: Final = (4, 3)
"""Bins of an aversion: steps of |yaw|, steps of pitch."""

_RARE: Final = -5.5
"""Logit of an event that comes ten times a minute: where training starts."""

_FIRST_SHARE: Final = 0.1
"""Of what interaction adds, where training starts: what is simple is learned without it, and faster."""

AGES: Final = 10
"""Bins of the time since the same event last began."""


_REACH: Final = (2, 4, 8, 12, 24)
"""Dilations of the partner's motion over time: with kernels of 5 four seconds to either side. Answers to a blink or a
nod come within one; postures are taken over later.
"""


@dataclass(frozen=True)
class DualTalkConfig:
    """Sizes of the network, and the parts that an ablation leaves out.

    Without `partner_audio` neither the partner's sound nor the partner's speaking is an input, without
    `partner_motion` the partner's motion is none, without `interaction` there is no interaction module.
    """

    width: int = 128
    heads: int = 4
    interaction_layers: int = 2
    dropout: float = 0.15
    watching: int = 96
    partner_audio: bool = True
    partner_motion: bool = True
    interaction: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError or TypeError for sizes of which no network can be built."""
        check_sizes(self.width, self.heads, self.watching, layers=self.interaction_layers)


@dataclass(frozen=True)
class Behaviour:
    """Prediction of one person's behaviour beside the lips."""

    events: Tensor
    """[B, T, 8] logits of the chance that an event begins, for an event that last began long ago."""
    direction: Tensor
    """[B, T, 12] logits of the direction of an aversion."""
    beats: Tensor
    """[B, T, 3] radians: head beats."""
    posture: Tensor
    """[B, T, 3] radians: mean of the slow head motion."""
    spread: Tensor
    """[B, T, 3] logarithm of the standard deviation of the slow head motion."""
    motion: Tensor
    """[B, T, 61] mean of all motion, in the numbers of `motion_numbers`: DualTalk's own output."""


@dataclass(frozen=True)
class PartnerMotion:
    """Features of the partner's motion."""

    frames: Tensor  # [B, T, D] of each frame by itself: key and value of the attention
    course: Tensor  # [B, T, D] of its course over time


class MotionCourse(nn.Module):
    """Course of the partner's motion: dilated convolutions over it and its speed, 102 frames to either side."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = config.watching
        self.inward = nn.Conv1d(2 * MOTION + 3 + 1, width, 5, padding=2)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in _REACH)
        self.blocks = nn.ModuleList(nn.Conv1d(width, width, 5, padding=2 * step, dilation=step) for step in _REACH)
        self.dropout = nn.Dropout(config.dropout)
        self.outward = nn.Linear(width, config.width)

    def forward(self, motion: Tensor) -> Tensor:
        """Encode `motion` [B, T, 61] to [B, T, D]."""
        speed = torch.diff(motion, dim=1, prepend=motion[:, :1])  # [B, T, 61]
        # A posture differs from its usual place; whether the eyes are on the other person does not depend on a side.
        posture = motion[..., NECK] - motion[..., NECK].mean(dim=1, keepdim=True)  # [B, T, 3]
        aside = motion[..., EYES].norm(dim=-1, keepdim=True)  # [B, T, 1]
        inputs = torch.cat((motion, speed, posture, aside), dim=-1)  # [B, T, 126]
        course = gelu(self.inward(inputs.transpose(1, 2)))  # [B, W, T]
        for norm, block in zip(self.norms, self.blocks, strict=True):
            normed = norm(course.transpose(1, 2)).transpose(1, 2)  # [B, W, T]
            course = course + self.dropout(gelu(block(normed)))  # [B, W, T]
        encoded: Tensor = self.outward(course.transpose(1, 2))  # [B, T, D]
        return encoded


class JointEncoder(nn.Module):
    """Dual-Speaker Joint Encoder: sound, speaking and traits of a person and the partner's motion, each D wide."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = config.width
        self.dropout = nn.Dropout(config.dropout)
        self.audio_projection = nn.Linear(FEATURES, width)
        self.speaking_projection = nn.Linear(2, width)
        self.floor = nn.Conv1d(2, width, 51, padding=25)
        self.trait_projection = nn.Linear(len(TRAITS), width)
        self.motion_encoder = nn.Sequential(nn.Linear(MOTION, 128), nn.ReLU(), nn.Linear(128, width), nn.ReLU())
        self.motion_course = MotionCourse(config)
        self.unknown_motion = nn.Parameter(torch.zeros(width))
        self.unknown_course = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width)

    def encode_audio(self, features: Tensor, speaking: Tensor) -> Tensor:
        """Encode `features` [B, 2 T, 512] and `speaking` [B, T, 2], own first, to audio features [B, T, D]."""
        halves = features.view(features.shape[0], -1, 2, FEATURES).mean(dim=2)  # [B, T, 512]
        audio = self.audio_projection(self.dropout(halves))  # [B, T, D]
        turns = self.floor(speaking.transpose(1, 2)).transpose(1, 2)  # [B, T, D] a second to either side
        audio_features: Tensor = self.norm(gelu(audio + self.speaking_projection(speaking) + turns))  # [B, T, D]
        return audio_features

    def encode_motion(self, motion: Tensor | None, like: Tensor) -> PartnerMotion:
        """Encode `motion` [B, T, 61] of `motion_numbers.rows_of`, or None, to features as wide as `like` [B, T, D]."""
        if motion is None:
            return PartnerMotion(self.unknown_motion.expand_as(like), self.unknown_course.expand_as(like))
        return PartnerMotion(self.motion_encoder(motion), self.motion_course(motion))


class TemporalEnhancer(nn.Module):
    """Cross-Modal Temporal Enhancer: attention from the partner's sound to the partner's motion, then an LSTM.

    In the official model the motion enters by the attention alone, without positions. Here the attention is biased
    towards the same moment, and the motion's course is added frame by frame.
    """

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(config.width, config.heads, config.dropout, batch_first=True)
        self.attention_norm = nn.LayerNorm(config.width)
        self.lstm = nn.LSTM(config.width, config.width // 2, 1, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, audio: Tensor, motion: PartnerMotion) -> Tensor:
        """Join the partner's `audio` [B, T, D] and `motion`, both directions of time: [B, T, D]."""
        steps = audio.shape[1]
        query, key = (rows + positions(steps, audio) for rows in (audio, motion.frames))  # [B, T, D] each
        bias = nearness(steps, audio)  # [T, T]
        attended, _ = self.attention(query, key, motion.frames, attn_mask=bias, need_weights=False)  # [B, T, D]
        joined = self.attention_norm(audio + attended + motion.course)  # [B, T, D]
        enhanced: Tensor = self.norm(joined + self.lstm(joined)[0])  # [B, T, D]
        return enhanced


class InteractionModule(nn.Module):
    """Dual-Speaker Interaction Module: a transformer encoder over both people's features, with a residual."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = 2 * config.width
        layer = nn.TransformerEncoderLayer(
            width, config.heads, 2 * width, config.dropout, relu, batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, config.interaction_layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        nn.init.constant_(self.norm.weight, _FIRST_SHARE)

    def forward(self, joined: Tensor) -> Tensor:
        """Apply attention over the window, biased towards the same moment: [B, T, 2 D] → [B, T, 2 D]."""
        steps = joined.shape[1]
        placed = joined + positions(steps, joined)  # [B, T, 2 D]
        interaction: Tensor = self.norm(self.encoder(placed, mask=nearness(steps, joined)))  # [B, T, 2 D]
        return joined + interaction


class SynthesisModule(nn.Module):
    """Expressive Synthesis Module: modulation `h + 0.1 · Linear(h)`, then one linear layer to the whole prediction."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = 2 * config.width
        self.adaptive = nn.Linear(width, width)
        self.sizes = (len(EVENTS), math.prod(DIRECTIONS), 3, 3, 3, MOTION)
        self.out = nn.Linear(width, sum(self.sizes))
        self.motion_mean: Tensor
        self.motion_spread: Tensor
        self.register_buffer("motion_mean", torch.zeros(MOTION))
        self.register_buffer("motion_spread", torch.ones(MOTION))
        nn.init.constant_(self.out.bias[: len(EVENTS)], _RARE)

    def forward(self, hidden: Tensor) -> Behaviour:
        """Predict the behaviour from `hidden` [B, T, 2 D]."""
        modulated = hidden + 0.1 * self.adaptive(hidden)  # [B, T, 2 D]
        parts = self.out(modulated).split(self.sizes, dim=-1)  # [B, T, 8, 12, 3, 3, 3 and 61]
        events, direction, beats, posture, spread, motion = parts
        mean_motion = self.motion_mean + self.motion_spread * motion  # [B, T, 61]
        return Behaviour(events, direction, beats * 0.1, posture * 0.1, spread.clamp(-3, 3) - 3.5, mean_motion)


class DualTalk(nn.Module):
    """The whole network: `encode_audio` once for each person, then `interact` with or without the partner's motion."""

    def __init__(self, config: DualTalkConfig | None = None) -> None:
        super().__init__()
        config = config or DualTalkConfig()
        self.config = config
        self.joint_encoder = JointEncoder(config)
        self.temporal_enhancer = TemporalEnhancer(config)
        self.interaction_module = InteractionModule(config)
        self.synthesis_module = SynthesisModule(config)
        self.unheard = nn.Parameter(torch.zeros(config.width))
        self.event_ages = nn.Parameter(torch.zeros(len(EVENTS), AGES))

    def encode_audio(self, features: Tensor, speaking: Tensor) -> Tensor:
        """Encode `features` [B, 2 T, 512] and `speaking` [B, T, 2], own first, to audio features [B, T, D]."""
        if not self.config.partner_audio:
            speaking = speaking * speaking.new_tensor((1.0, 0.0))  # [B, T, 2]
        return self.joint_encoder.encode_audio(features, speaking)

    def interact(self, own: Tensor, partner: Tensor, partner_motion: Tensor | None, traits: Tensor) -> Behaviour:
        """Predict a person's behaviour from both people's audio features, `own` and `partner` [B, T, D].

        `partner_motion` [B, T, 61] or None where it is not given; `traits` [B, 8] of the person.
        """
        if not self.config.partner_audio:
            partner = self.unheard.expand_as(partner)  # [B, T, D]
        motion = self.joint_encoder.encode_motion(partner_motion if self.config.partner_motion else None, partner)
        enhanced = self.temporal_enhancer(partner, motion)  # [B, T, D]
        person = own + self.joint_encoder.trait_projection(traits)[:, None]  # [B, T, D]
        joined = torch.cat((person, enhanced), dim=-1)  # [B, T, 2 D]
        interaction = self.interaction_module(joined) if self.config.interaction else joined  # [B, T, 2 D]
        behaviour: Behaviour = self.synthesis_module(interaction)
        return behaviour


def age_bins(frames: Tensor) -> Tensor:
    """Give the bin, 0 to 9, of the `frames` since an event last began; bins double from 2 frames to 20 s and more."""
    return (torch.log2(frames.clamp_min(1).float()).floor().long()).clamp(0, AGES - 1)
