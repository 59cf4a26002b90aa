"""What a training of the colocated model is set to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from backend.engines.colocated.model import WINDOW, ColocatedConfig


@dataclass(frozen=True)
class LossWeights:
    """Weights of the terms of the loss.

    The paper's are 1, 8, 1, 1 and 5, on raw numbers. Here expression, rotation and translation are in units of their
    spread, velocity and lips in millimetres and gaze in cosines, so the weights make up for these units too.
    """

    expression: float = 1.0
    rotation: float = 1.0
    translation: float = 0.3
    velocity: float = 0.15
    gaze: float = 20.0
    lips: float = 0.1


@dataclass(frozen=True)
class ColocatedSettings:
    """Two stages: `steps` on dialogues, then `dubbing_steps` on synthetic dubbing; `batch` windows of `window` frames.

    `alone` trains on one person of each window, without the other one; `gaze_loss` may be off: both for ablations,
    as are two parts of `model`.
    """

    model: ColocatedConfig = field(default_factory=ColocatedConfig)
    steps: int = 12_600
    dubbing_steps: int = 400
    batch: int = 12
    window: int = WINDOW
    rate: float = 8e-4
    dubbing_rate: float = 1e-4
    warm_up: int = 100
    weight_decay: float = 0.01
    averaging: float = 0.995
    """How much of the averaged weights a step leaves as it is; they are what is saved."""
    mix_share: float = 0.4
    """Share of windows in which the audio is one mixed recording of both people."""
    without_audio: float = 0.1
    without_staging: float = 0.1
    """Shares of windows without these conditions, so that guidance can be turned up (Ho and Salimans 2022)."""
    dialogues_while_dubbing: float = 0.5
    """Share of the second stage's steps that are dialogues still, so that nothing else is forgotten."""
    gaze_loss: bool = True
    alone: bool = False
    half: bool = True
    """Multiply in bfloat16."""
    seed: int = 7
    weights: LossWeights = field(default_factory=LossWeights)

    @property
    def all_steps(self) -> int:
        """Number of steps of both stages together."""
        return self.steps + self.dubbing_steps

    def as_json(self) -> str:
        """Everything."""
        return json.dumps(asdict(self), sort_keys=True)
