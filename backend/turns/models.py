"""Both networks that `backend.turns` needs, loaded together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .embedding import VoiceNetwork, load_voice_network
from .segmentation import SegmentationNetwork, load_segmentation
from .weights import EMBEDDING_FILE, SEGMENTATION_FILE


@dataclass(frozen=True)
class TurnModels:
    """`segmentation` gives local speakers within ten seconds, `voice` an embedding that tells people apart."""

    segmentation: SegmentationNetwork
    voice: VoiceNetwork


def turn_model_files(folder: Path) -> tuple[Path, ...]:
    """What `load_turn_models` reads."""
    return folder / SEGMENTATION_FILE, folder / EMBEDDING_FILE


def load_turn_models(folder: Path) -> TurnModels:
    """The networks with the weights in `folder`, usually `.assets/turns`.

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT).
    """
    return TurnModels(load_segmentation(folder), load_voice_network(folder))
