"""Speaker embeddings, 192 numbers a voice: CAM++ on mel filter banks.

Wang et al., “CAM++: a fast and efficient network for speaker verification using context-aware masking” (Interspeech
2023). Reimplemented; the weights (3D-Speaker, zh-en, 16 kHz) are Apache-2.0.
"""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from ..contract.constants import SAMPLE_RATE
from .networks import AfterStep, load_into, no_step, one_thread
from .weights import EMBEDDING_FILE

FEATURE_SECONDS: Final = 0.01
VOICE_FRAMES: Final = 400
"""Mel frames, four seconds: more of a voice costs time and adds little."""

_BANDS, _FRAME, _HOP, _FOURIER = 80, 400, 160, 512
_LOWEST_HERTZ: Final = 20.0
_PREEMPHASIS: Final = 0.97
_GROWTH, _BOTTLENECK, _SEGMENT = 32, 128, 100
_BATCH_FRAMES: Final = 3200
_WORKERS: Final = 2
"""Batches at once: the one thread of each waits for nobody."""
_SHORTEST, _STEP = 100, 100
"""Mel frames of the shortest voice, and from one length to the next."""
_BLOCK: Final = 6000
_BLOCKS: Final = ((12, 1), (24, 2), (16, 2))  # dense layers, dilation


class VoiceNetwork(nn.Module):
    """Mel features [B, frames, 80] → voice embeddings [B, 192]."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _FrontEnd()
        channels = _BOTTLENECK
        layers: dict[str, nn.Module] = {"tdnn": _TimeDelay()}
        for number, (count, dilation) in enumerate(_BLOCKS, start=1):
            layers[f"block{number}"] = _DenseBlock(channels, count, dilation)
            channels += count * _GROWTH
            layers[f"transit{number}"] = _Transit(channels)
            channels //= 2
        layers["out_nonlinear"] = _Norm(channels)
        layers["stats"] = _Statistics()
        layers["dense"] = _Dense(2 * channels)
        self.xvector = nn.Sequential()
        for name, layer in layers.items():
            self.xvector.add_module(name, layer)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """As the class says."""
        embedding: torch.Tensor = self.xvector(self.head(features.transpose(1, 2)))
        return embedding


class _Norm(nn.Module):
    """Batch normalisation, then ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.batchnorm = nn.BatchNorm1d(channels)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return functional.relu(self.batchnorm(hidden))


class _Residual(nn.Module):
    """Two 3 × 3 convolutions over frequency and time; the first may halve the frequencies."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(32, 32, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(nn.Conv2d(32, 32, 1, stride=(stride, 1), bias=False), nn.BatchNorm2d(32))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        changed = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(hidden)))))
        return functional.relu(changed + self.shortcut(hidden))


class _FrontEnd(nn.Module):
    """[B, 80, frames] → [B, 320, frames]: 32 channels at an eighth of the frequencies."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.layer1 = nn.Sequential(_Residual(2), _Residual(1))
        self.layer2 = nn.Sequential(_Residual(2), _Residual(1))
        self.conv2 = nn.Conv2d(32, 32, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)

    def forward(self, bands: torch.Tensor) -> torch.Tensor:
        hidden = functional.relu(self.bn1(self.conv1(bands[:, None])))
        hidden = functional.relu(self.bn2(self.conv2(self.layer2(self.layer1(hidden)))))
        return hidden.flatten(1, 2)


