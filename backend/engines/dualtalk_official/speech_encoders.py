"""From a person's sound to features for DualTalk: wav2vec 2.0 of the official shape, or features made before.

Features made before are the shipped Whisper encoder's, both of a frame beside each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...contract.constants import FRAME_RATE, SAMPLE_RATE, SAMPLES_PER_FRAME
from ...speech.encoder import ENCODER_FILE, WIDTH, load_encoder
from ...speech.features import FEATURE_RATE, speech_features

_VARIANCE_FLOOR: Final = 1e-7
"""Added to the variance before the division, as wav2vec 2.0's feature extractor does."""

_MOST_LAYERS: Final = 200
"""A file that asks for more would keep the computer building them."""


class SpeechEncoder(Protocol):
    """What DualTalk needs of a speech encoder; any `nn.Module` with these may take wav2vec 2.0's place."""

    width: int
    """F, the numbers a frame."""

    def frame_count(self, audio: Tensor) -> int:
        """T, the frames of motion that belong to `audio`."""

    def __call__(self, audio: Tensor, frames: int) -> Tensor:
        """`audio` [B, …] → [B, `frames`, F]."""


@dataclass(frozen=True)
class Wav2Vec2Shape:
    """The sizes of a wav2vec 2.0 encoder, by `transformers`' names. The default is wav2vec2-large-960h-lv60-self."""

    hidden_size: int = 1024
    num_hidden_layers: int = 24
    num_attention_heads: int = 16
    intermediate_size: int = 4096
    conv_dim: tuple[int, ...] = (512,) * 7
    conv_kernel: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_stride: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    conv_bias: bool = True
    num_conv_pos_embeddings: int = 128
    num_conv_pos_embedding_groups: int = 16
    feat_extract_norm: str = "layer"
    do_stable_layer_norm: bool = True
    layer_norm_eps: float = 1e-5
    hidden_act: str = "gelu"
    feat_extract_activation: str = "gelu"

    def __post_init__(self) -> None:
        """Raises ValueError or TypeError for sizes of which no encoder can be built."""
        convolutions = (self.conv_dim, self.conv_kernel, self.conv_stride)
        if len({len(sizes) for sizes in convolutions}) != 1:
            raise ValueError("conv_dim, conv_kernel and conv_stride differ in length")
        sizes = (self.hidden_size, self.num_hidden_layers, self.num_attention_heads, self.intermediate_size)
        positions = (self.num_conv_pos_embeddings, self.num_conv_pos_embedding_groups)
        if not all(type(size) is int and size > 0 for size in (*sizes, *positions, *chain(*convolutions))):
            raise ValueError("a size is no whole number above 0")
        if self.hidden_size % self.num_attention_heads or self.hidden_size % self.num_conv_pos_embedding_groups:
            raise ValueError(f"hidden_size {self.hidden_size} is no multiple of its heads or of its groups")
        if self.num_hidden_layers > _MOST_LAYERS:
            raise ValueError(f"{self.num_hidden_layers} layers are more than any speech encoder has")
        if not self.layer_norm_eps > 0.0:
            raise ValueError(f"layer_norm_eps is {self.layer_norm_eps}")

    @property
    def shortest_samples(self) -> int:
        """The samples that the convolutions need for one feature."""
        needed = 1
        for kernel, stride in zip(reversed(self.conv_kernel), reversed(self.conv_stride), strict=True):
            needed = (needed - 1) * stride + kernel
        return needed


@dataclass(frozen=True)
class FeatureShape:
    """Features that another encoder made before: the model is called with [B, T', `width`] where it had sound."""

    width: int = 1024

    def __post_init__(self) -> None:
        """Raises ValueError for a width that is none."""
        if type(self.width) is not int or self.width < 1:
            raise ValueError(f"features are {self.width} wide")

    @property
    def shortest_samples(self) -> int:
        """The samples of one frame."""
        return SAMPLES_PER_FRAME


