"""The panel *Generate*: the button, what of a take is made anew, and by which engine and where."""

from __future__ import annotations

from typing import Final

import bpy

from ..conversation import checkpoint_file
from ..settings.conversations import settings_of
from .generate_rows import draw_engine, draw_generate, draw_kept_worker, draw_placing, draw_reaction, draw_retake
from .presets import DUOLOGUE_PT_generate_presets
from .sidebar import SubPanel, scene_is_free


class DUOLOGUE_PT_generate(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Make a take, or a take again."""

    bl_label = "Generate"
    bl_idname = "DUOLOGUE_PT_generate"
    bl_order = 4

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        """The button that opens the presets."""
        DUOLOGUE_PT_generate_presets.draw_panel_header(self.layout)

    def draw(self, context: bpy.types.Context) -> None:
        """The button above what decides what it does, so that it never moves."""
        settings = settings_of(context.scene)
        self.layout.enabled = True  # for the cross; the button makes way for it
        draw_generate(self.layout, settings)
        rest = self.layout.column()
        rest.enabled = scene_is_free()
        draw_reaction(rest, context, settings)
        draw_retake(rest, context, settings)


class DUOLOGUE_PT_engine(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """What turns sound into movement, and the seed of what sound does not decide."""

    bl_label = "Engine and seed"
    bl_idname = "DUOLOGUE_PT_engine"
    bl_parent_id = "DUOLOGUE_PT_generate"
    bl_order = 0
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """The engine, its file where it needs one, the seed, and the worker that waits."""
        draw_engine(self.layout, context, settings_of(context.scene), with_checkpoint=bool(checkpoint_file(context)))
        draw_kept_worker(self.layout)


class DUOLOGUE_PT_placing(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Where in the scene's time keys and sound go."""

    bl_label = "Start and range"
    bl_idname = "DUOLOGUE_PT_placing"
    bl_parent_id = "DUOLOGUE_PT_generate"
    bl_order = 1
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """Start and the scene's range."""
        draw_placing(self.layout, context, settings_of(context.scene))


CLASSES: Final = (DUOLOGUE_PT_generate, DUOLOGUE_PT_engine, DUOLOGUE_PT_placing)
