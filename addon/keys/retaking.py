"""What of the take in the scene stays when a new one is made: locked people, and everything outside a range."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import bpy

from ...backend.contract.constants import OFFICIAL_ENGINE
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.job import JobRequest, KeptTake
from ..settings.properties import DuologueSettings, animated_people, locked_people, settings_of
from .start import written_start
from .takes import take_file
from .timing import frames_a_second, seconds_of

Anew = Literal["all", "variation", "range"]
"""Everything that is not locked as the panel says; the same with the next seed; the next seed in a range alone."""


_ROUNDING: Final = 1e-6
_CHOOSE: Final = "Set the preview range (P in the timeline), or From and To in the panel."


Spans = tuple[tuple[int, int], ...]
"""First and last frames of what alone gets new keys; without any, every frame does."""


@dataclass(frozen=True)
class Retake:
    """A request around what stays, and where its keys go."""

    request: JobRequest
    spans: Spans = ()


def retake_of(context: bpy.types.Context, request: JobRequest, anew: Anew) -> Retake:
    """`request` as `anew` asks for it, around the take that the panel names.

    Raises DuologueError (SCENE_UNSUITABLE: nobody is left to animate, no range, an engine that always does the same;
    TAKE_NOT_FOUND: there is no take to keep something of).
    """
    scene, settings = context.scene, settings_of(context.scene)
    locked = locked_people(settings)
    if not people_with_keys(settings):
        raise _unsuitable("Both people are locked.", "Unlock who is to be made anew.")
    if anew != "all" or locked:
        _check_variable(settings, anew)
    if anew != "all":
        request = replace(request, seed=request.seed + 1)
    if anew != "range":
        keep = KeptTake(str(take_file(settings)), locked) if locked else None
        return Retake(replace(request, keep=keep))
    frames = range_to_make(scene)
    begins = written_start(settings)
    start, end = seconds_of([frames[0], frames[1] + 1], scene.render, begins).tolist()
    if end <= 0.0:
        raise _unsuitable(f"The range ends before frame {begins:g}, where the take begins.", _CHOOSE)
    keep = KeptTake(str(take_file(settings)), locked, ((max(start, 0.0), end),))
    return Retake(replace(request, keep=keep), (frames,))


def range_to_make(scene: bpy.types.Scene) -> tuple[int, int]:
    """First and last frame: the scene's preview range where it has one, otherwise the panel's.

    Raises DuologueError (SCENE_UNSUITABLE) where that is no range.
    """
    settings = settings_of(scene)
    first, last = settings.regenerate_from, settings.regenerate_to
    if scene.use_preview_range:
        first, last = scene.frame_preview_start, scene.frame_preview_end
    if last < first:
        raise _unsuitable(f"From frame {first} to {last} is no range.", _CHOOSE)
    return first, last


def range_to_write(settings: DuologueSettings) -> tuple[int, int]:
    """First and last frame that keys go into: the preview range where the scene has one, otherwise the panel's.

    Raises DuologueError (SCENE_UNSUITABLE) where that is no range.
    """
    scene, first, last = settings.id_data, settings.key_writing.first, settings.key_writing.last
    if scene.use_preview_range:
        first, last = scene.frame_preview_start, scene.frame_preview_end
    if last < first:
        raise _unsuitable(f"From frame {first} to {last} is no range.", _CHOOSE)
    return first, last


def spans_of(scene: bpy.types.Scene, keep: KeptTake) -> Spans:
    """The whole frames that show something of the seconds that `keep` makes anew."""
    start, rate = written_start(settings_of(scene)), frames_a_second(scene.render)
    ends = [(first * rate, last * rate) for first, last in keep.regenerate]
    return tuple(
        (math.ceil(start + first - _ROUNDING), math.ceil(start + last - _ROUNDING) - 1) for first, last in ends
    )


def people_with_keys(settings: DuologueSettings) -> tuple[int, ...]:
    """Who gets keys: who is animated and not locked."""
    return tuple(person for person in animated_people(settings) if person not in locked_people(settings))


def _check_variable(settings: DuologueSettings, anew: Anew) -> None:
    if settings.engine == OFFICIAL_ENGINE:
        raise _unsuitable("DualTalk's official file always makes the same of a sound.", "Choose another engine.")
    if anew == "range" and settings.reaction != "both":
        raise _unsuitable("A range is made for both people.", "Set Generate to Both, and lock who is to stay.")


def _unsuitable(what: str, fix: str) -> DuologueError:
    return DuologueError(ExitCode.SCENE_UNSUITABLE, what, fix)
