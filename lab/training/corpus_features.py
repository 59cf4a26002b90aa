"""Speech features of a corpus, computed once: both tracks and their mix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch

from backend.contract.files import write_whole
from backend.speech.encoder import SpeechEncoder
from backend.speech.features import speech_features

from ..simulation.rehearsal_files import load_rehearsal

_MIX_GAIN: Final = 4.0
"""Standard deviation in dB of how much louder one person is than the other in a mix."""


def write_features(
    rehearsals: list[Path], folder: Path, encoder: SpeechEncoder, progress: Callable[[int, int], None]
) -> list[Path]:
    """One file of [3, 2 T, 512] float16 for each rehearsal: first track, second track, mix. Files there are kept.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    paths = [folder / f"{rehearsal.stem}.npy" for rehearsal in rehearsals]
    for index, (rehearsal, path) in enumerate(zip(rehearsals, paths, strict=True)):
        if not path.is_file():
            _write_one(rehearsal, path, encoder)
        progress(index + 1, len(paths))
    return paths


def _write_one(rehearsal: Path, path: Path, encoder: SpeechEncoder) -> None:
    loaded = load_rehearsal(rehearsal)
    gain = 10 ** (np.random.default_rng(loaded.seed).normal(0, _MIX_GAIN) / 20)
    mix = (loaded.audio[0] * gain + loaded.audio[1]) / 2
    sounds = (loaded.audio[0], loaded.audio[1], mix.astype(np.float32))
    # Two and a half times as fast, and off by a hundredth of the features' spread: less than dropout takes away.
    with torch.autocast("cpu", torch.bfloat16):
        features = np.stack([speech_features(sound, encoder) for sound in sounds]).astype(np.float16)
    write_whole(path, lambda file: np.save(file, features))
