"""What a take is going to write: who gets which curves on which frames. Everything is checked; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from ..retargeting.eye_contact import with_eye_contact
from ..retargeting.strength import Strength, with_strength
from ..settings.properties import DuologueSettings, heads_of, people_of
from ..steps import Steps, each_part, part_of
from . import actions, timing
from .acting import warnings_of
from .beside import beside_partner
from .bodies import headings
from .retaking import Spans, people_with_keys
from .shape_parts import Part
from .start import start_of, written_start
from .targets import Target, check_apart, notes_of, parts_of, target_of

_LAST_FRAME: Final = 1_048_574
"""Beyond it Blender has no time."""


@dataclass(frozen=True)
class Writing:
    """Curves for one data-block of a person's, the new action's name, and whether the artist's plays on below."""

    part: Part
    person: int
    name: str
    on_top: bool


@dataclass(frozen=True)
class Plan:
    """`writings` at `frames` [K] of the scene, of a `performance` that begins at the frame `start`.

    `film` are both heads where Duologue built both and all of the take is new, so that it may be filmed; else empty.
    `notes` are worth telling.
    """

    performance: Performance
    writings: tuple[Writing, ...]
    frames: np.ndarray
    start: float
    film: tuple[bpy.types.Object, ...]
    notes: tuple[str, ...]


def planned(settings: DuologueSettings, take: Path, spans: Spans, performance: Performance) -> Steps[Plan]:
    """What `performance`, of the file `take`, writes for the conversation `settings`, as in `write_take`.

    Raises DuologueError.
    """
    scene = settings.id_data
    yield "Checking the heads", 0.0
    for person, amount in enumerate((settings.eye_contact_a, settings.eye_contact_b)):
        performance = with_eye_contact(performance, person, amount)
    people = people_with_keys(settings)
    found = [
        _target(scene, head, performance, needed=person in people) for person, head in enumerate(heads_of(settings))
    ]
    check_apart(found)
    targets = [found[person] for person in people]
    warnings = yield from part_of(warnings_of(scene, targets), 0.0, 0.4)
    start = written_start(settings) if spans else start_of(settings)
    frames = timing.key_frames(performance.seconds, performance.fps, scene.render, start)  # [K]
    _check_end(int(frames[-1]))
    straight_ahead = yield from part_of(headings(scene, found, performance, frames), 0.4, 0.8)
    writings: list[Writing] = []
    for person, (begin, _) in zip(people, each_part(len(people), 0.8), strict=True):
        yield "Laying out the keys", begin
        writings += _writings(settings, take, found, person, start, frames, straight_ahead[person])
    whole = len(people) == len(found) and not spans
    film = tuple(one.head for one in targets) if whole and all(one.own for one in targets) else ()
    notes = (*notes_of(scene, targets), *warnings)
    return Plan(performance, tuple(writings), frames, start, film, notes)


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


def _writings(
    settings: DuologueSettings,
    take: Path,
    targets: list[Target | None],
    person: int,
    start: float,
    frames: np.ndarray,
    straight_ahead: np.ndarray,
) -> list[Writing]:
    """What `person` gets at `frames` [K]; `straight_ahead` [K] as `headings` says."""
    scene, target = settings.id_data, targets[person]
    taken = target.performance
    if len(people_with_keys(settings)) == 1:
        taken = beside_partner(scene, target, targets[1 - person], person, start)
    strength = Strength(settings.expression_strength, settings.jaw_strength, settings.head_strength)
    seconds = timing.seconds_of(frames, scene.render, start)  # [K]
    parts = parts_of(target, with_strength(taken, strength), person, seconds, straight_ahead)
    name = f"{_names(settings)[person]} {take.parent.name}"
    return [
        Writing(part, person, name if actions.one_for_all() else f"{name} {part.kind}", on_top=not target.own)
        for part in parts
    ]


def _names(settings: DuologueSettings) -> tuple[str, str]:
    """What both people's actions are called by; namesakes by their objects, which have names of their own."""
    first, second = people_of(settings)
    if first != second:
        return first, second
    return tuple(first if head is None else head.name for head in heads_of(settings))  # type: ignore[return-value]
