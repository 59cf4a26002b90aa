"""Keeping a person or a range: whether what is kept stays, whether the rest is new, and whether the borders show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from ..engines.colocated_stream import stream_rows
from ..engines.motion import KeptMotion, Motion
from .colocated_seams import Jumps, jumps, steps_at_borders, steps_of

Remake = Callable[[KeptMotion], Motion]
"""Makes the rest around what is kept, with another seed."""

_GAP: Final = 8.0
"""Seconds between two ranges that are made anew."""
_ANEW: Final = 4.0
"""Seconds of each of them."""


@dataclass(frozen=True)
class Inpainted:
    """`kept_error` largest difference of any number of a kept frame; `changed` root mean square difference of the rest,
    in units of each number's spread; `borders` the jumps there, of both people.
    """

    kept_error: float
    changed: float
    borders: Jumps

    def as_json(self) -> dict[str, float]:
        """Plain numbers."""
        return {"kept_error": self.kept_error, "changed": self.changed} | {
            f"border_{name}": value for name, value in asdict(self.borders).items()
        }


def masks(frames: int) -> dict[str, np.ndarray]:
    """Case → [2, T] bool, true where the motion is kept."""
    person = np.zeros((2, frames), bool)
    person[0] = True
    ranges = np.ones((2, frames), bool)
    period, anew = round((_GAP + _ANEW) * FRAME_RATE), round(_ANEW * FRAME_RATE)
    for first in range(round(_GAP * FRAME_RATE), frames - anew, period):
        ranges[:, first : first + anew] = False
    one = np.ones((2, frames), bool)
    one[1] = ranges[1]
    return {"one person kept": person, "all but 4 s kept": ranges, "all but 4 s of one kept": one}


def inpainted(motion: Motion, mask: np.ndarray, distance: float, remake: Remake) -> Inpainted:
    """`motion` made anew where `mask` [2, T] is false. Where there is no border, its jumps are nan."""
    made = remake(KeptMotion(motion, mask))
    before, after = (stream_rows(one, distance) for one in (motion, made))  # [2, T, 65]
    spread = np.maximum(before.std(axis=1, keepdims=True), 1e-6)
    difference = after - before
    steps, at = [], []
    for who in range(2):
        steps.append(steps_of(after[who]))
        at.append(steps_at_borders(mask[who]))
    return Inpainted(
        kept_error=float(np.abs(difference[mask]).max(initial=0.0)),
        changed=float(np.sqrt(((difference / spread)[~mask] ** 2).mean())) if not mask.all() else 0.0,
        borders=jumps(np.concatenate(steps), np.concatenate(at)),
    )
