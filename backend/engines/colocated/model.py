"""The network of the `colocated` engine: Talking Together's shape (CVPR 2026, arXiv 2603.08674), small.

One U-Net with shared weights denoises both people's streams. What it is told about a frame – speech, who speaks, the
person, the place – enters every block by FiLM, (γ(c) + 1) · h + β(c), and beside the noisy stream. In the decoder each
stream attends to the other. Differences from the paper: frozen Whisper features replace wav2vec 2.0; the lips that
`lip_reader` reads off the sound are a condition, and the mouth is predicted as what is added to them; mood, habits and
the staging are conditions beside the start positions.

[B, 2, T, …] are both people of B dialogues at 25 Hz, T a multiple of 8.
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
from ..lip_reader.model import FEATURES
from ..network_sizes import check_sizes
from ..scene import LAYOUT, MOODS
from ..traits import TRAITS
from .diffusion import alpha_sigma
from .stream import EXPRESSION, JAW, STREAM

MOUTH: Final = len(SPOKEN_COMPONENTS) + 3
"""What the lip reader says of a frame: spoken components, jaw about X in radians, and the probabilities (0 to 1) of
shut lips and of the lower lip at the teeth."""

_DILATIONS: Final = (1, 2, 4, 8)
REACH: Final = 2 * 2 * sum(_DILATIONS)
"""Frames before and after a moment that `Listening` hears, 2.4 s."""

_UNTOLD_MOODS: Final = 0.1

WINDOW: Final = 256
"""Frames that the network sees at once, 10.24 s."""

_ROUGHNESS: Final = 0.03
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


@dataclass(frozen=True)
class Condition:
    """What is known about both people beside their sound: `speaking` [B, 2, T] from 0 to 1; `mouth` [B, 2, T, MOUTH];
    `traits` [B, 2, 8]; `mood` [B, 2, 10] one-hot; `layout` [B, 2, 7] as in `colocated_stream.Scene`.
    """

    speaking: Tensor
    mouth: Tensor
    traits: Tensor
    mood: Tensor
    layout: Tensor


class Conditioning(nn.Module):
    """Everything that is known about a frame in one vector. Audio and staging may be withheld, for guidance."""

    def __init__(self, config: ColocatedConfig) -> None:
        super().__init__()
        width = config.condition
        self.config = config
        self.audio = nn.Sequential(nn.Linear(2 * FEATURES, width), nn.LayerNorm(width))
        self.listening = Listening(width)
        self.roles = nn.Parameter(0.1 * torch.randn(2, config.role))  # speaking, listening
        self.floor = nn.Linear(2 * config.role + 2, width)
        self.turns = nn.Conv1d(2, width, 51, padding=25)  # a second of turn-taking to either side
        self.staging = nn.Sequential(
            nn.Linear(LAYOUT + len(MOODS) + len(TRAITS), width), nn.SiLU(), nn.Linear(width, width)
        )
        self.unknown_audio = nn.Parameter(torch.zeros(width))
        self.unknown_staging = nn.Parameter(torch.zeros(width))
        # Speech features are thirty times as large as all else: unless each has its own scale, nobody hears a mood.
        self.scales = nn.ModuleList(nn.LayerNorm(width) for _ in ("sound", "floor", "person"))
        self.mixing = nn.Conv1d(width, width, 5, padding=2)

    def hear(self, features: Tensor) -> Tensor:
        """[..., 2 T, 512] at 50 Hz → [..., T, D]."""
        pairs = features.reshape(*features.shape[:-2], -1, 2 * FEATURES)
        heard: Tensor = self.audio(pairs)
        return heard

    def forward(self, understood: Tensor, given: Condition, with_audio: Tensor, with_staging: Tensor) -> Tensor:
        """`understood` [B, 2, T, D] of `listening`; `with_audio` and `with_staging` [B], 1 to tell and 0 to withhold.

        [B, 2, T, D].
        """
        speaking = torch.stack((given.speaking, given.speaking.flip(1)), dim=-1)  # [B, 2, T, 2] own first
        told = self.floor(torch.cat((self._roles(speaking), speaking), dim=-1))
        turns = _by_person(self.turns(speaking.flatten(0, 1).transpose(1, 2)).transpose(1, 2))
        person = self.staging(torch.cat((given.layout, self._mood(given.mood), given.traits), dim=-1))[:, :, None]
        sound, floor, place = (
            scale(part) for scale, part in zip(self.scales, (understood, told + turns, person), strict=True)
        )
        known = _told(sound, self.unknown_audio, with_audio)
        placed = _told(place, self.unknown_staging, with_staging)
        whole = silu(known + floor + placed).flatten(0, 1)  # [2 B, T, D]
        mixed: Tensor = whole + self.mixing(whole.transpose(1, 2)).transpose(1, 2)
        return _by_person(mixed)

    def _mood(self, mood: Tensor) -> Tensor:
        """[B, 2, 10]; while it is trained some people's moods are not told, as those that nobody rehearsed are not."""
        if not self.training:
            return mood
        return mood * (torch.rand(*mood.shape[:2], 1, device=mood.device) >= _UNTOLD_MOODS)

    def _roles(self, speaking: Tensor) -> Tensor:
        """Of both people m · e_speak + (1 − m) · e_listen: [B, 2, T, 2] → [B, 2, T, 2 · role]."""
        if not self.config.role_embedding:
            return speaking.new_zeros(*speaking.shape[:3], 2 * self.config.role)
        speak, listen = self.roles
        mixed: Tensor = speaking[..., None] * speak + (1 - speaking[..., None]) * listen
        return mixed.flatten(-2)


