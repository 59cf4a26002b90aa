"""Sound in the sequencer, in every Blender from 4.2 to 5.2; a build without audio is survived and said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import bpy

_STRIPS_VERSION: Final = (4, 4)
_STRIP_PREFIX: Final = "Duologue "
_CONVERSATION: Final = "duologue_conversation"
"""On a strip: the number of its conversation; strips without it were placed when a scene had but one."""


def place_sounds(scene: bpy.types.Scene, paths: Sequence[Path], start_frame: int, conversation: int = 0) -> list[str]:
    """One strip a file from `start_frame`; strips placed before for `conversation` are replaced. Returns warnings.

    Files already used by strips of the artist's own stay untouched.
    """
    remove_sounds(scene, conversation)
    strips = _strips(scene)
    warnings = []
    for channel, path in enumerate(paths, start=_free_channel(strips)):
        try:
            strip = strips.new_sound(_STRIP_PREFIX + path.stem, str(path), channel, start_frame)
            strip[_CONVERSATION] = conversation
        except RuntimeError as error:
            warnings.append(f"The sound {path.name} was not placed: {str(error).strip().removeprefix('Error: ')}.")
    scene.sync_mode = "AUDIO_SYNC"
    return warnings


def remove_sounds(scene: bpy.types.Scene, conversation: int) -> None:
    """Take away the strips that were placed for the conversation with this number."""
    if scene.sequence_editor is None:
        return
    strips = _strips(scene)
    for strip in [one for one in strips if one.name.startswith(_STRIP_PREFIX)]:
        if strip.get(_CONVERSATION, 0) == conversation:
            strips.remove(strip)


def _free_channel(strips: Any) -> int:
    return max((strip.channel for strip in strips), default=0) + 1


def _strips(scene: bpy.types.Scene) -> Any:
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if bpy.app.version >= _STRIPS_VERSION else editor.sequences
