"""From speech features to the mouth: a small convolution stack that sees a third of a second to either side.

DualTalk reads lips and behaviour off one transformer. Lips need 20 ms and no context; kept apart, they learn from
minutes of speech and stay sharp. Their weights are a file of their own; an older file of the small DualTalk carries
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor, nn
from torch.nn.functional import gelu

from ...contract.arkit import ARKIT_NAMES, SPOKEN_COMPONENTS
from ..weights import check_sizes, read_weights

VISEMES: Final = 15
FEATURES: Final = 512


@dataclass(frozen=True)
class LipConfig:
    """Sizes of the stack."""

    width: int = 256
    kernel: int = 5
    dilations: tuple[int, ...] = (1, 1, 2, 4, 4)
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Raises ValueError or TypeError for sizes of which no network can be built."""
        check_sizes(self.width, self.kernel, *self.dilations, layers=len(self.dilations))


@dataclass(frozen=True)
class Mouth:
    """What the stack says about each frame, before any gating.

    `expression` [B, T, 52], 0 outside SPOKEN_COMPONENTS; `jaw` [B, T] radians about X; logits of shut lips, `closure`
    [B, T], of the lower lip at the teeth, `touch` [B, T], and of visemes, `viseme` [B, T, 15].
    """

    expression: Tensor
    jaw: Tensor
    closure: Tensor
    touch: Tensor
    viseme: Tensor


class ResidualBlock(nn.Module):
    """Pre-norm convolution over time with a 1×1 convolution back: [B, C, n] → [B, C, n]."""

    def __init__(self, config: LipConfig, dilation: int) -> None:
        super().__init__()
        reach = (config.kernel - 1) * dilation // 2
        self.norm = nn.LayerNorm(config.width)
        self.conv = nn.Conv1d(config.width, config.width, config.kernel, padding=reach, dilation=dilation)
        self.out = nn.Conv1d(config.width, config.width, 1)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        """The input and what the block adds to it."""
        normed = self.norm(hidden.transpose(1, 2)).transpose(1, 2)
        added: Tensor = self.out(self.dropout(gelu(self.conv(normed))))
        return hidden + added


class LipReader(nn.Module):
    """Features at 50 Hz and who speaks at 25 Hz → the mouth at 25 Hz."""

    def __init__(self, config: LipConfig | None = None) -> None:
        super().__init__()
        config = config or LipConfig()
        self.config = config
        self.dropout = nn.Dropout(config.dropout)
        self.features_in = nn.Conv1d(FEATURES, config.width, 1)
        self.speaking_in = nn.Conv1d(2, config.width, 1)
        self.blocks = nn.ModuleList(ResidualBlock(config, dilation) for dilation in config.dilations)
        self.norm = nn.LayerNorm(config.width)
        self.mouth_out = nn.Linear(config.width, len(SPOKEN_COMPONENTS) + 1)
        self.closure_out = nn.Linear(config.width, 1)
        self.touch_out = nn.Linear(config.width, 1)
        self.viseme_out = nn.Linear(config.width, VISEMES)

    def forward(self, features: Tensor, speaking: Tensor) -> Mouth:
        """`features` [B, 2 T, 512]; `speaking` [B, T, 2], own and partner's."""
        spread = speaking.repeat_interleave(2, dim=1).transpose(1, 2)  # [B, 2, 2 T]
        hidden = self.features_in(self.dropout(features).transpose(1, 2)) + self.speaking_in(spread)
        for block in self.blocks:
            hidden = block(hidden)
        frames = self.norm(hidden[:, :, ::2].transpose(1, 2))  # feature 2 t is centred on frame t
        mouth = self.mouth_out(frames)
        expression = mouth.new_zeros(*mouth.shape[:2], len(ARKIT_NAMES))
        expression[..., SPOKEN_COMPONENTS] = mouth[..., :-1]
        return Mouth(
            expression=expression,
            jaw=mouth[..., -1],
            closure=self.closure_out(frames)[..., 0],
            touch=self.touch_out(frames)[..., 0],
            viseme=self.viseme_out(frames),
        )


LIP_WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "lip-reader.safetensors"

PART_OF_DUALTALK: Final = "lips."
"""Prefix of the lip reader's tensors in files of the small DualTalk that still carry it."""


def load_lips(path: Path = LIP_WEIGHTS, device: str = "cpu") -> LipReader:
    """The lip reader in `path`, or in a file of the small DualTalk that still carries it, ready to run.

    Raises DuologueError (WEIGHTS_INVALID).
    """
    return read_weights(path, lambda config: LipReader(_config(config)), device, "train", _own_tensors)


def _config(data: dict[str, Any]) -> LipConfig:
    sizes = data.get("lips", data)
    return LipConfig(**sizes | {"dilations": tuple(sizes["dilations"])})


def _own_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    carried = {
        name.removeprefix(PART_OF_DUALTALK): tensor
        for name, tensor in tensors.items()
        if name.startswith(PART_OF_DUALTALK)
    }
    return carried or tensors
