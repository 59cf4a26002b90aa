"""Speaker segmentation: pyannote's segmentation-3.0 over windows of ten seconds, blended into curves at 25 fps.

Bredin, “pyannote.audio 2.1 speaker diarization pipeline”, and Plaquet & Bredin, “Powerset multi-class cross entropy
loss for neural speaker diarization” (both Interspeech 2023). Reimplemented; the weights are CNRS's, MIT licence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from ..contract.constants import FRAME_RATE, SAMPLE_RATE, SAMPLES_PER_FRAME
from ..windows import BlendedWindows, cut_window
from .networks import AfterStep, load_into, no_step, one_thread
from .weights import SEGMENTATION_FILE

WINDOW_SECONDS: Final = 10.0
LOCAL_SPEAKERS: Final = 3
FRAME_SECONDS: Final = 270 / SAMPLE_RATE
"""From one output frame to the next: stride 10 and three poolings of 3."""
FIRST_FRAME_SECONDS: Final = 991 / 2 / SAMPLE_RATE
"""The middle of the first frame: half of the samples that one frame sees."""

_POWERSET: Final = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)
_BATCH: Final = 8


class SegmentationNetwork(nn.Module):
    """Waveforms [B, 1, 160000] → log-probabilities [B, 589, 7] of nobody, one of three, or two of three speakers."""

    def __init__(self) -> None:
        super().__init__()
        self.sincnet = _SincFrontEnd()
        self.lstm = nn.LSTM(60, 128, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList([nn.Linear(256, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, len(_POWERSET))

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """As the class says."""
        hidden, _ = self.lstm(self.sincnet(waveforms).transpose(1, 2))
        for layer in self.linear:
            hidden = functional.leaky_relu(layer(hidden))
        return functional.log_softmax(self.classifier(hidden), dim=-1)


class _SincFrontEnd(nn.Module):
    """Waveforms [B, 1, N] → [B, 60, frames]."""

    filters: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filters", torch.zeros(80, 1, 251))
        self.wav_norm1d = nn.InstanceNorm1d(1, affine=True)
        self.conv1d = nn.ModuleDict({"1": nn.Conv1d(80, 60, 5), "2": nn.Conv1d(60, 60, 5)})
        self.norm1d = nn.ModuleList([nn.InstanceNorm1d(width, affine=True) for width in (80, 60, 60)])

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        hidden = functional.conv1d(self.wav_norm1d(waveforms), self.filters, stride=10).abs()
        for index, norm in enumerate(self.norm1d):
            hidden = hidden if index == 0 else self.conv1d[str(index)](hidden)
            hidden = functional.leaky_relu(norm(functional.max_pool1d(hidden, 3)))
        return hidden


@dataclass(frozen=True)
class LocalActivity:
    """`starts` [W] seconds; `activity` [W, 589, 3] probability that each of three local speakers speaks.

    The order of local speakers differs from window to window.
    """

    starts: np.ndarray
    activity: np.ndarray

    @property
    def speech(self) -> np.ndarray:
        """[W, 589] probability that anybody speaks."""
        speech: np.ndarray = 1.0 - np.prod(1.0 - self.activity, axis=2)
        return speech

    def frame_times(self) -> np.ndarray:
        """[589] seconds from the window's start."""
        times: np.ndarray = FIRST_FRAME_SECONDS + FRAME_SECONDS * np.arange(self.activity.shape[1])
        return times


def load_segmentation(folder: Path) -> SegmentationNetwork:
    """The network with the weights in `folder`. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    network = SegmentationNetwork()
    load_into(network, folder / SEGMENTATION_FILE)
    return network.eval()


def local_activity(
    samples: np.ndarray,
    network: SegmentationNetwork,
    hop_seconds: float,
    after_step: AfterStep = no_step,
) -> LocalActivity:
    """Run `network` over `samples` [N] in windows of ten seconds every `hop_seconds`.

    The end is padded with silence. `after_step(done, total)` is called after each batch and may raise to stop.
    """
    windows = BlendedWindows(int(WINDOW_SECONDS * SAMPLE_RATE), int(hop_seconds * SAMPLE_RATE))
    starts = windows.starts(len(samples))
    found = []
    for first in range(0, len(starts), _BATCH):
        cut = [cut_window(samples[None], start, windows.length) for start in starts[first : first + _BATCH]]
        batch = np.concatenate(cut, dtype=np.float32)  # [B, samples]
        with torch.inference_mode(), one_thread():
            classes = network(torch.from_numpy(batch)[:, None]).exp().numpy()  # [B, 589, 7]
        found.append(classes @ _POWERSET)
        after_step(first + len(cut), len(starts))
    return LocalActivity(np.array(starts) / SAMPLE_RATE, np.concatenate(found).clip(0.0, 1.0))


_EDGE_WEIGHT = 0.05


def frame_count(samples: int) -> int:
    """T of a recording of that many samples: every sample belongs to a frame."""
    return -(-samples // SAMPLES_PER_FRAME)


def blended(local: LocalActivity, curves: np.ndarray, frames: int) -> np.ndarray:
    """`curves` [P, W, 589] of every window → [P, T] at 25 fps, the middle of a window counting more than its edges.

    Frame t is sampled at its middle, (t + 0.5) / 25 seconds.
    """
    times = local.frame_times()
    weight = _EDGE_WEIGHT + np.sin(np.pi * np.clip(times / WINDOW_SECONDS, 0.0, 1.0)) ** 2  # [589]
    sums, weights = np.zeros((len(curves), frames)), np.zeros(frames)
    for window, start in enumerate(local.starts):
        first = round(float(start) * FRAME_RATE)
        inside = np.arange(first, min(first + round(WINDOW_SECONDS * FRAME_RATE), frames))
        at = (inside + 0.5) / FRAME_RATE - start
        share = np.interp(at, times, weight)
        weights[inside] += share
        for row, curve in enumerate(curves[:, window]):
            sums[row, inside] += share * np.interp(at, times, curve)
    blend: np.ndarray = sums / np.maximum(weights, 1e-9)
    return blend
