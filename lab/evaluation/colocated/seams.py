"""Jumps where pieces of motion meet, at edges of windows and around what is kept, against the jumps everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from scipy.stats import binom

from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.engines.base import KeptMotion, Motion
from backend.engines.colocated.stream import stream_rows
from backend.staging.compose import compose
from backend.staging.stage import Staging, scene_of
from backend.staging.take_blending import blend_with_take

from ..measures.behaviour import landmark_steps
from ..measures.landmarks import seen_heads
from .behaviour import PEOPLE, performed

HIGH: Final = 99.0
"""Percentile of the jumps elsewhere that a jump at a seam should not exceed."""

_BY_NATURE: Final = 1.0 - HIGH / 100.0
"""Share of jumps above that percentile where there is no seam at all."""

_FLAT: Final = 1e-9


@dataclass(frozen=True)
class Jumps:
    """Of one curve: `above` the share of steps at seams that exceed the 99th percentile elsewhere (1 % by nature),
    `luck` how likely as many or more would be without any seam; `largest` at seams, `high` the percentile and
    `elsewhere` the largest, all three in the curve's unit; `count` steps at seams.
    """

    above: float
    luck: float
    largest: float
    high: float
    elsewhere: float
    count: int


def steps_near(seams: Sequence[int], frames: int, reach: int = 1) -> np.ndarray:
    """[T − 1] bool: steps from one frame to the next that end within `reach` frames of one of `seams`."""
    near = np.zeros(max(frames - 1, 0), bool)
    for seam in seams:
        near[max(seam - 1 - reach, 0) : max(seam + reach, 0)] = True
    return near


def steps_at_borders(mask: np.ndarray) -> np.ndarray:
    """[T − 1] bool: steps over which `mask` [T] changes."""
    return np.asarray(mask[1:] != mask[:-1])


def jumps(steps: np.ndarray, at: np.ndarray) -> Jumps:
    """`steps` [T − 1] sizes of steps, `at` [T − 1] which of them lie at seams. All nan where one kind is missing."""
    seams, rest = steps[at], steps[~at]
    if not len(seams) or not len(rest):
        nothing = float("nan")
        return Jumps(nothing, nothing, nothing, nothing, nothing, len(seams))
    high = float(np.percentile(rest, HIGH))
    above = int((seams > high + _FLAT).sum())
    return Jumps(
        above=above / len(seams),
        luck=float(binom.sf(above - 1, len(seams), _BY_NATURE)),
        largest=float(seams.max()),
        high=high,
        elsewhere=float(rest.max()),
        count=len(seams),
    )


def steps_of(rows: np.ndarray) -> np.ndarray:
    """[T, D] → [T − 1] root mean square of the changes, each number in units of its own usual change."""
    change = np.diff(rows.astype(np.float64), axis=0)  # [T - 1, D]
    usual = np.sqrt((change**2).mean(axis=0))
    moving = usual > _FLAT
    if not moving.any():
        return np.zeros(len(change))
    return np.asarray(np.sqrt(((change[:, moving] / usual[moving]) ** 2).mean(axis=1)))


def every_number(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """[D] share of steps at seams above the 99th percentile elsewhere, of each of [T, D]; nan for what is still."""
    change = np.abs(np.diff(rows.astype(np.float64), axis=0))
    return np.array([jumps(column, at).above if column.max(initial=0.0) > _FLAT else np.nan for column in change.T])


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
    poses and expressions once `staging.take_blending` has eased them into the take, `landmarks` of these heads, mm.
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
    one_ranges = np.ones((2, frames), bool)
    one_ranges[1] = ranges[1]
    return {"one person kept": person, "all but 4 s kept": ranges, "all but 4 s of one kept": one_ranges}


def inpainted(motion: Motion, mask: np.ndarray, staging: Staging, face: Face, remake: Remake) -> Inpainted:
    """`motion` made anew where `mask` [2, T] is false. Where there is no border, its jumps are nan."""
    made = remake(KeptMotion(motion, mask))
    distance = scene_of(staging).distance
    before, after = (stream_rows(each, distance) for each in (motion, made))  # [2, T, 65]
    spread = np.maximum(before.std(axis=1, keepdims=True), 1e-6)
    difference = after - before
    take = performed(compose(motion, staging, face, PEOPLE, 0), motion.speaking, face)
    whole = blend_with_take(compose(made, staging, face, PEOPLE, 1), take, mask, face, PEOPLE)
    poses = np.concatenate((whole.pose.reshape(*mask.shape, -1), whole.translation, whole.expression), axis=-1)
    heads = seen_heads(performed(whole, made.speaking, face), face)
    at = np.concatenate([steps_at_borders(kept) for kept in mask])

    def of_both(steps: list[np.ndarray]) -> Jumps:
        return jumps(np.concatenate(steps), at)

    return Inpainted(
        kept_error=float(np.abs(difference[mask]).max(initial=0.0)),
        changed=float(np.sqrt(((difference / spread)[~mask] ** 2).mean())) if not mask.all() else 0.0,
        made=of_both([steps_of(rows) for rows in after]),
        joined=of_both([steps_of(rows) for rows in poses]),
        landmarks=of_both([landmark_steps(head.landmarks) for head in heads]),
    )
