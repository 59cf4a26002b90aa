"""DualTalk in the shape of the official checkpoint (Peng et al., CVPR 2025, arXiv 2505.18096).

The modules are the four boxes of the paper's overview figure. The sound of two people and the motion of one of them,
the partner, give the motion of the other:

    own sound ─────▶ speech encoder 1 ─▶ projection ────────────────────────────────┐
    partner's sound ▶ speech encoder 2 ─▶ projection ──▶ query ─┐                    ├─▶ join ─▶ interaction encoder
    partner's motion ▶ blendshape encoder ─▶ key and value ─▶ attention ─▶ LSTM ──┘       and self-attention ─┐
                                                                                                                │
    own motion ◀─ linear ◀─ D + 0.1·Linear(D) ◀──────────────────────────────────────── decoder ◀──────────┘

A frame of motion is 56 numbers: FLAME's expression 0:50, jaw 50:53 and neck 53:56 as axis-angle in radians, 25 a
second. Where the paper and its code differ the code's behaviour is kept, because a checkpoint expects it: the
modulation has no sigmoid, and nothing outside the speech encoders and the LSTM knows of time, so the order of the
partner's motion does not change the result. Module and attribute names are the keys of the official state dict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from torch import Tensor, cat, nn

from ..weights import check_sizes
from .speech_encoders import FeatureShape, SpeechEncoder, Wav2Vec2Shape, speech_encoder

EXPRESSION: Final = slice(0, 50)
JAW: Final = slice(50, 53)
NECK: Final = slice(53, 56)


@dataclass(frozen=True)
class OfficialConfig:
    """The sizes of the model. The default is the official checkpoint's: 647,237,048 numbers in 932 tensors."""

    speech: Wav2Vec2Shape | FeatureShape = field(default_factory=Wav2Vec2Shape)
    feature_dim: int = 256
    """Width of a person's features; the joint of both is twice as wide. A multiple of 4 heads and of 2 directions."""
    blendshape_dim: int = 56
    heads: int = 4
    feed_forward: int = 2048
    interaction_layers: int = 3
    dropout: float = 0.5
    """Of the interaction module, in training only."""
    modulation: float = 0.1
    """The share of Linear(D) in the synthesis module."""
    synthesis_dropout: float = 0.1
    """Of the synthesis module, in training only."""

    def __post_init__(self) -> None:
        """Raises ValueError or TypeError for sizes of which no network can be built."""
        check_sizes(
            self.feature_dim, self.blendshape_dim, self.heads, self.feed_forward, layers=self.interaction_layers
        )


class OfficialPass(NamedTuple):
    """Everything a forward pass makes, by the names of the parity fixture. B clips of T frames, F = feature_dim."""

    audio_feat1: Tensor  # [B, T, F] the person to animate
    audio_feat2: Tensor  # [B, T, F] the partner
    blendshape_feat: Tensor  # [B, T', F] the partner's motion
    temporal_feat: Tensor  # [B, T, F]
    interaction_feat: Tensor  # [B, T, 2F]
    output: Tensor  # [B, T, 56]