class Listening(nn.Module):
    """What both people's voices say about a moment to each of them, own voice first. [B, 2, T, …] → [B, 2, T, D].

    Noise never comes in here, so that when a nod or a smile is likely is not drowned in it; and it sees no further than
    `REACH` frames, so that a long dialogue may be heard piece by piece.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.both = nn.Linear(2 * (width + MOUTH + 1), width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in _DILATIONS)
        self.around = nn.ModuleList(
            nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation) for dilation in _DILATIONS
        )

    def forward(self, heard: Tensor, mouth: Tensor, speaking: Tensor) -> Tensor:
        """`heard` [B, 2, T, D] of `Conditioning.hear`, `mouth` [B, 2, T, MOUTH], `speaking` [B, 2, T]; T even."""
        own = torch.cat((heard, mouth, speaking[..., None]), dim=-1)
        rows: Tensor = self.both(torch.cat((own, own.flip(1)), dim=-1))  # [B, 2, T, D]
        hidden = avg_pool1d(rows.flatten(0, 1).transpose(1, 2), 2)  # [2 B, D, T / 2]
        for norm, around in zip(self.norms, self.around, strict=True):
            hidden = hidden + around(silu(norm(hidden.transpose(1, 2)).transpose(1, 2)))
        return rows + _by_person(hidden.repeat_interleave(2, dim=-1).transpose(1, 2))


class FilmBlock(nn.Module):
    """Two convolutions over time; the condition scales and shifts what is between them. [N, C, n] → [N, C', n]."""

    def __init__(self, inner: int, outer: int, config: ColocatedConfig) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, inner)
        self.first = nn.Conv1d(inner, outer, 3, padding=1)
        self.film = nn.Conv1d(config.condition, 2 * outer, 1)
        self.between = nn.GroupNorm(8, outer)
        self.dropout = nn.Dropout(config.dropout)
        self.second = nn.Conv1d(outer, outer, 3, padding=1)
        self.skip = nn.Conv1d(inner, outer, 1) if inner != outer else nn.Identity()
        _begin_with_nothing(self.film)

    def forward(self, hidden: Tensor, condition: Tensor) -> Tensor:
        """`condition` [N, D, n]."""
        scale, shift = self.film(condition).chunk(2, dim=1)
        inner = self.between(self.first(silu(self.norm(hidden))))
        added: Tensor = self.second(self.dropout(silu((scale + 1) * inner + shift)))
        kept: Tensor = self.skip(hidden)
        return kept + added


