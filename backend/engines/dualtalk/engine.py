"""The `dualtalk` engine: two tracks, or one mix and who speaks when, to both heads; and its weights on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from ...speech.encoder import SpeechEncoder
from ..acting import speakers_of, together
from ..base import Conditions, Motion, Progress, keep, keeping, never, quiet, steps_of
from ..lip_reader.listening import listen, load_listener
from ..lip_reader.model import PART_OF_DUALTALK, LipReader
from ..weights import read_weights
from .model import DualTalk, DualTalkConfig
from .rollout import perform, react

WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "dualtalk-small.safetensors"


def load_network(path: Path = WEIGHTS, device: str = "cpu") -> DualTalk:
    """The network in `path`, ready to run; a lip reader that an older file carries is left there (`load_lips`).

    Raises DuologueError (WEIGHTS_INVALID).
    """
    return read_weights(path, lambda config: DualTalk(_config(config)), device, "train", _own_tensors)


def _config(data: dict[str, Any]) -> DualTalkConfig:
    return DualTalkConfig(**{name: value for name, value in data.items() if name != "lips"})


def _own_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(PART_OF_DUALTALK)}


@dataclass(frozen=True)
class DualTalkEngine:
    """The engine `dualtalk` (`base.Engine`): makes motion for any place; what is kept is put in afterwards.

    A person who is kept from beginning to end is a partner whom the other one sees.
    """

    encoder: SpeechEncoder
    lips: LipReader
    network: DualTalk
    weights: Mapping[str, str]
    face: None = None

    @property
    def notes(self) -> Mapping[str, Any]:
        """Return nothing: a take records only the weights (`base.Engine`)."""
        return {}

    @classmethod
    def load(cls, assets: Path, device: str) -> DualTalkEngine:
        """Raises DuologueError (WEIGHTS_INVALID, ASSET_MISSING, ASSET_CORRUPT)."""
        encoder, lips, hashes = load_listener(assets, device, WEIGHTS)
        return cls(encoder, lips, load_network(device=device), hashes)

    def generate(
        self,
        conditions: Conditions,
        seed: int,
        progress: Progress = quiet,
        check_cancel: Callable[[], None] = never,
    ) -> Motion:
        """Generate the motion of both people, as `base.Engine` says."""
        step = steps_of("features", progress, check_cancel)
        audio = listen(conditions.audio, self.encoder, self.lips, self.network.encode_audio, step)
        partner, kept = conditions.partner, conditions.kept
        if partner is None and kept is not None:
            partner = kept.whole_person()
        step = steps_of("model", progress, check_cancel)
        habits, speaking = conditions.habits, conditions.speaking
        speakers = speakers_of(conditions)
        if partner is None:
            made = perform(audio, speaking, self.network, habits, seed, step, speakers)
        else:
            made = react(audio, speaking, self.network, habits, seed, partner, step, speakers)
        kept = keeping(partner, kept)
        if kept is None:
            return together(made, conditions, seed)
        # What is kept is put in before as well: it is what the other one answers.
        return keep(together(keep(made, kept), conditions, seed), kept)
