"""Both networks that `backend.turns` needs, loaded together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .embedding import VoiceNetwork, load_voice_network
from .segmentation import SegmentationNetwork, load_segmentation


@dataclass(frozen=True)
class TurnModels:
    """`segmentation` gives local speakers within ten seconds, `voice` an embedding that tells people apart."""

    segmentation: SegmentationNetwork
    voice: VoiceNetwork


def load_turn_models(folder: Path) -> TurnModels:
    """The networks with the weights in `folder`, usually `.assets/turns`.

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT).
    """
    return TurnModels(load_segmentation(folder), load_voice_network(folder))
