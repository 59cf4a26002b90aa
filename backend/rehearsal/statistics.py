"""What rehearsals look like in numbers, to hold against published ones (rates, shares, ranges of real conversation)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import FRAME_RATE
from .rehearsal import Rehearsal

_HALF: Final = 0.5
_SMILES: Final = 0.2
_ENOUGH: Final = 200
"""Frames of speaking and of listening without which a person's spread says nothing."""

EXPECTED: Final[dict[str, tuple[float, float]]] = {
    "speech share of a person": (0.3, 0.6),
    "overlap share of speech": (0.02, 0.12),
    "median turn gap, s": (0.05, 0.4),
    "backchannels per minute of listening": (4.0, 12.0),
    "blinks per minute, listening": (12.0, 26.0),
    "blinks per minute, speaking": (17.0, 36.0),
    "gaze at partner, speaking": (0.4, 0.65),
    "gaze at partner, listening": (0.6, 0.85),
    "mutual gaze": (0.25, 0.5),
    "nods per minute of listening": (5.0, 12.0),
    "head speed median, deg/s": (3.0, 20.0),
    "head speed p99, deg/s": (35.0, 115.0),
    "head pitch spread, deg": (1.5, 6.3),
    "head yaw spread, deg": (1.5, 6.7),
    "head roll spread, deg": (1.0, 3.5),
    "head spread listening / speaking": (0.3, 0.95),
    "jaw p95 speaking, deg": (4.0, 16.0),
    "brow raises per minute": (3.0, 12.0),
    "smiling share": (0.05, 0.45),
}
"""Name → (least, most): ranges in which published and measured values lie, widened where people differ."""


def measure(rehearsals: Iterable[Rehearsal]) -> dict[str, float]:
    """The numbers of EXPECTED, pooled over both people of all `rehearsals`."""
    people = [_Person(one, person) for one in rehearsals for person in range(2)]
    speaking, listening = (np.concatenate([getattr(one, name) for one in people]) for name in ("speaks", "listens"))
    spoken, heard = speaking.sum() / FRAME_RATE / 60, listening.sum() / FRAME_RATE / 60

    def pooled(event: str) -> np.ndarray:
        return np.concatenate([one.rehearsal.events[event][one.person] for one in people])

    away, blink = pooled("gaze_away"), pooled("blink")
    neck = [np.degrees(one.rehearsal.motion.neck[one.person]) for one in people]  # [T, 3] each
    speed = np.concatenate([np.linalg.norm(np.diff(one, axis=0), axis=1) * FRAME_RATE for one in neck])
    spread = np.median([one.std(axis=0) for one in neck], axis=0)
    quiet = np.median(
        [
            one[who.listens].std(axis=0).mean() / one[who.speaks].std(axis=0).mean()
            for one, who in zip(neck, people, strict=True)
            if who.listens.sum() > _ENOUGH and who.speaks.sum() > _ENOUGH
        ]
    )
    both_away = np.concatenate([one.rehearsal.events["gaze_away"].max(axis=0) for one in people[::2]])
    both_speak = np.concatenate([one.rehearsal.speaking.min(axis=0) > _HALF for one in people[::2]])
    jaw = np.concatenate([np.degrees(one.rehearsal.motion.jaw[one.person, one.speaks, 0]) for one in people])
    smile = np.concatenate(
        [one.rehearsal.motion.expression[one.person, :, ARKIT_INDEX["mouthSmileLeft"]] for one in people]
    )
    return {
        "speech share of a person": float(speaking.mean()),
        "overlap share of speech": float(2 * both_speak.sum() / max(speaking.sum(), 1)),
        "median turn gap, s": float(np.median(np.concatenate([_gaps(one.rehearsal) for one in people[::2]]))),
        "backchannels per minute of listening": float((np.diff(pooled("backchannel")) > 0).sum() / heard),
        "blinks per minute, listening": float(blink[listening].sum() / heard),
        "blinks per minute, speaking": float(blink[speaking].sum() / spoken),
        "gaze at partner, speaking": float(1 - away[speaking].mean()),
        "gaze at partner, listening": float(1 - away[listening].mean()),
        "mutual gaze": float(1 - both_away.mean()),
        "nods per minute of listening": float(pooled("nod").sum() / heard),
        "head speed median, deg/s": float(np.median(speed)),
        "head speed p99, deg/s": float(np.percentile(speed, 99)),
        "head pitch spread, deg": float(spread[0]),
        "head yaw spread, deg": float(spread[1]),
        "head roll spread, deg": float(spread[2]),
        "head spread listening / speaking": float(quiet),
        "jaw p95 speaking, deg": float(np.percentile(jaw, 95)),
        "brow raises per minute": float(pooled("brow_raise").sum() * FRAME_RATE * 60 / len(speaking)),
        "smiling share": float((smile > _SMILES).mean()),
    }


class _Person:
    """One side of a rehearsal; `speaks` and `listens` [T] bool."""

    def __init__(self, rehearsal: Rehearsal, person: int) -> None:
        self.rehearsal, self.person = rehearsal, person
        voiced = rehearsal.speaking > _HALF
        signals = rehearsal.events["backchannel"][person] > 0
        self.speaks = voiced[person] & ~signals
        self.listens = voiced[1 - person] & ~self.speaks


def _gaps(rehearsal: Rehearsal) -> np.ndarray:
    """Seconds from the end of one person's speech to the start of the other's, negative where they overlap."""
    spans = []
    for person in range(2):
        spoken = rehearsal.speaking[person] > _HALF
        spoken &= rehearsal.events["backchannel"][person] == 0
        edges = np.flatnonzero(np.diff(np.concatenate(([False], spoken, [False])).astype(int))) / FRAME_RATE
        spans += [(start, stop, person) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    spans.sort()
    return np.array([later[0] - earlier[1] for earlier, later in pairwise(spans) if earlier[2] != later[2]])
