"""Speech features of a track of any length, in constant memory: 10 s windows every 6 s, the inner part kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import torch

from ..contract.constants import SAMPLE_RATE
from ..windows import InnerWindows, cut_window
from .encoder import WIDTH, SpeechEncoder
from .log_mel import HOP, log_mel

FEATURE_RATE: Final = 50
"""Features a second; feature i is centred on i / 50 s."""

SPEECH_LEVEL: Final = 0.1
"""RMS (−20 dB of full scale) that the louder stretches of a track are brought to."""

_WINDOWS: Final = InnerWindows(10 * SAMPLE_RATE, 6 * SAMPLE_RATE)
_SAMPLES_PER_FEATURE: Final = 2 * HOP
_LOUDNESS_BLOCK: Final = SAMPLE_RATE // 2
_LARGEST_GAIN: Final = 100.0
"""40 dB: a track quieter than −60 dB holds no speech worth lifting."""


def feature_count(samples: int) -> int:
    """Number of features of a track of `samples` samples."""
    return -(-samples // _SAMPLES_PER_FEATURE)


def speech_features(track: np.ndarray, encoder: SpeechEncoder) -> np.ndarray:
    """`track` [N] float32 at SAMPLE_RATE → [ceil(N / 320), 512] float32."""
    return np.concatenate(list(feature_blocks(track, encoder)), axis=0)


def feature_blocks(
    track: np.ndarray,
    encoder: SpeechEncoder,
    batch: int = 4,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[np.ndarray]:
    """The features in order, in blocks of up to `batch` · 300; `progress(done, total)` counts windows."""
    gain = level_gain(track)
    starts = _WINDOWS.starts(len(track))
    parameter = next(encoder.parameters())
    left = feature_count(len(track))
    kept = slice(_WINDOWS.margin // _SAMPLES_PER_FEATURE, (_WINDOWS.margin + _WINDOWS.step) // _SAMPLES_PER_FEATURE)
    for first in range(0, len(starts), batch):
        cut = [cut_window(track[None], start, _WINDOWS.length) for start in starts[first : first + batch]]
        windows = np.concatenate(cut, dtype=np.float32) * gain  # [batch, samples]
        mel = log_mel(torch.from_numpy(windows).to(parameter.device))
        with torch.inference_mode():
            hidden = encoder(mel.to(parameter.dtype))
        inner = hidden[:, kept]
        block = inner.reshape(-1, WIDTH)[:left].float().cpu().numpy()
        left -= len(block)
        progress(min(first + batch, len(starts)), len(starts))
        yield block


def level_gain(track: np.ndarray) -> float:
    """What to multiply `track` by so that its loudest half-seconds have the level SPEECH_LEVEL.

    The 98th percentile of half-second powers: a listener's few words still set it, a click does not.
    """
    blocks = len(track) // _LOUDNESS_BLOCK
    if blocks == 0:
        power = float(np.mean(np.square(track))) if len(track) else 0.0
    else:
        whole = track[: blocks * _LOUDNESS_BLOCK].reshape(blocks, _LOUDNESS_BLOCK)
        powers = np.einsum("ij,ij->i", whole, whole) / _LOUDNESS_BLOCK  # [blocks]
        power = float(np.quantile(powers, 0.98))
    return float(min(SPEECH_LEVEL / max(power, 1e-12) ** 0.5, _LARGEST_GAIN))
