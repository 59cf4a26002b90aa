"""From a take and the sliders of *Adjust* to curves: what no slider changes is prepared once, the rest is arithmetic.

Writing keys and following a slider both lay out curves here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import bpy
import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from ..adjusting.adjusted import adjusted
from ..adjusting.adjustment import AS_GENERATED, Adjustment, Adjustments, as_text, from_text
from ..retargeting.rig_survey import armature_of, meshes_of
from ..settings.adjust_properties import adjustments_of
from ..settings.properties import DuologueSettings, heads_of
from ..steps import Steps, part_of
from . import timing
from .beside import Beside, beside_partner, placed
from .bodies import headings
from .retaking import people_with_keys
from .shape_parts import Part
from .strips import playing
from .targets import Target, check_apart, in_basis_of, parts_of, target_of

_FACE: Final = [JOINT_NAMES.index(name) for name in ("jaw", "eye_left", "eye_right")]
_LAST_FRAME: Final = 1_048_574
"""Beyond it Blender has no time."""
_ADJUSTED: Final = "duologue_adjusted"
"""On an action: what of *Adjust* its keys have in them, as JSON."""


@dataclass(frozen=True)
class Prepared:
    """A take, as on disk, with those who play it: `people` of both `targets` get keys at `frames` [K] of the scene.

    It begins at the frame `start`; `seconds` [K] are those of the frames after it. For each person `straight_ahead` [K]
    as `bodies.headings` says; `beside` where one person alone gets keys and goes to where the partner is.
    """

    performance: Performance
    targets: tuple[Target | None, Target | None]
    people: tuple[int, ...]
    frames: np.ndarray
    seconds: np.ndarray
    start: float
    straight_ahead: tuple[np.ndarray, np.ndarray]
    beside: Beside | None


def prepared(settings: DuologueSettings, performance: Performance, start: float) -> Steps[Prepared]:
    """Who plays `performance` for the conversation `settings`, from the frame `start`. Raises DuologueError."""
    scene = settings.id_data
    yield "Checking the heads", 0.0
    people = people_with_keys(settings)
    first, second = (
        _target(scene, head, performance, needed=person in people) for person, head in enumerate(heads_of(settings))
    )
    check_apart((first, second))
    frames = timing.key_frames(performance.seconds, performance.fps, scene.render, start)  # [K]
    _check_end(int(frames[-1]))
    ahead = yield from part_of(headings(scene, (first, second), performance, frames), 0.0, 0.9)
    beside = None
    if len(people) == 1:
        own, partner = (first, second) if people[0] == 0 else (second, first)
        if own is not None:
            beside = yield from part_of(beside_partner(scene, own, partner, people[0], start), 0.9, 1.0)
    seconds = timing.seconds_of(frames, scene.render, start)  # [K]
    return Prepared(performance, (first, second), people, frames, seconds, start, (ahead[0], ahead[1]), beside)


def wanted_adjustments(settings: DuologueSettings, ready: Prepared) -> Adjustments:
    """What the sliders ask for; of a person who gets no keys, what those have that are there."""
    asked = adjustments_of(settings)
    heads = heads_of(settings)
    first, second = (
        one if person in ready.people or heads[person] is None else adjustment_on(heads[person]) or AS_GENERATED
        for person, one in enumerate(asked)
    )
    return first, second


def curves_of(ready: Prepared, adjustments: Adjustments) -> dict[int, list[Part]]:
    """Person → the curves of a prepared take with what the sliders ask for."""
    told = adjusted(ready.performance, adjustments)
    return {person: curves_of_person(ready, told, person, adjustments[person].offset) for person in ready.people}


def curves_of_person(ready: Prepared, told: Performance, person: int, later: float) -> list[Part]:
    """The curves of `person` in a prepared take; `told` has what the sliders ask for, but for being so much `later`."""
    target = ready.targets[person]
    if target is None:
        raise LookupError(person)
    own = target.performance if told is ready.performance else in_basis_of(target, _without_other(told, person))
    if ready.beside is not None:
        own = placed(own, person, ready.beside)
    return parts_of(target, own, person, ready.seconds - later, ready.straight_ahead[person])


def note_adjustment(action: bpy.types.Action, adjustment: Adjustment) -> None:
    """The keys of `action` have this in them."""
    action[_ADJUSTED] = as_text(adjustment)


def adjustment_in(action: bpy.types.Action) -> Adjustment | None:
    """What the keys of `action` have in them; None where nobody knows."""
    text = action.get(_ADJUSTED)
    return from_text(text) if isinstance(text, str) else None


def adjustment_on(head: bpy.types.Object) -> Adjustment | None:
    """What the keys of the character `head` have in them; None where nobody knows."""
    return next((found for one in own_actions(head) if (found := adjustment_in(one)) is not None), None)


def own_actions(head: bpy.types.Object) -> Iterator[bpy.types.Action]:
    """The actions of Duologue's that play the character `head`, active or as strips, the likeliest first."""
    for owner in players_of(head):
        there = playing(owner)
        if there is not None:
            yield there.action


def players_of(head: bpy.types.Object) -> Iterator[bpy.types.ID]:
    """The armature of the character `head` and the shape keys of its meshes."""
    armature = armature_of(head)
    if armature is not None:
        yield armature
    for mesh in (head, *(meshes_of(armature) if armature is not None else ())):
        if mesh.type == "MESH" and mesh.data.shape_keys is not None:
            yield mesh.data.shape_keys


def _without_other(told: Performance, person: int) -> Performance:
    """`told` with the other one's face at rest: what a transfer to another face need not solve."""
    expression, pose = told.expression.copy(), told.pose.copy()
    expression[1 - person], pose[1 - person, :, _FACE] = 0.0, 0.0
    return replace(told, expression=expression, pose=pose)


def _target(
    scene: bpy.types.Scene, head: bpy.types.Object | None, performance: Performance, *, needed: bool
) -> Target | None:
    """None for a head that gets no keys and could not get any. Raises DuologueError for one that is to get them."""
    try:
        return target_of(scene, head, performance)
    except DuologueError:
        if needed:
            raise
        return None


def _check_end(last: int) -> None:
    if last > _LAST_FRAME:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"The take would end at frame {last}; Blender's last one is {_LAST_FRAME}.",
            "Let it start earlier (Start, in the panel).",
        )
