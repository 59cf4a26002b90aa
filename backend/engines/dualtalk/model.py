"""The network of the `dualtalk` engine: DualTalk's shape (Peng et al., CVPR 2025, arXiv 2505.18096), small.

Joint encoder → cross-modal temporal enhancer → interaction module → synthesis module, as in the paper, with these
differences: frozen Whisper features replace two wav2vec 2.0 encoders, and one projection serves both people; who speaks
and a person's traits are inputs; lips are none of its business (`lip_reader`); the partner's motion has a place in time
(positions, a bias towards the same moment, and a path of its own, frame by frame, past the attention); residuals and
norms are kept around every module; and beside the mean motion, which the paper's model gives alone, behaviour that
sound does not decide (blinks, glances, nods …) is predicted as the chance that it begins on a frame.

[B, T, …] is one person for T frames at 25 Hz; a batch holds both people of a dialogue, one after the other.
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
from ..network_sizes import check_sizes
from ..traits import TRAITS
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
    """Sizes of the network, and what it is made without when its parts are to be compared.

    Without `partner_audio` it hears neither the partner nor who else speaks, without `partner_motion` it sees nobody,
    without `interaction` nothing joins what the two people do.
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
    """What the network says about one person beside the lips.

    `events` [B, T, 8] logits of the chance that an event begins, for an event that last began long ago;
    `direction` [B, T, 12] logits of where an aversion would go; `beats` [B, T, 3] radians, head beats;
    `posture` [B, T, 3] radians, mean of the slow head, and `spread` [B, T, 3] logarithm of its standard deviation;
    `motion` [B, T, 61] the mean of everything, in the numbers of `motion_numbers`: DualTalk's own output.
    """

    events: Tensor
    direction: Tensor
    beats: Tensor
    posture: Tensor
    spread: Tensor
    motion: Tensor


@dataclass(frozen=True)
class Watched:
    """The partner's motion [B, T, D] twice: `frames`, each for itself, to be searched, and `course`, in its time."""

    frames: Tensor
    course: Tensor


class MotionCourse(nn.Module):
    """What the partner's motion does over time: convolutions over it and its speed, 102 frames to either side."""

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        width = config.watching
        self.inward = nn.Conv1d(2 * MOTION + 3 + 1, width, 5, padding=2)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in _REACH)
        self.blocks = nn.ModuleList(nn.Conv1d(width, width, 5, padding=2 * step, dilation=step) for step in _REACH)
        self.dropout = nn.Dropout(config.dropout)
        self.outward = nn.Linear(width, config.width)

    def forward(self, motion: Tensor) -> Tensor:
        """`motion` [B, T, 61] → [B, T, D]."""
        speed = torch.diff(motion, dim=1, prepend=motion[:, :1])
        # A posture is told from its usual place; whether the eyes are here does not hang on a side.
        posture = motion[..., NECK] - motion[..., NECK].mean(dim=1, keepdim=True)
        aside = motion[..., EYES].norm(dim=-1, keepdim=True)
        course = gelu(self.inward(torch.cat((motion, speed, posture, aside), dim=-1).transpose(1, 2)))  # [B, W, T]
        for norm, block in zip(self.norms, self.blocks, strict=True):
            normed = norm(course.transpose(1, 2)).transpose(1, 2)
            course = course + self.dropout(gelu(block(normed)))
        found: Tensor = self.outward(course.transpose(1, 2))
        return found


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
        self.motion_course = MotionCourse(config)
        self.unknown_motion = nn.Parameter(torch.zeros(width))
        self.unknown_course = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width)

    def hear(self, features: Tensor, speaking: Tensor) -> Tensor:
        """`features` [B, 2 T, 512]; `speaking` [B, T, 2], own first → [B, T, D]."""
        halves = features.view(features.shape[0], -1, 2, FEATURES).mean(dim=2)
        audio = self.audio_projection(self.dropout(halves))
        floor = self.floor(speaking.transpose(1, 2)).transpose(1, 2)  # a second of turn-taking to either side
        heard: Tensor = self.norm(gelu(audio + self.speaking_projection(speaking) + floor))
        return heard

    def watch(self, motion: Tensor | None, like: Tensor) -> Watched:
        """`motion` [B, T, 61] of the partner as `motion_numbers.rows_of` has it, or None when it is not known."""
        if motion is None:
            return Watched(self.unknown_motion.expand_as(like), self.unknown_course.expand_as(like))
        return Watched(self.motion_encoder(motion), self.motion_course(motion))


