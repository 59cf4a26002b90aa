"""Whisper-base's encoder up to its fourth layer (Radford et al. 2022, arXiv 2212.04356), frozen.

mel [B, 80, 2 n] → conv 3, GELU → conv 3 with stride 2, GELU → + positions → 4 pre-norm transformer layers
→ [B, n, 512].
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import is_file, read_errors_as

ENCODER_FILE: Final = Path("speech") / "whisper-base-encoder-4.safetensors"
"""Where the encoder lies in the folder of assets."""

LAYERS: Final = 4
WIDTH: Final = 512
HEADS: Final = 8
MELS: Final = 80
POSITIONS: Final = 1500


class EncoderLayer(nn.Module):
    """One pre-norm transformer layer: [B, n, 512] → [B, n, 512]."""

    def __init__(self) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(WIDTH)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.attention_out = nn.Linear(WIDTH, WIDTH)
        self.feed_forward_norm = nn.LayerNorm(WIDTH)
        self.feed_forward_in = nn.Linear(WIDTH, 4 * WIDTH)
        self.feed_forward_out = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, hidden: Tensor) -> Tensor:
        """Attention within the window, then the feed-forward."""
        batch, steps, _ = hidden.shape
        joined = self.query_key_value(self.attention_norm(hidden))
        query, key, value = joined.view(batch, steps, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        attended = scaled_dot_product_attention(query, key, value)  # [B, H, n, 64]
        hidden = hidden + self.attention_out(attended.transpose(1, 2).reshape(batch, steps, WIDTH))
        inner = gelu(self.feed_forward_in(self.feed_forward_norm(hidden)))
        output: Tensor = hidden + self.feed_forward_out(inner)
        return output


class SpeechEncoder(nn.Module):
    """Log-mel windows [B, 80, 2 n] (100 Hz) → features [B, n, 512] (50 Hz), each normalised over its channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MELS, WIDTH, 3, padding=1)
        self.conv2 = nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.register_buffer("positions", torch.zeros(POSITIONS, WIDTH))
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))

    def forward(self, mel: Tensor) -> Tensor:
        """The features of each window on its own."""
        hidden = gelu(self.conv2(gelu(self.conv1(mel)))).transpose(1, 2)
        hidden = hidden + self.get_buffer("positions")[: hidden.shape[1]]
        for layer in self.layers:
            hidden = layer(hidden)
        return layer_norm(hidden, (WIDTH,))


def load_encoder(path: Path, device: str = "cpu") -> SpeechEncoder:
    """The frozen encoder from `path`, float16 on a CUDA device. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    if not is_file(path):
        raise DuologueError(
            ExitCode.ASSET_MISSING,
            f"The speech encoder is not at {path}.",
            "Run `python -m backend prepare-assets`.",
        )
    with torch.device("meta"):
        encoder = SpeechEncoder()
    fix = "Delete it and run `python -m backend prepare-assets` again."
    with read_errors_as(ExitCode.ASSET_CORRUPT, f"The speech encoder {path} cannot be read", fix):
        weights = {name: tensor.float() for name, tensor in load_file(path).items()}
        encoder.load_state_dict(weights, strict=True, assign=True)
        if not all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
            raise ValueError("there are numbers that are not finite")
    encoder.requires_grad_(False).eval()
    return encoder.to(device).half() if device.startswith("cuda") else encoder.to(device)
