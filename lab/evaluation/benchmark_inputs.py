"""What benchmarks of engines share: rehearsals that nothing is trained on, and the speech encoder."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from backend.contract.constants import OPEN_HEAD
from backend.speech.encoder import load_encoder

from ..simulation.corpus import write_corpus

if TYPE_CHECKING:
    from backend.speech.encoder import SpeechEncoder

_HOURS: Final = 8.0 / 60.0
_ENCODER: Final = Path("speech") / "whisper-base-encoder-4.safetensors"


class CachingEncoder(nn.Module):
    """`encoder` with a cache: the features of a window are computed once, however often it comes."""

    def __init__(self, encoder: SpeechEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self._features: dict[bytes, Tensor] = {}

    def forward(self, mel: Tensor) -> Tensor:
        """Encode as `SpeechEncoder` does."""
        keys = [sha1(window.numpy(force=True).tobytes(), usedforsecurity=False).digest() for window in mel]
        new = {key: row for row, key in enumerate(keys) if key not in self._features}
        if new:
            features = self.encoder(mel[list(new.values())]).half()
            self._features |= {key: features[index] for index, key in enumerate(new)}
        return torch.stack([self._features[key] for key in keys]).to(mel.dtype)


def load_speech_encoder(assets: Path) -> CachingEncoder:
    """The speech encoder, which several engines share. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    return CachingEncoder(load_encoder(assets / _ENCODER, "cpu"))


def make_rehearsals(
    folder: Path, seed: int, assets: Path, progress: Callable[[int, int], None], takes: int = 0
) -> Path:
    """Write eight rehearsals of a minute into `folder`, spoken by flite; those that are there are kept.

    No corpus for training is made from `seed`. `takes` other takes of each are written too.
    Raises DuologueError (DEPENDENCY_MISSING without flite, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    face = assets / "faces" / f"{OPEN_HEAD}.npz"
    write_corpus(folder, _HOURS, seed, face, workers=1, progress=progress, takes=takes)
    return folder
