"""Whisper's log-mel spectrogram, with a floor that does not depend on the window."""

from __future__ import annotations

from functools import cache
from typing import Final

import torch
from torch import Tensor

from ..contract.constants import SAMPLE_RATE
from .encoder import MELS

_FFT: Final = 400
HOP: Final = 160
"""Samples from one mel frame to the next: 100 Hz."""

_FLOOR: Final = -6.5
"""log10 power below which everything is floor.

Whisper puts it 8 below the window's loudest value; speech at the level of `features.SPEECH_LEVEL` peaks near 1.5.
A fixed floor keeps a window in which nobody speaks from being blown up, and makes windows agree where they overlap.
"""

_KNEE: Final = 15.0
"""Slaney's scale is linear up to this mel, which is 1 kHz."""


def log_mel(samples: Tensor) -> Tensor:
    """[B, n] float32 windows → [B, 80, n / 160] in about −0.6 … 1.5 (power spectrum, Hann window of 25 ms)."""
    window = torch.hann_window(_FFT, device=samples.device)
    spectrum = torch.stft(samples, _FFT, HOP, window=window, return_complex=True)[..., :-1]
    mel = torch.matmul(_filters().to(samples.device), spectrum.abs().square())
    return (mel.clamp_min(1e-10).log10().clamp_min(_FLOOR) + 4.0) / 4.0


@cache
def _filters() -> Tensor:
    """Slaney's triangular filters, each of unit area. [80, 201]."""
    bins = torch.linspace(0, SAMPLE_RATE / 2, _FFT // 2 + 1, dtype=torch.float64)
    mel = torch.linspace(0, float(_to_mel(SAMPLE_RATE / 2)), MELS + 2, dtype=torch.float64)
    above = 1000.0 * torch.exp((mel - _KNEE) * torch.log(torch.tensor(6.4)) / 27.0)
    edges = torch.where(mel < _KNEE, mel * 200.0 / 3.0, above)  # [82]
    widths = edges.diff()
    ramps = edges[:, None] - bins[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = torch.minimum(rising, falling).clamp_min(0)
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).float()


def _to_mel(hertz: float) -> Tensor:
    """Slaney's scale: linear to 1 kHz (15 mel), then 27 steps for each factor of 6.4."""
    return _KNEE + torch.log(torch.tensor(hertz / 1000.0, dtype=torch.float64)) * 27.0 / torch.log(torch.tensor(6.4))
