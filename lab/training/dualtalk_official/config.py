"""What a training of DualTalk is set to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from backend.engines.dualtalk_official.model import OfficialConfig
from backend.engines.dualtalk_official.speech_encoders import FeatureShape

from ..trainer import Cadence


@dataclass(frozen=True)
class TrainingSettings:
    """The published training: Adam at 1e-4, a fifth less every 50 epochs, 32 windows of 8 s in a batch."""

    model: OfficialConfig = field(default_factory=OfficialConfig)
    epochs: int = 200
    batch: int = 32
    window: int = 200
    """Frames, 25 a second."""
    rate: float = 1e-4
    rate_decay: float = 0.8
    decay_epochs: int = 50
    seed: int = 7
    validation: float = 0.1
    """Share of the training clips that are validated on and not learned from."""
    group: str | None = None
    """A regular expression; clips in whose names it finds the same stay on one side."""

    @property
    def on_features(self) -> bool:
        """Whether the model is called with features made before, not with sound."""
        return isinstance(self.model.speech, FeatureShape)

    def as_json(self) -> str:
        """All that decides what is learned, but for how long: `epochs` may be raised to go on."""
        return json.dumps(asdict(replace(self, epochs=0)), sort_keys=True)


@dataclass(frozen=True)
class OfficialCadence(Cadence):
    """It validates after so many epochs; how much it holds at once does not change the result either."""

    validate_epochs: int = 1
    windows_at_once: int = 0
    """A batch is taken in pieces of so many windows to save memory; 0 is all at once."""
    measured_clips: int = 20
    """So many clips are animated whole for FD, P-FD and rPCC each time it validates."""