class Wav2Vec2Speech(nn.Module):
    """Wav2vec 2.0 whose convolutional features are resampled to the motion's frames before the transformer.

    The parts and their names are those of `transformers.Wav2Vec2Model`, so that a checkpoint's keys fit.
    """

    def __init__(self, shape: Wav2Vec2Shape) -> None:
        super().__init__()
        # Only now: importing the model's module takes seconds.
        from transformers import Wav2Vec2Config, Wav2Vec2Model

        # The mask probability is not zero because only then the module has `masked_spec_embed`, which is in the file.
        model: Any = Wav2Vec2Model(Wav2Vec2Config(**asdict(shape), mask_time_prob=0.05))
        self.width = shape.hidden_size
        self.masked_spec_embed = model.masked_spec_embed
        self.feature_extractor = model.feature_extractor
        self.feature_projection = model.feature_projection
        self.encoder = model.encoder

    def frame_count(self, audio: Tensor) -> int:
        """T = ceil(N / 16000 · 25) for `audio` [B, N].

        In floating point and in this order, as the reference: rounding gives some whole numbers of frames one more.
        """
        return math.ceil(audio.shape[-1] / SAMPLE_RATE * FRAME_RATE)

    def forward(self, audio: Tensor, frames: int) -> Tensor:
        """`audio` [B, N] 16 kHz, normalised → [B, `frames`, F]."""
        local = self.feature_extractor(audio)  # [B, 512, N/320] at 50 Hz
        local = resampled(local, frames)  # [B, 512, T] at 25 Hz
        projected, _ = self.feature_projection(local.transpose(1, 2))  # [B, T, 1024]
        encoded: Tensor = self.encoder(projected).last_hidden_state  # [B, T, 1024]
        return encoded


class CachedFeatures(nn.Module):
    """Features that were made before, such as the shipped Whisper encoder's, cached once a track.

    In the place of wav2vec 2.0 the model is then called with features [B, T', F] where it had sound [B, N].
    """

    def __init__(self, width: int, features_per_second: float = FRAME_RATE) -> None:
        super().__init__()
        self.width = width
        self.features_per_second = features_per_second

    def frame_count(self, audio: Tensor) -> int:
        """T for `audio` [B, T', F]."""
        return math.ceil(audio.shape[1] / self.features_per_second * FRAME_RATE)

    def forward(self, audio: Tensor, frames: int) -> Tensor:
        """`audio` [B, T', F] → [B, `frames`, F], resampled linearly where T' is another number."""
        return resampled(audio.transpose(1, 2), frames).transpose(1, 2)


def speech_encoder(shape: Wav2Vec2Shape | FeatureShape) -> SpeechEncoder:
    """Build the encoder of the sound, or the module that passes on features made of it before."""
    return Wav2Vec2Speech(shape) if isinstance(shape, Wav2Vec2Shape) else CachedFeatures(shape.width)


def resampled(features: Tensor, frames: int) -> Tensor:
    """[B, F, T'] → [B, F, `frames`], linearly, the first and the last feature staying where they are."""
    if features.shape[-1] == frames:
        return features
    return functional.interpolate(features, size=frames, mode="linear", align_corners=True)


def normalised(track: Tensor) -> Tensor:
    """`track` [..., N] with zero mean and unit variance over N: (x − mean) / √(var + 1e-7)."""
    variance, mean = torch.var_mean(track, dim=-1, correction=0, keepdim=True)
    return (track - mean) / torch.sqrt(variance + _VARIANCE_FLOOR)


FeatureEncoder = Callable[[np.ndarray], np.ndarray]
"""Sound of a whole track as it was recorded, [N] float32 at 16 kHz → features [⌈N / 640⌉, F], a row a frame."""

_A_FRAME: Final = FEATURE_RATE // FRAME_RATE
WHISPER_WIDTH: Final = _A_FRAME * WIDTH
"""F: two features of 512 numbers."""


def whisper_features(assets: Path, device: str) -> FeatureEncoder:
    """Features of `WHISPER_WIDTH` numbers by the encoder in the folder `assets`.

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT).
    """
    encoder = load_encoder(assets / ENCODER_FILE, device)
    return lambda track: framed(speech_features(track, encoder), -(-len(track) // SAMPLES_PER_FRAME))


def framed(features: np.ndarray, frames: int) -> np.ndarray:
    """Features [2 T or one less, F], 50 a second → [T, 2 F], 25 a second; the last one is repeated where T has more."""
    missing = max(_A_FRAME * frames - len(features), 0)
    padded = np.pad(features, ((0, missing), (0, 0)), mode="edge")[: _A_FRAME * frames]
    return padded.reshape(frames, -1)
