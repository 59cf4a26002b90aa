"""Who speaks when: voice activity of two tracks, and the two people in one mixed recording.

models = load_turn_models(assets / "turns")
speaking = speaking_from_tracks(tracks, models)  # [2, T]
speaking = speaking_from_mix(mix, models)  # [2, T]
"""

from __future__ import annotations

from .mix import MixDiarisation, diarise_mix, speaking_from_mix
from .tracks import TurnModels, load_turn_models, speaking_from_tracks, turn_model_files

__all__ = [
    "MixDiarisation",
    "TurnModels",
    "diarise_mix",
    "load_turn_models",
    "speaking_from_mix",
    "speaking_from_tracks",
    "turn_model_files",
]
