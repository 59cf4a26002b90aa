"""Speech features of a track of any length, in constant memory: 10 s windows every 6 s, the inner part kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import torch

from ..contract.constants import SAMPLE_RATE
from .encoder import WIDTH, SpeechEncoder
from .log_mel import HOP, log_mel

FEATURE_RATE: Final = 50
"""Features a second; feature i is centred on i / 50 s."""

SPEECH_LEVEL: Final = 0.1
"""RMS (−20 dB of full scale) that the louder stretches of a track are brought to."""

_WINDOW: Final = 10 * SAMPLE_RATE
_STEP: Final = 6 * SAMPLE_RATE
_MARGIN: Final = (_WINDOW - _STEP) // 2
_SAMPLES_PER_FEATURE: Final = 2 * HOP
_LOUDNESS_BLOCK: Final = SAMPLE_RATE // 2
_LARGEST_GAIN: Final = 100.0
"""40 dB: a track quieter than −60 dB holds no speech worth lifting."""


def feature_count(samples: int) -> int:
    """How many features `samples` samples have."""
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
    starts = range(0, max(len(track), 1), _STEP)
    parameter = next(encoder.parameters())
    left = feature_count(len(track))
    for first in range(0, len(starts), batch):
        windows = np.stack([_window(track, start - _MARGIN) for start in starts[first : first + batch]]) * gain
        mel = log_mel(torch.from_numpy(windows).to(parameter.device))
        with torch.inference_mode():
            hidden = encoder(mel.to(parameter.dtype))
        inner = hidden[:, _MARGIN // _SAMPLES_PER_FEATURE : (_MARGIN + _STEP) // _SAMPLES_PER_FEATURE]
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


def _window(track: np.ndarray, start: int) -> np.ndarray:
    """`_WINDOW` samples from `start`, zeros where the track has none."""
    piece = track[max(start, 0) : max(start + _WINDOW, 0)]
    before = max(-start, 0)
    return np.pad(piece, (before, _WINDOW - before - len(piece))).astype(np.float32)
