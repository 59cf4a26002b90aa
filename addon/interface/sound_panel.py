"""The panel *Sound*: what is heard, and with words and turns who says what."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.reading import is_file
from ..conversation import audio_paths
from ..settings.conversations import settings_of
from ..settings.people import names_of
from ..settings.properties import DuologueSettings
from ..staging.sequencer import has_strip_sounds
from ..staging.sound_files import facts_of
from .sidebar import SubPanel, native
from .speaking_rows import draw_speaking
from .wrapping import row_or_column

_LONGEST_NAME: Final = 18
"""Letters of a file's name that fit the default sidebar beside length, rate and channels."""
_WORDS: Final = ("transcript_a", "transcript_b", "segments", "swap_speakers")


class DUOLOGUE_PT_sound(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """How the dialogue was recorded, and its files."""

    bl_label = "Sound"
    bl_idname = "DUOLOGUE_PT_sound"
    bl_order = 2

    def draw(self, context: bpy.types.Context) -> None:
        """The kind, then a row for each file."""
        settings = settings_of(context.scene)
        row_or_column(self.layout, context).prop(settings, "audio_kind", expand=True)
        column = native(self.layout, context)
        names = names_of(settings) if settings.audio_kind == "tracks" else ("File",)
        slots = ("track_a", "track_b") if settings.audio_kind == "tracks" else (settings.audio_kind,)
        for slot, name, path in zip(slots, names, audio_paths(settings), strict=True):
            self._draw_file(column, settings, slot, name, path)
        if all(audio_paths(settings)) and settings.audio_kind == "tracks":
            column.prop(settings, "by_timecode")
        if has_strip_sounds(context.scene):
            self.layout.operator("duologue.use_strips", text="Use strips…", icon="SEQ_SEQUENCER")
        draw_speaking(self.layout, context, settings)

    def _draw_file(
        self, column: bpy.types.UILayout, settings: DuologueSettings, slot: str, name: str, path: Path | None
    ) -> None:
        row = column.row(align=True)
        row.prop(settings, slot, text=name, placeholder="Only listens" if slot.startswith("track") else "None")
        row.operator("duologue.choose_sound", text="", icon="FILE_FOLDER").slot = slot
        if path is None:
            return
        facts = facts_of(path)
        row = column.row()
        row.alignment, row.alert = "RIGHT", facts is None
        told = facts.sentence() if facts else "Blender cannot play it" if is_file(path) else "not found"
        row.label(text=f"{_shortened(path.name)}: {told}", icon="NONE" if facts else "ERROR", translate=False)


def _shortened(name: str) -> str:
    """`name` without its middle where that would push out of the row what the file is."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


class DUOLOGUE_PT_words(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """What is said and who says it, where the sound alone is not to decide."""

    bl_label = "Words and turns"
    bl_idname = "DUOLOGUE_PT_words"
    bl_parent_id = "DUOLOGUE_PT_sound"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        """How much is set."""
        settings = settings_of(context.scene)
        given = sum(bool(getattr(settings, name)) for name in _WORDS)
        if given:
            self.layout.label(text=f"{given} given")

    def draw(self, context: bpy.types.Context) -> None:
        """A transcript for each, then the turns."""
        settings = settings_of(context.scene)
        column = native(self.layout, context)
        for letter, name in zip("ab", names_of(settings), strict=True):
            row = column.row(align=True)
            row.prop(settings, f"transcript_{letter}", text=name, placeholder="What they say")
            row.operator("duologue.choose_transcript", text="", icon="FILE_TEXT").person = letter
        column.prop(settings, "segments", placeholder="Who speaks when")
        column.prop(settings, "swap_speakers")


CLASSES: Final = (DUOLOGUE_PT_sound, DUOLOGUE_PT_words)
