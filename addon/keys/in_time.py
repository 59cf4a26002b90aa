"""Whether lips are at the sound: an artist may slide or stretch the strips of a take, or move its sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import bpy

from ..conversation import sound_files
from ..settings.properties import DuologueSettings, heads_of
from ..staging.sequencer import sound_starts
from .laying_out import players_of
from .removing import owners_of
from .start import written_start
from .strips import is_active, is_in_own_time, put_in_time, shift_of, strip_playing

_FRAME = 0.5
"""What is nearer is at the sound: strips of sound begin on whole frames."""


@dataclass(frozen=True)
class Away:
    """How many `frames` lips come after the sound, below 0 before it; `stretched`: they drift, or play otherwise.

    `by_strip`: strips were moved, not the sound alone.
    """

    frames: float
    stretched: bool
    by_strip: bool

    def sentence(self) -> str:
        """One line for the panel."""
        if self.stretched:
            return "The take's strip is stretched or reversed: lips are not at the sound."
        return f"Lips come {abs(self.frames):.3g} frames {'after' if self.frames > 0.0 else 'before'} the sound."


def away_from_sound(settings: DuologueSettings) -> Away | None:
    """Where the take on the heads is not at its sound; the panel asks with every redraw. None where it is."""
    strips = list(_strips(settings))
    has_keys = strips or any(is_active(owner) for owner in _players(settings))
    if not settings.take or not has_keys:
        return None
    if not all(map(is_in_own_time, strips)):
        return Away(0.0, stretched=True, by_strip=True)
    start, sounds = written_start(settings), _sounds(settings)
    shifts = [shift_of(strip) for strip in strips] or [0.0]
    late = [min((start + shift - sound for sound in sounds or [start]), key=abs) for shift in shifts]
    worst = max(late, key=abs)
    if abs(worst) <= _FRAME:
        return None
    return Away(worst, stretched=False, by_strip=any(abs(shift) > _FRAME for shift in shifts))


def put_strips_back(settings: DuologueSettings) -> list[str]:
    """The take's strips play as written, at the sound; names of those for which there is no room on their tracks."""
    start, sounds = written_start(settings), _sounds(settings)
    shift = min((sound - start for sound in sounds), key=abs, default=0.0)
    strips = [strip_playing(owner) for owner in owners_of(settings) if not is_active(owner)]
    return [strip.name for strip in strips if strip is not None and not put_in_time(strip, shift)]


def _sounds(settings: DuologueSettings) -> list[float]:
    return sound_starts(settings.id_data, sound_files(settings), settings.number)


def _players(settings: DuologueSettings) -> Iterator[bpy.types.ID]:
    for head in heads_of(settings):
        if head is not None:
            yield from players_of(head)


def _strips(settings: DuologueSettings) -> Iterator[bpy.types.NlaStrip]:
    for owner in _players(settings):
        strip = None if is_active(owner) else strip_playing(owner)
        if strip is not None:
            yield strip
