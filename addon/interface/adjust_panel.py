"""The panel *Adjust*: sliders that the keys follow, and the button that sets them back."""

from __future__ import annotations

from typing import Final

import bpy

from ..adjusting.adjustment import AS_GENERATED
from ..keys.adopting import unknown_keys
from ..keys.following import has_followers, is_behind
from ..keys.timing import frames_a_second
from ..settings.adjust_properties import BOTH, adjustments_of, people_adjusted, reset_sliders, shown_sliders
from ..settings.people import names_of
from ..settings.properties import DuologueSettings, settings_of
from .following import edited_names, edited_sentence, is_waiting, knows_parts
from .presets import DUOLOGUE_PT_adjust_presets
from .sidebar import SubPanel, native
from .wrapping import draw_lines, row_or_column

_GROUPS: Final = (
    ("liveliness",),
    ("lips", "jaw", "upper_face"),
    ("head", "gaze", "eye_contact"),
    ("blink_rate", "blink_strength"),
)
_OF_PARTS: Final = ("upper_face", "blink_rate", "blink_strength")
"""What needs an expression whose numbers have names."""
_SMOOTHING: Final = ("smooth_mouth", "smooth_brows", "smooth_head", "smooth_eyes")


class DUOLOGUE_OT_reset_adjust(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Set the sliders that are shown back to the take as it was generated."""

    bl_idname = "duologue.reset_adjust"
    bl_label = "Reset"
    bl_description = (
        "Set the sliders that are shown back: the take as it was generated. One slider alone: Backspace over it"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Something must have been moved."""
        settings = settings_of(context.scene)
        shown = people_adjusted(settings) if settings.adjust.shown == BOTH else (shown_sliders(settings),)
        if all(sliders.told() == AS_GENERATED for sliders in shown):
            cls.poll_message_set("Every slider is as generated")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set back; the keys follow."""
        reset_sliders(settings_of(context.scene))
        return {"FINISHED"}


class DUOLOGUE_PT_adjust(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """The take, stronger or weaker, calmer or livelier, without the model."""

    bl_label = "Adjust"
    bl_idname = "DUOLOGUE_PT_adjust"
    bl_order = 6
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        """Presets and *Reset*, where Blender's own panels have theirs."""
        DUOLOGUE_PT_adjust_presets.draw_panel_header(self.layout)
        self.layout.operator("duologue.reset_adjust", text="", icon="LOOP_BACK", emboss=False)

    def draw(self, context: bpy.types.Context) -> None:
        """Whose sliders, then the sliders from the whole to the parts."""
        settings = settings_of(context.scene)
        row_or_column(self.layout, context).prop(settings.adjust, "shown", expand=True)
        layout = native(self.layout, context)
        sliders, parts = shown_sliders(settings), knows_parts(settings)
        for names in _GROUPS:
            column = layout.column(align=True)
            for name in names:
                row = column.row(align=True)
                row.active = parts or name not in _OF_PARTS
                row.prop(sliders, name, slider=True)
        if not parts:
            draw_lines(layout, context, "This take is in FLAME's numbers: Lips is the whole face.", "INFO")
        self._draw_time(context, layout, sliders)
        self._draw_smoothing(context, sliders)
        self._draw_state(context, settings)

    def _draw_time(
        self, context: bpy.types.Context, layout: bpy.types.UILayout, sliders: bpy.types.PropertyGroup
    ) -> None:
        column = layout.column()
        column.prop(sliders, "offset")
        frames = sliders.offset * frames_a_second(context.scene.render)
        row = column.row()
        row.alignment = "RIGHT"
        row.label(
            text=f"{abs(frames):.1f} frames {'later' if frames > 0 else 'earlier'}" if frames else "With the sound"
        )
        column.prop(sliders, "mirrored")

    def _draw_smoothing(self, context: bpy.types.Context, sliders: bpy.types.PropertyGroup) -> None:
        used = sum(getattr(sliders, name) > 0.0 for name in _SMOOTHING)
        header, body = self.layout.panel("duologue_smoothing", default_closed=True)
        header.label(text=f"Smoothing ({used} used)" if used else "Smoothing")
        if body is not None:
            column = native(body, context, align=True)
            for name in _SMOOTHING:
                column.prop(sliders, name, slider=True)

    def _draw_state(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        """Whether the keys follow, and if not, why and what to do."""
        self.layout.prop(settings.adjust, "live")
        first, second = adjustments_of(settings)
        if settings.adjust.shown == BOTH and first != second:
            name = names_of(settings)[0]
            draw_lines(self.layout, context, f"They differ: {name}'s are shown, a slider sets both.", "INFO")
        if unknown_keys(settings):
            told = (
                "Nobody here knows the take of these keys: sliders move them once Locate… under Takes says where it is."
            )
            draw_lines(self.layout, context, told, "INFO")
        elif not has_followers(settings):
            draw_lines(self.layout, context, "The keys will have this when they are written.", "INFO")
        elif is_behind(settings) and not is_waiting(settings):
            names = edited_names(settings)
            if names:
                draw_lines(self.layout, context, edited_sentence(names), "ERROR")
            self.layout.operator("duologue.write_keys", icon="KEYINGSET")


CLASSES: Final = (DUOLOGUE_OT_reset_adjust, DUOLOGUE_PT_adjust)
