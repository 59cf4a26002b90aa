"""What a take is going to write: who gets which curves on which frames. Everything is checked; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from ..adjusting.adjustment import Adjustment
from ..retargeting.channel_groups import BODY
from ..settings.key_properties import groups_to_write
from ..settings.properties import DuologueSettings, heads_of, people_of
from ..steps import Steps, part_of
from . import actions
from .acting import warnings_of
from .bezier_keys import Keys
from .laying_out import Prepared, curves_of, prepared, wanted_adjustments
from .listing import listed
from .retaking import Spans
from .shape_parts import Part, of_groups
from .start import start_of, written_start
from .targets import notes_of


@dataclass(frozen=True)
class Writing:
    """Curves for one data-block of a person's, the new action's name, and whether the artist's plays on below.

    `adjustment` is what the curves have in them. `keys`, one for each of the part's curves, are written in place of a
    key a frame.
    """

    part: Part
    person: int
    name: str
    on_top: bool
    adjustment: Adjustment
    keys: tuple[Keys, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """`writings` of a take that was `prepared`.

    `film` are both heads where all of the take is new, so that it may be filmed; else empty.
    `notes` are worth telling.
    """

    prepared: Prepared
    writings: tuple[Writing, ...]
    film: tuple[bpy.types.Object, ...]
    notes: tuple[str, ...]


def planned(settings: DuologueSettings, take: Path, spans: Spans, performance: Performance) -> Steps[Plan]:
    """What `performance`, of the file `take`, writes for the conversation `settings`, as in `write_take`.

    Raises DuologueError.
    """
    scene = settings.id_data
    start = written_start(settings) if spans else start_of(settings)
    ready = yield from part_of(prepared(settings, performance, start), 0.0, 0.5)
    targets = [target for person in ready.people if (target := ready.targets[person]) is not None]
    warnings = yield from part_of(warnings_of(scene, targets), 0.5, 0.9)
    yield "Laying out the keys", 0.9
    adjustments = wanted_adjustments(settings, ready)
    names, groups = _names(settings), groups_to_write(settings.key_writing)
    writings = [
        Writing(
            part, person, _action_name(part, f"{names[person]} {take.parent.name}"), not target.own, adjustments[person]
        )
        for target, (person, parts) in zip(targets, curves_of(ready, adjustments).items(), strict=True)
        for part in of_groups(parts, groups)
    ]
    if not writings:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"Nothing of {listed(groups)} is on the heads." if groups else "No channels are chosen.",
            "Choose more under Channels.",
        )
    whole = len(ready.people) == len(ready.targets) and not spans and BODY in groups
    film = tuple(one.head for one in targets) if whole else ()
    notes = (*notes_of(scene, targets), *warnings)
    return Plan(ready, tuple(writings), film, notes)


def _action_name(part: Part, name: str) -> str:
    return name if actions.one_for_all() else f"{name} {part.kind}"


def _names(settings: DuologueSettings) -> tuple[str, str]:
    """What both people's actions are called by; namesakes by their objects, which have names of their own."""
    first, second = people_of(settings)
    if first != second:
        return first, second
    return tuple(first if head is None else head.name for head in heads_of(settings))  # type: ignore[return-value]