class _TimeDelay(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Conv1d(320, _BOTTLENECK, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _Norm(_BOTTLENECK)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.nonlinear(self.linear(hidden))
        return result


class _ContextMask(nn.Module):
    """A convolution whose output is masked by what the whole utterance and the second around it sound like."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(_BOTTLENECK, _GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(_BOTTLENECK, _BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(_BOTTLENECK // 2, _GROWTH, 1)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        frames = hidden.shape[-1]
        segments = functional.avg_pool1d(hidden, _SEGMENT, _SEGMENT, ceil_mode=True)
        nearby = segments.repeat_interleave(_SEGMENT, dim=-1)[..., :frames]
        context = functional.relu(self.linear1(hidden.mean(-1, keepdim=True) + nearby))
        masked: torch.Tensor = self.linear_local(hidden) * torch.sigmoid(self.linear2(context))
        return masked


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _Norm(channels)
        self.linear1 = nn.Conv1d(channels, _BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _Norm(_BOTTLENECK)
        self.cam_layer = _ContextMask(dilation)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(hidden))))
        return result


class _DenseBlock(nn.Module):
    """Layers of which each gets the outputs of all before it."""

    def __init__(self, channels: int, count: int, dilation: int) -> None:
        super().__init__()
        for index in range(count):
            self.add_module(f"tdnnd{index + 1}", _DenseLayer(channels + index * _GROWTH, dilation))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        for layer in self.children():
            hidden = torch.cat([hidden, layer(hidden)], dim=1)
        return hidden


class _Transit(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinear = _Norm(channels)
        self.linear = nn.Conv1d(channels, channels // 2, 1, bias=False)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.linear(self.nonlinear(hidden))
        return result


class _Statistics(nn.Module):
    """[B, channels, frames] → [B, 2 · channels]: mean and standard deviation over time."""

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return torch.cat([hidden.mean(-1), hidden.std(-1)], dim=-1)


class _Dense(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, 192, 1, bias=False)
        self.nonlinear = nn.ModuleDict({"batchnorm": nn.BatchNorm1d(192, affine=False)})

    def forward(self, statistics: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.nonlinear["batchnorm"](self.linear(statistics[..., None])[..., 0])
        return result


def load_voice_network(folder: Path) -> VoiceNetwork:
    """The network with the weights in `folder`. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    network = VoiceNetwork()
    load_into(network, folder / EMBEDDING_FILE)
    return network.eval()


def voice_embeddings(
    voices: list[np.ndarray], network: VoiceNetwork, frames: int = VOICE_FRAMES, after_step: AfterStep = no_step
) -> np.ndarray:
    """Mel features of M voices, each [frames, 80] → [M, 192], each of unit length.

    Voices are brought to the next of a few lengths up to `frames`, by repeating them or leaving the rest out, so that
    many go through the network at once; the mean of every band is taken out first.
    """
    batches = _batches(voices, frames)
    embeddings = np.zeros((len(voices), 192), np.float32)
    done = 0
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for members, found in zip(
                batches, pool.map(lambda batch: _embedded(batch, voices, network), batches), strict=True
            ):
                embeddings[members.of] = found
                done += len(members.of)
                after_step(done, len(voices))
        except BaseException:
            pool.shutdown(cancel_futures=True)  # who stops the work does not wait for all of it
            raise
    unit: np.ndarray = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    return unit


@dataclass(frozen=True)
class _Batch:
    """The numbers `of` some voices, and the `frames` that each is brought to."""

    of: list[int]
    frames: int


def _batches(voices: list[np.ndarray], frames: int) -> list[_Batch]:
    lengths = [min(frames, max(_SHORTEST, -(-len(voice) // _STEP) * _STEP)) for voice in voices]
    found = []
    for length in sorted(set(lengths), reverse=True):
        same = [index for index, other in enumerate(lengths) if other == length]
        size = max(1, _BATCH_FRAMES // length)
        found += [_Batch(same[first : first + size], length) for first in range(0, len(same), size)]
    return found


def _embedded(batch: _Batch, voices: list[np.ndarray], network: VoiceNetwork) -> np.ndarray:
    features = np.stack([_of_length(voices[index], batch.frames) for index in batch.of])
    with torch.inference_mode(), one_thread():
        found: np.ndarray = network(torch.from_numpy(features)).numpy()
    return found


def _of_length(features: np.ndarray, frames: int) -> np.ndarray:
    centred = features - features.mean(axis=0)
    return np.resize(centred, (frames, _BANDS)).astype(np.float32)  # np.resize repeats


def mel_features(samples: np.ndarray) -> np.ndarray:
    """[N] at 16 kHz → [frames, 80] log energies in mel bands, 25 ms every 10 ms, as Kaldi's `fbank` computes them."""
    count = max(0, 1 + (len(samples) - _FRAME) // _HOP)
    features = np.zeros((count, _BANDS), np.float32)
    for first in range(0, count, _BLOCK):  # an hour at once would take gigabytes
        last = min(first + _BLOCK, count)
        features[first:last] = _mel_block(samples[first * _HOP : (last - 1) * _HOP + _FRAME])
    return features


def _mel_block(samples: np.ndarray) -> np.ndarray:
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), _FRAME)[::_HOP]  # [frames, 400]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - _PREEMPHASIS * before) * np.hanning(_FRAME) ** 0.85, _FOURIER)  # Povey's window
    energies = (np.abs(spectrum) ** 2).astype(np.float32) @ _mel_bank()
    logarithms: np.ndarray = np.log(np.maximum(energies, np.finfo(np.float32).eps))
    return logarithms


@functools.cache
def _mel_bank() -> np.ndarray:
    """[257, 80] triangles, equally spaced in mel (1127 ln(1 + f / 700)) from 20 Hz to 8 kHz."""
    edges = np.linspace(_mel(np.array(_LOWEST_HERTZ)), _mel(np.array(SAMPLE_RATE / 2)), _BANDS + 2)
    bins = _mel(np.arange(_FOURIER // 2 + 1) * SAMPLE_RATE / _FOURIER)[:, None]
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    bank = np.minimum((bins - left) / (middle - left), (right - bins) / (right - middle))
    triangles: np.ndarray = np.maximum(bank, 0.0).astype(np.float32)
    return triangles


def _mel(hertz: np.ndarray) -> np.ndarray:
    mel: np.ndarray = 1127.0 * np.log1p(hertz / 700.0)
    return mel
