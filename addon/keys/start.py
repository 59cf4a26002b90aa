"""At which scene frame a take begins: where the sound is, where the scene begins, or where the artist says."""

from __future__ import annotations

from ...backend.contract.performance import Performance
from ..conversation import sound_files
from ..settings.properties import START_AT_FRAME, DuologueSettings
from ..staging.sequencer import own_sound_start, sound_start
from .timing import key_frames


def start_of(settings: DuologueSettings) -> float:
    """The scene frame at which the next take begins; between two frames where the artist's sound does."""
    scene = settings.id_data
    if settings.start_from == START_AT_FRAME:
        return float(settings.start_frame)
    if settings.start_from == "sound":
        found = sound_start(scene, sound_files(settings))
        if found is None:
            found = own_sound_start(scene, settings.number)
        if found is not None:
            return found
    if settings.start_from == "preview" and scene.use_preview_range:
        return float(scene.frame_preview_start)
    return float(scene.frame_start)


def written_start(settings: DuologueSettings) -> float:
    """The scene frame at which the take that is on the heads begins."""
    return settings.take_start if settings.is_property_set("take_start") else start_of(settings)


def frames_of_take(settings: DuologueSettings, performance: Performance) -> tuple[int, int]:
    """The first and the last scene frame with a key of the take that is on the heads."""
    render, start = settings.id_data.render, written_start(settings)
    frames = key_frames(performance.seconds, performance.fps, render, start)
    return int(frames[0]), int(frames[-1])


def note_written(settings: DuologueSettings, start: float) -> None:
    """The take begins at `start` from now on; the range to make anew goes along."""
    before = start
    if settings.is_property_set("take_start"):
        before = settings.take_start
    elif not settings.is_property_set("regenerate_from"):
        before = float(settings.regenerate_from)
    moved = round(start) - round(before)
    if moved:
        settings.regenerate_from += moved
        settings.regenerate_to += moved
    settings.take_start = start