class PartnerAttention(nn.Module):
    """Each stream looks at the other one, nearer moments first. [B, 2, C, n] → the same."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        nn.init.zeros_(self.attention.out_proj.weight)

    def forward(self, hidden: Tensor, frames_a_step: int) -> Tensor:
        """The input and what was seen of the partner."""
        steps = hidden.shape[-1]
        rows = self.norm(hidden.transpose(2, 3))  # [B, 2, n, C]
        placed = rows + positions(steps, rows)
        partner = placed.flip(1).flatten(0, 1)
        near = nearness(steps, rows, frames_a_step)
        seen, _ = self.attention(
            placed.flatten(0, 1), partner, rows.flip(1).flatten(0, 1), attn_mask=near, need_weights=False
        )
        looked: Tensor = hidden + _by_person(seen.transpose(1, 2))
        return looked


class Colocated(nn.Module):
    """The denoiser: `conditioning` tells what is known, `denoise` uses it; `forward` does both, for training."""

    def __init__(self, config: ColocatedConfig | None = None) -> None:
        super().__init__()
        config = config or ColocatedConfig()
        self.config = config
        widths, width = config.widths, config.condition
        self.conditioning = Conditioning(config)
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
        _begin_with_nothing(self.out)
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
        with_audio: Tensor,
        with_staging: Tensor,
    ) -> Tensor:
        """`noisy` [B, 2, T, 65] normalised, at `level` [B]; `features` [B, 2, 2 T, 512] of what each person is heard in
        (one mix: the same twice); the rest as in Conditioning → clean, normalised.
        """
        told = self.conditioning
        understood = told.listening(told.hear(features), given.mouth, given.speaking)
        condition = told(understood, given, with_audio, with_staging)
        return self.denoise(noisy, level, condition, given.mouth, with_audio)

    def hear(self, features: Tensor, _speaking: Tensor) -> Tensor:
        """Each voice for itself: `features` [B, 2 T, 512] → [B, T, D]."""
        heard: Tensor = self.conditioning.hear(features)
        return heard

    def denoise(self, noisy: Tensor, level: Tensor, condition: Tensor, mouth: Tensor, with_audio: Tensor) -> Tensor:
        """`noisy` [B, 2, T, 65] and `level` [B] → the clean streams, normalised.

        What the lip reader says (`mouth` [B, 2, T, MOUTH]) is the base that the network adds to, where it was heard.
        """
        placed = condition + self.level(_level_rows(level, self.config.condition))[:, None, None]
        told = placed.flatten(0, 1).transpose(1, 2)  # [2 B, D, T]
        hidden = self.stem(torch.cat((noisy.flatten(0, 1).transpose(1, 2), told), dim=1))
        pyramid = [told]
        for _ in self.config.widths[1:]:
            pyramid.append(avg_pool1d(pyramid[-1], 2))
        kept = []
        for depth, block in enumerate(self.encoder):
            hidden = block(hidden if depth == 0 else avg_pool1d(hidden, 2), pyramid[depth])
            kept.append(hidden)
        hidden = self.middle(hidden, pyramid[-1])
        for index, block in enumerate(self.decoder):
            depth = len(kept) - 1 - index
            hidden = block(torch.cat((hidden, kept[depth]), dim=1), pyramid[depth])
            if index < len(self.partners):
                hidden = self.partners[index](_by_person(hidden), 2**depth).flatten(0, 1)
            if depth:
                hidden = interpolate(hidden, scale_factor=2.0, mode="linear")
        made = _by_person(self.out(silu(self.norm(hidden))).transpose(1, 2))
        thought = made + self._heard_mouth(mouth) * with_audio[:, None, None, None]
        # Smooth streams tell themselves from noise, so the network makes the clean ones and need not carry the noise;
        # only noise smaller than what changes from frame to frame is left to the input itself (Karras et al. 2022,
        # section 5, with that as the spread of the data), so that the last steps add no roughness.
        alpha, sigma = (share[:, None, None, None] for share in alpha_sigma(level))
        trusted = _ROUGHNESS**2 / ((_ROUGHNESS * alpha).square() + sigma.square())
        return alpha * trusted * noisy + (1 - alpha.square() * trusted) * thought

    def normalised(self, stream: Tensor) -> Tensor:
        """Raw [..., 65] in units of their spread about their mean."""
        return (stream - self.offset) / self.scale

    def raw(self, normalised: Tensor) -> Tensor:
        """The inverse of `normalised`."""
        return torch.addcmul(self.offset, normalised, self.scale)

    def _heard_mouth(self, mouth: Tensor) -> Tensor:
        """[B, 2, T, MOUTH] → what it makes of a normalised stream, 0 for everything that is no mouth."""
        spoken = [EXPRESSION.start + index for index in SPOKEN_COMPONENTS]
        stream = self.offset.expand(*mouth.shape[:3], STREAM).clone()
        stream[..., spoken] = mouth[..., : len(spoken)].to(stream.dtype)
        stream[..., JAW.start] = mouth[..., len(spoken)].to(stream.dtype)
        return self.normalised(stream)


def _by_person(rows: Tensor) -> Tensor:
    """[2 B, …] → [B, 2, …]."""
    return rows.reshape(-1, 2, *rows.shape[1:])


def _begin_with_nothing(layer: nn.Conv1d) -> None:
    """Let the layer give zeros until it has learned otherwise."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def _told(known: Tensor, unknown: Tensor, share: Tensor) -> Tensor:
    """`known` [B, 2, T, D] where `share` [B] is 1, `unknown` [D] where it is 0."""
    weight = share[:, None, None, None]
    return weight * known + (1 - weight) * unknown


def _level_rows(level: Tensor, width: int) -> Tensor:
    """Sinusoids of the noise level: [B] → [B, width]."""
    rate = torch.exp(torch.linspace(0, math.log(1000.0), width // 2, device=level.device))
    angle = level[:, None] * rate
    return torch.cat((angle.sin(), angle.cos()), dim=-1)
