"""A plan's curves with as many keys as the panel says: a key a frame, or few of them within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import bpy
import numpy as np

from ..settings.key_properties import REDUCED, KeySettings
from ..steps import Steps, each_part, part_of
from .bezier_keys import Keys, joined, straight_keys
from .laying_out import Prepared
from .planning import Plan, Writing
from .reach import reach_of
from .reducing import Bounds, Reduced, reduced
from .retaking import Spans
from .shape_parts import Part

_TWO: Final = 2


@dataclass(frozen=True)
class Thinned:
    """A plan with the keys that are to be written, and what goes after their number; empty for a key a frame."""

    plan: Plan
    told: str = ""
    notes: tuple[str, ...] = ()


def thinned(scene: bpy.types.Scene, plan: Plan, keys: KeySettings, spans: Spans) -> Steps[Thinned]:
    """`plan` with keys as `keys` says, in `spans` of frames, or everywhere without any."""
    if keys.density != REDUCED:
        return Thinned(plan)
    people = sorted({writing.person for writing in plan.writings})
    found: list[Writing] = []
    made: list[Reduced] = []
    notes: list[str] = []
    for person, (begin, end) in zip(people, each_part(len(people)), strict=True):
        writings = [writing for writing in plan.writings if writing.person == person]
        parts = [writing.part for writing in writings]
        few = yield from part_of(few_keys(scene, plan.prepared, person, parts, keys, spans), begin, end)
        made.append(few.reduced)
        found += [replace(writing, keys=own) for writing, own in zip(writings, few.of_parts, strict=True)]
        if few.unknown:
            notes.append(
                f"What {few.unknown} channels of {writings[0].name} move is not known; they are within a hundredth of "
                "their range."
            )
    return Thinned(replace(plan, writings=tuple(found)), _told(plan, made, spans), tuple(notes))


@dataclass(frozen=True)
class FewKeys:
    """Keys for each curve of each of a person's parts; of how many curves nobody knows what they move."""

    of_parts: tuple[tuple[Keys, ...], ...]
    reduced: Reduced
    unknown: int


def few_keys(
    scene: bpy.types.Scene, ready: Prepared, person: int, parts: Sequence[Part], keys: KeySettings, spans: Spans = ()
) -> Steps[FewKeys]:
    """Reduced keys for a person's `parts`, curves at the frames of `ready`, those of all `spans` together."""
    target = ready.targets[person]
    if target is None:
        raise LookupError(person)
    reach = yield from part_of(reach_of(scene, target, parts), 0.0, 0.2)
    curves = [curve for part in parts for curve in part.curves]
    values, groups = np.stack([curve.values for curve in curves]), [curve.group for curve in curves]
    bounds = Bounds(keys.millimetres, keys.degrees)
    made: list[Reduced] = []
    stretches = stretches_of(ready.frames, spans)
    for inside, ends in zip(stretches, each_part(len(stretches), 0.2), strict=True):
        frames = ready.frames[inside]
        if len(frames) < _TWO:
            made.append(Reduced(tuple(straight_keys(frames, one[inside]) for one in values), 0.0, 0.0))
            continue
        steps = reduced(values[:, inside], groups, frames, ready.seconds[inside], reach, bounds)
        made.append((yield from part_of(steps, *ends)))
    every = [joined([one.keys[row] for one in made]) for row in range(len(curves))]
    ends_of_parts = np.cumsum([0, *(len(part.curves) for part in parts)])
    of_parts = tuple(tuple(every[first:last]) for first, last in pairwise(ends_of_parts))
    whole = Reduced(tuple(every), max(one.lips for one in made), max(one.head for one in made))
    return FewKeys(of_parts, whole, len(reach.unknown))


def stretches_of(frames: np.ndarray, spans: Spans) -> list[np.ndarray]:
    """[K] bool for each of `spans`: which of `frames` [K] are in it; one for all without any."""
    inside = [(frames >= first) & (frames <= last) for first, last in spans] or [np.ones(len(frames), dtype=bool)]
    return [one for one in inside if one.any()]


def _told(plan: Plan, made: list[Reduced], spans: Spans) -> str:
    frames = sum(int(inside.sum()) for inside in stretches_of(plan.prepared.frames, spans))
    before = frames * sum(len(writing.part.curves) for writing in plan.writings)
    lips, head = (max(found, default=0.0) for found in ([one.lips for one in made], [one.head for one in made]))
    return f" instead of {before:,}; at most {lips:.2f} mm at the lips, {head:.2f}° at the head."
