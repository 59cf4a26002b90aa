"""The panel *Duologue* in the 3D view's sidebar."""

from __future__ import annotations

from typing import Final

import bpy

from ..conversation import checkpoint_file
from ..heads.rig import FACE_PROPERTY
from ..settings.properties import DuologueSettings, heads_of, people_of, settings_of
from ..worker.preferences import PACKAGE
from .backend_panel import draw_backend
from .conversation_rows import draw_conversations
from .generate_rows import draw_engine, draw_placing, draw_reaction, draw_retake
from .operators.check_backend import RunningCheck
from .operators.generate import RunningJob
from .operators.use_flame_file import RunningImport
from .progress_rows import draw_progress
from .remedies import remedies
from .wrapping import draw_lines, draw_property, is_narrow, row_or_column

_WORDS: Final = ("transcript_a", "transcript_b", "segments", "swap_speakers")


class DUOLOGUE_PT_main(bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Audio and a sentence in, two people out."""

    bl_label = "Duologue"
    bl_idname = "DUOLOGUE_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Duologue"

    def draw(self, context: bpy.types.Context) -> None:
        """From top to bottom in the order of the work."""
        settings = settings_of(context.scene)
        draw_backend(self.layout, context)
        draw_conversations(self.layout, context.scene)
        self._draw_audio(context, settings)
        self._draw_scene(context, settings)
        draw_engine(self.layout, context, settings, with_checkpoint=bool(checkpoint_file(context)))
        draw_reaction(self.layout, context, settings)
        self._draw_generate(context, settings)
        self._draw_message(context, settings)

    def _draw_audio(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        column = self.layout.column(heading="")
        row_or_column(column, context).prop(settings, "audio_kind", expand=True)
        names = {"tracks": ("track_a", "track_b"), "stereo": ("stereo",), "mix": ("mix",)}[settings.audio_kind]
        for name in names:
            draw_property(column, context, settings, name)
        if settings.audio_kind == "tracks":
            column.prop(settings, "by_timecode")
        self._draw_words(context, settings)

    def _draw_words(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        """What is said and who says it, where the sound alone is not to decide; the header tells how much is set."""
        header, body = self.layout.panel("duologue_words", default_closed=True)
        given = sum(bool(getattr(settings, name)) for name in _WORDS)
        header.label(text=f"Words and turns ({given} given)" if given else "Words and turns")
        if body is None:
            return
        column = body.column()
        for person, place in (("a", "First"), ("b", "Second")):
            row = draw_property(column, context, settings, f"transcript_{person}", place, "What they say")
            row.operator("duologue.choose_transcript", text="", icon="FILE_TEXT").person = person
        draw_property(column, context, settings, "segments", placeholder="Who speaks when")
        column.prop(settings, "swap_speakers")

    def _draw_scene(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        row = self.layout.row()
        row.active = not settings.staging.used
        row.prop(settings, "prompt", text="", icon="TEXT")
        self._draw_characters(context, settings)
        self._draw_face(context, settings)
        self.layout.operator("duologue.add_conversation", icon="COMMUNITY")

    def _draw_characters(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        """Who both heads are, to be changed there and then; who they will be, as long as there are none."""
        row = row_or_column(self.layout, context)
        for person, head, name in zip(("first", "second"), heads_of(settings), people_of(settings), strict=True):
            if head is not None and FACE_PROPERTY in head:
                menu = row.operator_menu_enum("duologue.load_character", "character", text=name, icon="USER")
                menu.person = person
            else:
                row.prop(settings, {"first": "character_a", "second": "character_b"}[person], text="")

    def _draw_face(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        if RunningImport.worker is not None:
            worker = RunningImport.worker
            draw_progress(self.layout, worker.stage, worker.share, "duologue.cancel_import")
            return
        row = row_or_column(self.layout, context)
        row.prop(settings, "face", text="")
        row.operator("duologue.use_flame_file", icon="FILE_FOLDER")

    def _draw_generate(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        if RunningJob.worker is not None:
            elsewhere = "" if RunningJob.is_for(settings) else "Another conversation: "
            draw_progress(self.layout, elsewhere + RunningJob.sentence(), RunningJob.share(), "duologue.cancel")
        else:
            row = self.layout.row()
            row.scale_y = 1.5
            row.operator("duologue.generate", icon="PLAY")
        self.layout.prop(settings, "seed")
        draw_placing(self.layout, context, settings)

    def _draw_message(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        if RunningCheck.worker is not None:
            draw_progress(self.layout, RunningCheck.worker.stage, RunningCheck.worker.share, "duologue.cancel_check")
            return
        if not settings.message:
            return
        box = self.layout.box()
        box.alert = settings.message_is_error
        draw_lines(box, context, settings.message, "ERROR" if settings.message_is_error else "INFO")
        if settings.message_is_error:
            _draw_remedies(box, settings)


def _draw_remedies(box: bpy.types.UILayout, settings: DuologueSettings) -> None:
    """The buttons that mend what the message says."""
    for remedy in remedies(settings.message_code):
        if remedy == "preferences":
            box.operator("preferences.addon_show", text="Open preferences", icon="PREFERENCES").module = PACKAGE
        elif remedy == "check":
            box.operator("duologue.check_backend", icon="CONSOLE")
        elif remedy == "heads":
            box.operator("duologue.add_conversation", icon="COMMUNITY")
        elif remedy == "locate":
            box.operator("duologue.locate_take", icon="FILE_FOLDER")
        elif remedy == "generate":
            box.operator("duologue.generate", icon="PLAY")
        elif settings.message_log:
            box.operator("wm.path_open", text="Open log", icon="TEXT").filepath = settings.message_log


class DUOLOGUE_PT_take(bpy.types.Panel):  # noqa: N801 — Blender's naming
    """The take on disk and how it lands on the heads."""

    bl_label = "Take"
    bl_idname = "DUOLOGUE_PT_take"
    bl_parent_id = "DUOLOGUE_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Duologue"

    def draw(self, context: bpy.types.Context) -> None:
        """What to make anew, strengths, heads and the button that writes again."""
        settings = settings_of(context.scene)
        if settings.take:
            draw_retake(self.layout, context, settings)
        column = self.layout.column(align=True)
        for name in ("expression_strength", "jaw_strength", "head_strength"):
            column.prop(settings, name, slider=True)
        column = self.layout.column(align=True)
        before = "Eye contact of "
        if is_narrow(context):
            column.label(text=before)
            before = ""
        for letter, person in zip("ab", people_of(settings), strict=True):
            column.prop(settings, f"eye_contact_{letter}", text=before + person, slider=True)
        column = self.layout.column(align=True)
        column.prop(settings, "head_a", text="")
        column.prop(settings, "head_b", text="")
        self.layout.prop(settings, "take", text="")
        self.layout.operator("duologue.write_keys", icon="KEYINGSET")
        self.layout.operator("duologue.export_take", icon="EXPORT")