class TemporalEnhancer(nn.Module):
    """The partner's speech looks at the partner's motion near the same moment; a bidirectional LSTM follows.

    In the official model the search is the motion's only way in, and knows of no time. Here the motion's course is
    added to what the search finds, each frame to its own.
    """

    def __init__(self, config: DualTalkConfig) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(config.width, config.heads, config.dropout, batch_first=True)
        self.attention_norm = nn.LayerNorm(config.width)
        self.lstm = nn.LSTM(config.width, config.width // 2, 1, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, audio: Tensor, motion: Watched) -> Tensor:
        """[B, T, D] heard of the partner, and what was seen → [B, T, D]."""
        steps = audio.shape[1]
        query, keys = (one + positions(steps, audio) for one in (audio, motion.frames))
        found, _ = self.attention(query, keys, motion.frames, attn_mask=nearness(steps, audio), need_weights=False)
        joined = self.attention_norm(audio + found + motion.course)
        enhanced: Tensor = self.norm(joined + self.lstm(joined)[0])
        return enhanced


class InteractionModule(nn.Module):
    """Own speech beside the enhanced partner, and what a transformer encoder adds: [B, T, 2 D] → [B, T, 2 D]."""

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
        """Attention over the window, nearer moments first."""
        steps = joined.shape[1]
        placed = joined + positions(steps, joined)
        understood: Tensor = self.norm(self.encoder(placed, mask=nearness(steps, joined)))
        return joined + understood


class SynthesisModule(nn.Module):
    """`D + 0.1 · Linear(D)`, then one linear map to everything that is predicted."""

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
        """[B, T, 2 D] → what each frame holds."""
        parts = self.out(hidden + 0.1 * self.adaptive(hidden)).split(self.sizes, dim=-1)
        events, direction, beats, posture, spread, motion = parts
        mean_motion = self.motion_mean + self.motion_spread * motion
        return Behaviour(events, direction, beats * 0.1, posture * 0.1, spread.clamp(-3, 3) - 3.5, mean_motion)


class DualTalk(nn.Module):
    """The whole network. `hear` once for each person, then `interact` with or without the partner's motion."""

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

    def hear(self, features: Tensor, speaking: Tensor) -> Tensor:
        """`features` [B, 2 T, 512]; `speaking` [B, T, 2], own first → features of the voices [B, T, D]."""
        if not self.config.partner_audio:
            speaking = speaking * speaking.new_tensor((1.0, 0.0))
        return self.joint_encoder.hear(features, speaking)

    def interact(self, own: Tensor, partner: Tensor, partner_motion: Tensor | None, traits: Tensor) -> Behaviour:
        """`own`, `partner` [B, T, D] heard; `partner_motion` [B, T, 61] or None; `traits` [B, 8]."""
        if not self.config.partner_audio:
            partner = self.unheard.expand_as(partner)
        watched = self.joint_encoder.watch(partner_motion if self.config.partner_motion else None, partner)
        enhanced = self.temporal_enhancer(partner, watched)
        person = own + self.joint_encoder.trait_projection(traits)[:, None]
        joined = torch.cat((person, enhanced), dim=-1)
        understood = self.interaction_module(joined) if self.config.interaction else joined
        behaviour: Behaviour = self.synthesis_module(understood)
        return behaviour


def age_bins(frames: Tensor) -> Tensor:
    """Bin 0 … 9 of the `frames` since an event last began; bins double from 2 frames, the last is 20 s and more."""
    return (torch.log2(frames.clamp_min(1).float()).floor().long()).clamp(0, AGES - 1)
