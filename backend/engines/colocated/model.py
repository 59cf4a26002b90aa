"""The network of the `colocated` engine: Talking Together's shape (CVPR 2026, arXiv 2603.08674), small.

    conditions ─▶ Conditioning ─▶ cond ─▶ (+) ─▶ film
                         level ─▶ MLP ─────┘

    noisy, film ─▶ stem ─▶ encoder ─▶ middle ─▶ decoder ─▶ out ─▶ (+) ─▶ x0_pred
                            │ FiLM     FiLM      ▲ FiLM and        ▲
                            └────── skips ───────┘ PartnerAttention └─ mouth as a stream

    clean = c_skip · noisy + c_out · x0_pred

One U-Net with shared weights denoises both people's streams. The condition enters every block by FiLM,
(γ(cond) + 1) · h + β(cond), and the stem beside the noisy stream. In the decoder each stream attends to the other.
Differences from the paper: frozen Whisper features replace wav2vec 2.0; the mouth that `lip_reader` predicts from the
sound is a condition, and the network predicts what is added to it; mood, habits and the staging are conditions beside
the start positions.

B dialogues of 2 people and T frames at 25 Hz, T a multiple of 8; N = 2 B streams; D = `ColocatedConfig.condition`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, interpolate, silu

from ...contract.arkit import SPOKEN_COMPONENTS
from ..attention_bias import nearness, positions
from ..weights import check_sizes
from .conditioning import Condition, Conditioning, by_person
from .diffusion import alpha_sigma
from .stream import EXPRESSION, JAW, STREAM

WINDOW: Final = 256
"""Frames that the network sees at once, 10.24 s."""

_SIGMA_DATA: Final = 0.03
"""What changes in a stream from one frame to the next, in units of its spread."""


@dataclass(frozen=True)
class ColocatedConfig:
    """Sizes of the network, and which of the paper's parts are in it (off only in ablations)."""

    widths: tuple[int, ...] = (96, 160, 224, 288)
    condition: int = 128
    role: int = 32
    heads: int = 4
    dropout: float = 0.05
    role_embedding: bool = True
    cross_attention: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError or TypeError for sizes of which no network can be built."""
        check_sizes(*self.widths, self.condition, self.role, self.heads, layers=len(self.widths))


class FilmBlock(nn.Module):
    """Residual block of two convolutions over time, FiLM between them: [N, C, n] → [N, C', n]."""

    def __init__(self, inner: int, outer: int, config: ColocatedConfig) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, inner)
        self.first = nn.Conv1d(inner, outer, 3, padding=1)
        self.film = nn.Conv1d(config.condition, 2 * outer, 1)
        self.between = nn.GroupNorm(8, outer)
        self.dropout = nn.Dropout(config.dropout)
        self.second = nn.Conv1d(outer, outer, 3, padding=1)
        self.skip = nn.Conv1d(inner, outer, 1) if inner != outer else nn.Identity()
        _init_zeros(self.film)

    def forward(self, hidden: Tensor, cond: Tensor) -> Tensor:
        """Apply the block to `hidden` [N, C, n] under `cond` [N, D, n]."""
        gamma, beta = self.film(cond).chunk(2, dim=1)  # [N, C', n] each
        inner = self.between(self.first(silu(self.norm(hidden))))  # [N, C', n]
        modulated = (gamma + 1) * inner + beta  # [N, C', n]
        residual: Tensor = self.second(self.dropout(silu(modulated)))  # [N, C', n]
        skip: Tensor = self.skip(hidden)  # [N, C', n]
        return skip + residual


