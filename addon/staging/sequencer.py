"""Sound in the sequencer, in every Blender from 4.2 to 5.2; a build without audio is survived and said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy

from ..settings.blend_paths import remembered

_STRIPS_VERSION: Final = (4, 4)
_STRIP_PREFIX: Final = "Duologue "
_CONVERSATION: Final = "duologue_conversation"
"""On a strip: the number of its conversation; strips without it were placed when a scene had but one."""
_SAME_FRAME: Final = 0.5


@dataclass(frozen=True)
class Sound:
    """A file that is heard `offset` seconds after the take's first moment."""

    path: Path
    offset: float = 0.0


@dataclass(frozen=True)
class StripSound:
    """What one strip of the artist's plays: `seconds` of `path` from second `inside` on, heard from the frame `begin`.

    `whole` where neither end is cut off and the sound is as loud as in the file; `gain` how loud it is played.
    """

    name: str
    channel: int
    path: Path
    begin: float
    inside: float
    seconds: float
    gain: float
    whole: bool


def strip_sounds(scene: bpy.types.Scene) -> list[StripSound]:
    """What the artist's own sound strips play, from the earliest on; muted ones and Duologue's own are left out."""
    found = [_strip_sound(strip) for strip in _artists_sounds(scene) if strip.sound is not None]
    return sorted(found, key=lambda one: (one.begin, one.channel))


def has_strip_sounds(scene: bpy.types.Scene) -> bool:
    """Whether `strip_sounds` finds any; a panel asks with every redraw."""
    return any(strip.sound is not None for strip in _artists_sounds(scene))


def _strip_sound(strip: Any) -> StripSound:
    render = strip.id_data.render
    fps = render.fps / render.fps_base
    first, end = float(strip.frame_final_start), float(strip.frame_final_end)
    content = _content_start(strip)
    return StripSound(
        name=strip.name,
        channel=strip.channel,
        path=Path(bpy.path.abspath(strip.sound.filepath, library=strip.sound.library)).absolute(),
        begin=max(first, content),
        inside=max(0.0, first - content) / fps,
        seconds=(end - max(first, content)) / fps,
        gain=float(strip.volume),
        whole=strip.frame_offset_start <= 0 and strip.frame_offset_end <= 0 and strip.volume == 1.0,
    )


def place_sounds(scene: bpy.types.Scene, sounds: Sequence[Sound], start: float, conversation: int = 0) -> list[str]:
    """One strip a file from the frame `start`; strips placed before for `conversation` are replaced. Returns warnings.

    Strips of the artist's own stay untouched; a file that one of them plays from there on gets no second one.
    """
    remove_sounds(scene, conversation)
    fps = scene.render.fps / scene.render.fps_base
    begins = [(sound.path, start + sound.offset * fps) for sound in sounds]  # frames
    heard = [(path, begin) for path, begin in begins if not _is_heard(scene, path, begin)]
    warnings = [warning for path, begin in heard if (warning := _place(scene, path, begin, conversation))]
    scene.sync_mode = "AUDIO_SYNC"
    return warnings


def _place(scene: bpy.types.Scene, path: Path, begin: float, conversation: int) -> str | None:
    """A strip of `path` from the frame `begin`; why there is none, else None."""
    strips = _strips(scene)
    try:
        strip = strips.new_sound(_STRIP_PREFIX + path.stem, str(path), _free_channel(strips), math.floor(begin))
    except RuntimeError as error:
        return f"The sound {path.name} was not placed: {str(error).strip().removeprefix('Error: ')}."
    if strip.sound.samplerate == 0:  # so Blender tells of a file that it cannot play
        strips.remove(strip)
        return f"The sound {path.name} was not placed: Blender cannot play it. Convert it to wav or flac."
    strip.sound.filepath = remembered(path)
    strip[_CONVERSATION] = conversation
    if begin % 1.0 and hasattr(strip, "sound_offset"):
        strip.sound_offset = begin % 1.0 * scene.render.fps_base / scene.render.fps
    return None


def remove_sounds(scene: bpy.types.Scene, conversation: int) -> None:
    """Take away the strips that were placed for the conversation with this number."""
    if scene.sequence_editor is None:
        return
    strips = _strips(scene)
    for strip in [one for one in strips if _is_own(one, conversation)]:
        strips.remove(strip)


def sound_start(scene: bpy.types.Scene, paths: Sequence[Path]) -> float | None:
    """The frame at which a strip of the artist's own, in a meta strip or not, has the beginning of one of `paths`.

    The first file that has such a strip counts, and of several strips the earliest. A strip that is cut at its front
    begins later than its sound. None where no strip that can be heard plays any of them.
    """
    for path in paths:
        starts = [_content_start(strip) for strip in _artists_sounds(scene) if _plays(strip, path)]
        if starts:
            return min(starts)
    return None


def own_sound_start(scene: bpy.types.Scene, conversation: int) -> float | None:
    """The frame at which the strips placed for a conversation begin, wherever the artist has moved them."""
    if scene.sequence_editor is None:
        return None
    return min((_content_start(one) for one in _strips(scene) if _is_own(one, conversation)), default=None)


def sound_starts(scene: bpy.types.Scene, paths: Sequence[Path], conversation: int) -> list[float]:
    """Every frame at which a strip, the artist's or one placed for a conversation, has the beginning of a sound."""
    artists = [strip for strip in _artists_sounds(scene) if any(_plays(strip, path) for path in paths)]
    placed = [one for one in _strips(scene) if _is_own(one, conversation)] if scene.sequence_editor is not None else []
    return [_content_start(strip) for strip in (*artists, *placed)]


def _is_heard(scene: bpy.types.Scene, path: Path, start: float) -> bool:
    return any(
        _plays(strip, path) and abs(_content_start(strip) - start) <= _SAME_FRAME for strip in _artists_sounds(scene)
    )


def _artists_sounds(scene: bpy.types.Scene) -> Iterator[Any]:
    if scene.sequence_editor is not None:
        yield from _heard_sounds(scene.sequence_editor)


def _heard_sounds(holder: Any) -> Iterator[Any]:
    """The artist's sound strips of an editor or a meta strip and of the meta strips in it, muted ones left out."""
    muted = {index for index, channel in enumerate(holder.channels) if channel.mute}
    for strip in holder.strips if bpy.app.version >= _STRIPS_VERSION else holder.sequences:
        if strip.mute or strip.channel in muted:
            continue
        if strip.type == "META":
            yield from _heard_sounds(strip)
        elif strip.type == "SOUND" and not strip.name.startswith(_STRIP_PREFIX):
            yield strip


def _plays(strip: Any, path: Path) -> bool:
    sound = strip.sound
    if sound is None or not sound.filepath or path == Path():
        return False
    played = Path(bpy.path.abspath(sound.filepath, library=sound.library)).absolute()
    return played == path or (played.exists() and path.exists() and played.samefile(path))


def _content_start(strip: Any) -> float:
    """The frame at which the file's first moment is, shown or cut off, with the strip's own offset of the sound."""
    begins = strip.content_start if hasattr(strip, "content_start") else strip.frame_start
    render = strip.id_data.render
    return float(begins) + getattr(strip, "sound_offset", 0.0) * render.fps / render.fps_base


def _is_own(strip: Any, conversation: int) -> bool:
    return bool(strip.name.startswith(_STRIP_PREFIX) and strip.get(_CONVERSATION, 0) == conversation)


def _free_channel(strips: Any) -> int:
    return max((strip.channel for strip in strips), default=0) + 1


def _strips(scene: bpy.types.Scene) -> Any:
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if bpy.app.version >= _STRIPS_VERSION else editor.sequences
