"""Keeping a person or a range: whether what is kept stays, whether the rest is new, and whether the borders show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.engines.colocated.stream import stream_rows
from backend.engines.motion import KeptMotion, Motion
from backend.staging.compose import compose
from backend.staging.stage import Staging, scene_of
from backend.staging.take_blending import blend_with_take

from ..measures.landmark_motion import seen_heads
from .rates import PEOPLE, performed
from .seams import Jumps, jumps, landmark_steps, steps_at_borders, steps_of

Remake = Callable[[KeptMotion], Motion]
"""Makes the rest around what is kept, with another seed."""

_GAP: Final = 8.0
"""Seconds between two ranges that are made anew."""
_ANEW: Final = 4.0
"""Seconds of each of them."""


@dataclass(frozen=True)
class Inpainted:
    """`kept_error` largest difference of any number of a kept frame; `changed` root mean square difference of the rest,
    in units of each number's spread; jumps at the borders of both people: `made` of the engine's motion, `joined` of
    poses and expressions once staging has eased them into the take (`staging.joining`), `landmarks` of these heads, mm.
    """

    kept_error: float
    changed: float
    made: Jumps
    joined: Jumps
    landmarks: Jumps

    def as_json(self) -> dict[str, float]:
        """Plain numbers."""
        return {"kept_error": self.kept_error, "changed": self.changed} | {
            f"{kind}_{name}": value
            for kind in ("made", "joined", "landmarks")
            for name, value in asdict(getattr(self, kind)).items()
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


def inpainted(motion: Motion, mask: np.ndarray, staging: Staging, face: Face, remake: Remake) -> Inpainted:
    """`motion` made anew where `mask` [2, T] is false. Where there is no border, its jumps are nan."""
    made = remake(KeptMotion(motion, mask))
    distance = scene_of(staging).distance
    before, after = (stream_rows(one, distance) for one in (motion, made))  # [2, T, 65]
    spread = np.maximum(before.std(axis=1, keepdims=True), 1e-6)
    difference = after - before
    take = performed(compose(motion, staging, face, PEOPLE, 0), motion.speaking, face)
    whole = blend_with_take(compose(made, staging, face, PEOPLE, 1), take, mask, face, PEOPLE)
    poses = np.concatenate((whole.pose.reshape(*mask.shape, -1), whole.translation, whole.expression), axis=-1)
    heads = seen_heads(performed(whole, made.speaking, face), face)
    at = np.concatenate([steps_at_borders(one) for one in mask])

    def of_both(steps: list[np.ndarray]) -> Jumps:
        return jumps(np.concatenate(steps), at)

    return Inpainted(
        kept_error=float(np.abs(difference[mask]).max(initial=0.0)),
        changed=float(np.sqrt(((difference / spread)[~mask] ** 2).mean())) if not mask.all() else 0.0,
        made=of_both([steps_of(rows) for rows in after]),
        joined=of_both([steps_of(rows) for rows in poses]),
        landmarks=of_both([landmark_steps(head.landmarks) for head in heads]),
    )