class JointEncoder(nn.Module):
    """Dual-Speaker Joint Encoder: both people's sound and the partner's motion, each F wide."""

    def __init__(self, config: OfficialConfig, speech: tuple[SpeechEncoder, SpeechEncoder] | None = None) -> None:
        super().__init__()
        encoders = speech or (speech_encoder(config.speech), speech_encoder(config.speech))
        self.audio_encoder1: SpeechEncoder = encoders[0]
        self.audio_encoder2: SpeechEncoder = encoders[1]
        self.audio_projection = nn.Linear(self.audio_encoder1.width, config.feature_dim)
        self.blendshape_encoder = nn.Sequential(
            nn.Linear(config.blendshape_dim, config.feature_dim // 2),
            nn.ReLU(),
            nn.Linear(config.feature_dim // 2, config.feature_dim),
            nn.ReLU(),
        )

    def own_sound(self, audio: Tensor, frames: int) -> Tensor:
        """Sound of the person to animate [B, N] → [B, `frames`, F]."""
        projected: Tensor = self.audio_projection(self.audio_encoder1(audio, frames))
        return projected

    def partner_sound(self, audio: Tensor, frames: int) -> Tensor:
        """Sound of the partner [B, N] → [B, `frames`, F], by an encoder of its own and the shared projection."""
        projected: Tensor = self.audio_projection(self.audio_encoder2(audio, frames))
        return projected


class TemporalEnhancer(nn.Module):
    """Cross-Modal Temporal Enhancer: what the partner says, with how the partner moves, over time."""

    def __init__(self, config: OfficialConfig) -> None:
        super().__init__()
        width = config.feature_dim
        self.cross_attention = nn.MultiheadAttention(width, config.heads, batch_first=True)
        self.temporal_lstm = nn.LSTM(width, width // 2, num_layers=2, batch_first=True, bidirectional=True)

    def forward(self, partner_sound: Tensor, partner_motion: Tensor) -> Tensor:
        """[B, T, F] and [B, T', F] → [B, T, F]. Neither residual nor norm."""
        attended, _ = self.cross_attention(partner_sound, partner_motion, partner_motion, need_weights=False)
        enhanced: Tensor = self.temporal_lstm(attended)[0]
        return enhanced


class InteractionModule(nn.Module):
    """Dual-Speaker Interaction Module: both people's features joined."""

    def __init__(self, config: OfficialConfig) -> None:
        super().__init__()
        width = 2 * config.feature_dim
        layer = nn.TransformerEncoderLayer(width, config.heads, config.feed_forward, config.dropout, batch_first=True)
        self.interaction_encoder = nn.TransformerEncoder(layer, config.interaction_layers, enable_nested_tensor=False)
        self.self_attention = nn.MultiheadAttention(width, config.heads, config.dropout, batch_first=True)

    def forward(self, own: Tensor, partner: Tensor) -> Tensor:
        """[B, T, F] twice → [B, T, 2F]. The attention's output takes the place of what it attended to."""
        joined = self.interaction_encoder(cat((own, partner), dim=-1))  # [B, T, 2F]
        attended: Tensor = self.self_attention(joined, joined, joined, need_weights=False)[0]
        return attended


class SynthesisModule(nn.Module):
    """Expressive Synthesis Module: a decoder whose target is its memory, modulation, 56 numbers."""

    def __init__(self, config: OfficialConfig) -> None:
        super().__init__()
        width = 2 * config.feature_dim
        dropout = config.synthesis_dropout
        layer = nn.TransformerDecoderLayer(width, config.heads, config.feed_forward, dropout, batch_first=True)
        self.synthesis_decoder = nn.TransformerDecoder(layer, 1)
        self.blendshape_predictor = nn.Linear(width, config.blendshape_dim)
        self.modulation_layer = nn.Linear(width, width)
        self.modulation = config.modulation

    def forward(self, interaction: Tensor) -> Tensor:
        """[B, T, 2F] → [B, T, 56]."""
        decoded = self.synthesis_decoder(interaction, interaction)  # [B, T, 2F]
        motion: Tensor = self.blendshape_predictor(decoded + self.modulation * self.modulation_layer(decoded))
        return motion


class OfficialDualTalk(nn.Module):
    """The whole model. `speech` puts other encoders in the place of wav2vec 2.0, such as `CachedFeatures`."""

    def __init__(self, config: OfficialConfig, speech: tuple[SpeechEncoder, SpeechEncoder] | None = None) -> None:
        super().__init__()
        self.config = config
        self.joint_encoder = JointEncoder(config, speech)
        self.temporal_enhancer = TemporalEnhancer(config)
        self.interaction_module = InteractionModule(config)
        self.synthesis_module = SynthesisModule(config)

    def forward(self, audio1: Tensor, audio2: Tensor, motion2: Tensor, frames: int | None = None) -> OfficialPass:
        """The motion of person 1 from both people's sound and the motion of person 2.

        `audio1`, `audio2` [B, N] 16 kHz, each normalised over its whole recording (`speech_encoders.normalised`);
        `motion2` [B, T', 56]. T, the frames of both, is `frames` or what `audio1` gives.
        """
        encoder = self.joint_encoder
        count = encoder.audio_encoder1.frame_count(audio1) if frames is None else frames
        return self.interact(encoder.own_sound(audio1, count), encoder.partner_sound(audio2, count), motion2)

    def interact(self, audio_feat1: Tensor, audio_feat2: Tensor, motion2: Tensor) -> OfficialPass:
        """As `forward`, from features [B, T, F]: the light part, 16.4 of 647 million numbers at the official size."""
        motion_feat = self.joint_encoder.blendshape_encoder(motion2)  # [B, T', F]
        temporal = self.temporal_enhancer(audio_feat2, motion_feat)  # [B, T, F]
        interaction = self.interaction_module(audio_feat1, temporal)  # [B, T, 2F]
        output = self.synthesis_module(interaction)  # [B, T, 56]
        return OfficialPass(audio_feat1, audio_feat2, motion_feat, temporal, interaction, output)
