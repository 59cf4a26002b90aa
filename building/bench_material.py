"""What the benches of single engines share: the bundled dialogue at any length."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

if TYPE_CHECKING:
    from backend.engines.base import DialogueAudio

ROOT: Final = Path(__file__).resolve().parents[1]
THREADS: Final = 2

_DIALOGUE: Final = ROOT / "presets" / "demo"


def bundled_dialogue() -> DialogueAudio:
    """Both tracks of the bundled dialogue, whole frames of them, and who speaks."""
    from backend.assets import assets_folder
    from backend.contract.constants import SAMPLES_PER_FRAME
    from backend.engines.base import DialogueAudio
    from backend.turns import load_turn_models
    from backend.turns.tracks import speaking_from_tracks

    read = [soundfile.read(_DIALOGUE / f"{name}.flac", dtype="float32")[0] for name in ("anna", "ben")]
    length = min(len(track) for track in read) // SAMPLES_PER_FRAME * SAMPLES_PER_FRAME
    tracks = np.stack([track[:length] for track in read])  # [2, N]
    models = load_turn_models(assets_folder(None) / "turns")
    speaking = speaking_from_tracks(tracks, models, lambda _done, _total: None)
    return DialogueAudio(tracks, speaking[:, : length // SAMPLES_PER_FRAME], separate=True)


def repeated(dialogue: DialogueAudio, seconds: float) -> DialogueAudio:
    """`dialogue` over and over until it lasts `seconds`."""
    from backend.contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
    from backend.engines.base import DialogueAudio

    assert dialogue.speaking is not None  # noqa: S101  (`bundled_dialogue` tells it)
    frames = round(seconds * FRAME_RATE)
    tracks = _tiled(dialogue.tracks, frames * SAMPLES_PER_FRAME)
    return DialogueAudio(tracks, _tiled(dialogue.speaking, frames), separate=True)


def _tiled(rows: np.ndarray, length: int) -> np.ndarray:
    """[2, n] → [2, `length`], over and over, without a second copy that would be measured too."""
    tiled = np.empty((len(rows), length), rows.dtype)
    for start in range(0, length, rows.shape[1]):
        tiled[:, start : start + rows.shape[1]] = rows[:, : length - start]
    return tiled
