"""What a training of the small DualTalk is set to."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.assets import assets_folder

from ..stages import FitConfig

BEHAVIOUR_FIT: Final = FitConfig(steps=1800, batch=4, frames=250, rate=1e-3, weight_decay=0.02)


@dataclass(frozen=True)
class TrainingPlan:
    """What to train on and for how long; `work` keeps rehearsals, features, checkpoints and logs."""

    work: Path
    assets: Path
    out: Path
    hours: float
    seed: int
    workers: int
    lip_steps: int
    behaviour_steps: int
    corpus: Path | None = None
    lip_hours: float = 1.5


def plan_of(given: argparse.Namespace) -> TrainingPlan:
    """What the arguments ask for."""
    return TrainingPlan(
        given.work,
        assets_folder(given.assets),
        given.out,
        given.hours,
        given.seed,
        given.workers,
        given.lip_steps,
        given.behaviour_steps,
        given.corpus,
        given.lip_hours,
    )