class PartnerAttention(nn.Module):
    """Cross-attention of each stream to the partner's, biased towards the same moment: [B, 2, C, n] → the same."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        nn.init.zeros_(self.attention.out_proj.weight)

    def forward(self, hidden: Tensor, frames_a_step: int) -> Tensor:
        """Add to `hidden` [B, 2, C, n] what attention finds; `frames_a_step` frames of 25 Hz are one of the n steps."""
        steps = hidden.shape[-1]
        rows = self.norm(hidden.transpose(2, 3))  # [B, 2, n, C]
        placed = rows + positions(steps, rows)  # [B, 2, n, C]
        query = placed.flatten(0, 1)  # [N, n, C]
        key, value = placed.flip(1).flatten(0, 1), rows.flip(1).flatten(0, 1)  # [N, n, C] of the partner
        bias = nearness(steps, rows, frames_a_step)  # [n, n]
        attended, _ = self.attention(query, key, value, attn_mask=bias, need_weights=False)  # [N, n, C]
        added: Tensor = hidden + by_person(attended.transpose(1, 2))  # [B, 2, C, n]
        return added


class Colocated(nn.Module):
    """The denoiser: `conditioning` joins the conditions, `denoise` applies them; `forward` does both, for training."""

    def __init__(self, config: ColocatedConfig | None = None) -> None:
        super().__init__()
        config = config or ColocatedConfig()
        self.config = config
        widths, width = config.widths, config.condition
        self.conditioning = Conditioning(width, config.role, role_embedding=config.role_embedding)
        self.level = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.stem = nn.Conv1d(STREAM + width, widths[0], 3, padding=1)
        self.encoder = nn.ModuleList(
            FilmBlock(inner, outer, config) for inner, outer in zip((widths[0], *widths), widths, strict=False)
        )
        self.middle = FilmBlock(widths[-1], widths[-1], config)
        ups = tuple(zip((widths[-1], *widths[:0:-1]), widths[::-1], strict=True))
        self.decoder = nn.ModuleList(FilmBlock(above + own, own, config) for above, own in ups)
        self.partners = nn.ModuleList(
            PartnerAttention(own, config.heads) for own in widths[:1:-1] if config.cross_attention
        )
        self.norm = nn.GroupNorm(8, widths[0])
        self.out = nn.Conv1d(widths[0], STREAM, 3, padding=1)
        _init_zeros(self.out)
        self.offset: Tensor
        self.scale: Tensor
        self.register_buffer("offset", torch.zeros(STREAM))
        self.register_buffer("scale", torch.ones(STREAM))

    def forward(
        self,
        noisy: Tensor,
        level: Tensor,
        features: Tensor,
        given: Condition,
        audio_drop_mask: Tensor,
        staging_drop_mask: Tensor,
    ) -> Tensor:
        """Predict the clean streams [B, 2, T, 65], normalised, from `noisy` ones of the same shape at `level` [B].

        `features` [B, 2, 2 T, 512]: speech features of each person's track (of one mix: the same twice); `given` and
        the masks [B] as in `Conditioning`.
        """
        audio_features = self.conditioning.encode_audio(features)  # [B, 2, T, D]
        context = self.conditioning.listening(audio_features, given.mouth, given.speaking)  # [B, 2, T, D]
        cond = self.conditioning(context, given, audio_drop_mask, staging_drop_mask)  # [B, 2, T, D]
        return self.denoise(noisy, level, cond, given.mouth, audio_drop_mask)

    def encode_audio(self, features: Tensor, _speaking: Tensor) -> Tensor:
        """Project the speech features [B, 2 T, 512] of single tracks to audio features [B, T, D]."""
        audio_features: Tensor = self.conditioning.encode_audio(features)
        return audio_features

    def denoise(self, noisy: Tensor, level: Tensor, cond: Tensor, mouth: Tensor, audio_drop_mask: Tensor) -> Tensor:
        """Predict the clean streams, normalised, from `noisy` [B, 2, T, 65], `level` [B] and `cond` [B, 2, T, D].

        `mouth` [B, 2, T, MOUTH] is the base that the U-Net adds to, unless `audio_drop_mask` [B] is 1.
        """
        embedded = self.level(_level_embedding(level, self.config.condition))  # [B, D]
        film = (cond + embedded[:, None, None]).flatten(0, 1).transpose(1, 2)  # [N, D, T]
        streams = noisy.flatten(0, 1).transpose(1, 2)  # [N, 65, T]
        hidden = self.stem(torch.cat((streams, film), dim=1))  # [N, C0, T]
        films = [film]  # [N, D, T / 2^depth] of each depth
        for _ in self.config.widths[1:]:
            films.append(avg_pool1d(films[-1], 2))
        skips = []  # [N, C, T / 2^depth] of each depth
        for depth, block in enumerate(self.encoder):
            hidden = block(hidden if depth == 0 else avg_pool1d(hidden, 2), films[depth])
            skips.append(hidden)
        hidden = self.middle(hidden, films[-1])  # [N, C3, T / 8]
        for index, block in enumerate(self.decoder):
            depth = len(skips) - 1 - index
            hidden = block(torch.cat((hidden, skips[depth]), dim=1), films[depth])  # [N, C, T / 2^depth]
            if index < len(self.partners):
                hidden = self.partners[index](by_person(hidden), 2**depth).flatten(0, 1)
            if depth:
                hidden = interpolate(hidden, scale_factor=2.0, mode="linear")  # [N, C, T / 2^(depth − 1)]
        residual = by_person(self.out(silu(self.norm(hidden))).transpose(1, 2))  # [B, 2, T, 65]
        audio_used = (1 - audio_drop_mask)[:, None, None, None]  # [B, 1, 1, 1]
        x0_pred = residual + self._mouth_stream(mouth) * audio_used  # [B, 2, T, 65]
        # Smooth streams differ clearly from noise, so the network predicts the clean ones and need not carry the noise;
        # only noise smaller than what changes from frame to frame is left to the input itself (Karras et al. 2022,
        # section 5, with that as the spread of the data), so that the last steps add no roughness.
        alpha, sigma = (share[:, None, None, None] for share in alpha_sigma(level))  # [B, 1, 1, 1] each
        signal_share = _SIGMA_DATA**2 / ((_SIGMA_DATA * alpha).square() + sigma.square())
        c_skip, c_out = alpha * signal_share, 1 - alpha.square() * signal_share
        return c_skip * noisy + c_out * x0_pred  # [B, 2, T, 65]

    def normalised(self, stream: Tensor) -> Tensor:
        """Turn a raw stream [..., 65] into units of its spread about its mean."""
        return (stream - self.offset) / self.scale

    def raw(self, normalised: Tensor) -> Tensor:
        """Invert `normalised`: [..., 65] → [..., 65]."""
        return torch.addcmul(self.offset, normalised, self.scale)

    def _mouth_stream(self, mouth: Tensor) -> Tensor:
        """Write `mouth` [B, 2, T, MOUTH] into a normalised stream [B, 2, T, 65] that is 0 elsewhere."""
        spoken = [EXPRESSION.start + index for index in SPOKEN_COMPONENTS]
        stream = self.offset.expand(*mouth.shape[:3], STREAM).clone()  # [B, 2, T, 65] raw
        stream[..., spoken] = mouth[..., : len(spoken)].to(stream.dtype)
        stream[..., JAW.start] = mouth[..., len(spoken)].to(stream.dtype)
        return self.normalised(stream)


def _init_zeros(layer: nn.Conv1d) -> None:
    """Initialise `layer` so that it gives zeros."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def _level_embedding(level: Tensor, width: int) -> Tensor:
    """Sinusoids of the noise level: [B] → [B, width]."""
    rate = torch.exp(torch.linspace(0, math.log(1000.0), width // 2, device=level.device))  # [width / 2]
    angle = level[:, None] * rate  # [B, width / 2]
    return torch.cat((angle.sin(), angle.cos()), dim=-1)
