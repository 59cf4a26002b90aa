"""Speech features in wav2vec 2.0's place: the shipped Whisper encoder's, both of a frame beside each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from ...contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
from ...speech.encoder import ENCODER_FILE, WIDTH, load_encoder
from ...speech.features import FEATURE_RATE, speech_features

Hearing = Callable[[np.ndarray], np.ndarray]
"""Sound of a whole track as it was recorded, [N] float32 at 16 kHz → features [⌈N / 640⌉, F], a row a frame."""

_A_FRAME: Final = FEATURE_RATE // FRAME_RATE
WHISPER_WIDTH: Final = _A_FRAME * WIDTH
"""F: two features of 512 numbers."""


def whisper_hearing(assets: Path, device: str) -> Hearing:
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
