"""The `dualtalk` engine: two tracks, or one mix and who speaks when, to both heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...speech.encoder import ENCODER_FILE, SpeechEncoder, load_encoder
from ..base import Conditions, Motion, Progress, keep, never, quiet, steps_of
from ..lip_reader.checkpoint import LIP_WEIGHTS, load_lips
from ..lip_reader.listening import listen
from ..lip_reader.model import LipReader
from ..weights import weights_hashes
from .checkpoint import WEIGHTS, load_network
from .model import DualTalk
from .rollout import perform, react


@dataclass(frozen=True)
class DualTalkEngine:
    """As `base.Engine`. It makes its motion for any place; what is kept is put in afterwards.

    Who is kept from beginning to end is a partner whom the other one sees.
    """

    encoder: SpeechEncoder
    lips: LipReader
    network: DualTalk
    weights: Mapping[str, str]
    face: None = None

    @property
    def notes(self) -> Mapping[str, Any]:
        """As `base.Engine`: nothing."""
        return {}

    @classmethod
    def load(cls, assets: Path, device: str) -> DualTalkEngine:
        """Raises DuologueError (WEIGHTS_INVALID, ASSET_MISSING, ASSET_CORRUPT)."""
        encoder = load_encoder(assets / ENCODER_FILE, device)
        hashes = weights_hashes(WEIGHTS, LIP_WEIGHTS, assets / ENCODER_FILE)
        return cls(encoder, load_lips(device=device), load_network(device=device), hashes)

    def generate(
        self,
        conditions: Conditions,
        seed: int,
        progress: Progress = quiet,
        check_cancel: Callable[[], None] = never,
    ) -> Motion:
        """As `base.Engine`."""
        step = steps_of("features", progress, check_cancel)
        audio = listen(conditions.audio, self.encoder, self.lips, self.network.encode_audio, step)
        partner, kept = conditions.partner, conditions.kept
        if partner is None and kept is not None:
            partner = kept.whole_person()
        step = steps_of("model", progress, check_cancel)
        habits, speaking = conditions.habits, conditions.speaking
        if partner is None:
            made = perform(audio, speaking, self.network, habits, seed, step)
        else:
            made = react(audio, speaking, self.network, habits, seed, partner, step)
        return made if kept is None else keep(made, kept)
