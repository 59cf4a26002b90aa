"""How people differ: rates and sizes drawn once for each person of a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Habits:
    """One person's traits; the spread between people is several-fold (docs/rehearsals.md).

    `blink_rate` blinks a minute while listening (speaking has 1.4 times as many); `gaze_speaking`, `gaze_listening`
    share of time looking at the partner; `head_activity` 1 is ordinary; `nod_rate` nods a minute of listening;
    `brow_activity`, `smile` and `articulation` 1 is ordinary; `lean_side` −1 or 1, the side looked away to more often;
    `asymmetry` share by which the left half of the face moves more than the right; `aversion` degrees to the left and
    up of the partner's eyes where glances away go, None for wherever; `backchannels` (how often somebody says mm-hm),
    `sway` (of the trunk) and `blink_tempo` (length of a blink) 1 is ordinary; `breath_rate` breaths a minute at rest.
    """

    blink_rate: float
    gaze_speaking: float
    gaze_listening: float
    head_activity: float
    nod_rate: float
    brow_activity: float
    smile: float
    articulation: float
    lean_side: float
    asymmetry: float
    aversion: tuple[float, float] | None = None
    backchannels: float = 1.0
    breath_rate: float = 15.0
    sway: float = 1.0
    blink_tempo: float = 1.0


def draw_habits(rng: np.random.Generator) -> Habits:
    """A person."""
    return Habits(
        blink_rate=float(np.clip(rng.lognormal(np.log(17), 0.35), 7, 38)),
        gaze_speaking=float(np.clip(rng.normal(0.5, 0.1), 0.24, 0.74)),
        gaze_listening=float(np.clip(rng.normal(0.77, 0.08), 0.5, 0.92)),
        head_activity=float(np.clip(rng.lognormal(0.0, 0.4), 0.4, 2.4)),
        nod_rate=float(np.clip(rng.lognormal(np.log(7.5), 0.35), 3, 14)),
        brow_activity=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.0)),
        smile=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.0)),
        articulation=float(np.clip(rng.normal(1.0, 0.1), 0.8, 1.25)),
        lean_side=float(rng.choice((-1, 1))),
        asymmetry=float(np.clip(rng.normal(0.0, 0.06), -0.15, 0.15)),
        backchannels=float(np.clip(rng.lognormal(0.0, 0.3), 0.4, 1.8)),
        breath_rate=float(np.clip(rng.normal(15.0, 1.8), 11.0, 19.0)),
        sway=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.2)),
        blink_tempo=float(np.clip(rng.lognormal(0.0, 0.1), 0.8, 1.25)),
    )
