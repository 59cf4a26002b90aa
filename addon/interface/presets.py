"""Presets as Blender has them: small scripts in the user's folder, beside those that come with Duologue."""

from __future__ import annotations

from typing import Final

import bpy
from bl_operators.presets import AddPresetBase
from bl_ui.utils import PresetPanel

from ..paths import EXTENSION

_DEFINES: Final = [
    "scene = bpy.context.scene",
    "settings = [scene.duologue, *scene.duologue_more][min(scene.duologue_active, len(scene.duologue_more))]",
]
"""At the head of a preset: `settings` is the conversation that the panel shows, whatever of Duologue is loaded."""


class DUOLOGUE_OT_use_preset(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Blender's own operator, as one undo step."""

    bl_idname = "duologue.use_preset"
    bl_label = "Use preset"
    bl_description = "Set what this preset holds; everything else stays"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    filepath: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Preset", description="The preset's file", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    menu_idname: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Menu", description="Which presets it is one of", options={"SKIP_SAVE"}
    )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Run the preset."""
        return bpy.ops.script.execute_preset(filepath=self.filepath, menu_idname=self.menu_idname)  # type: ignore[no-any-return]


class DUOLOGUE_PT_generate_presets(PresetPanel, bpy.types.Panel):  # type: ignore[misc]  # noqa: N801
    """Presets for *Generate*."""

    bl_label = "Generation presets"
    preset_subdir = "duologue/generate"
    preset_operator = "duologue.use_preset"
    preset_operator_defaults = {"menu_idname": "DUOLOGUE_PT_generate_presets"}  # noqa: RUF012 — Blender's own form
    preset_add_operator = "duologue.add_generate_preset"


class DUOLOGUE_OT_add_generate_preset(AddPresetBase, bpy.types.Operator):  # type: ignore[misc]  # noqa: N801
    """Keep sentence, engine, staging values, locks and cuts."""

    bl_idname = "duologue.add_generate_preset"
    bl_label = "Add generation preset"
    bl_description = "Keep sentence, engine, staging values, locks and cuts as a preset, or remove a preset of yours"
    preset_menu = "DUOLOGUE_PT_generate_presets"
    preset_subdir = "duologue/generate"
    preset_defines = _DEFINES
    preset_values = [  # noqa: RUF012 — Blender's own form
        f"settings.{name}" for name in ("prompt", "engine", "lock_a", "lock_b", "cuts", "grow_range", "staging")
    ]


class DUOLOGUE_PT_adjust_presets(PresetPanel, bpy.types.Panel):  # type: ignore[misc]  # noqa: N801
    """Presets for *Adjust*."""

    bl_label = "Adjustment presets"
    preset_subdir = "duologue/adjust"
    preset_operator = "duologue.use_preset"
    preset_operator_defaults = {"menu_idname": "DUOLOGUE_PT_adjust_presets"}  # noqa: RUF012 — Blender's own form
    preset_add_operator = "duologue.add_adjust_preset"


class DUOLOGUE_OT_add_adjust_preset(AddPresetBase, bpy.types.Operator):  # type: ignore[misc]  # noqa: N801
    """Keep everything under *Adjust*."""

    bl_idname = "duologue.add_adjust_preset"
    bl_label = "Add adjustment preset"
    bl_description = "Keep all adjustments as a preset, or remove a preset of yours"
    preset_menu = "DUOLOGUE_PT_adjust_presets"
    preset_subdir = "duologue/adjust"
    preset_defines = _DEFINES
    preset_values = ["settings.adjust"]  # noqa: RUF012 — Blender's own form


def attach() -> None:
    """Let Blender find the presets that come with Duologue."""
    bpy.utils.register_preset_path(str(EXTENSION))


def detach() -> None:
    """No more."""
    bpy.utils.unregister_preset_path(str(EXTENSION))


CLASSES: Final = (
    DUOLOGUE_OT_use_preset,
    DUOLOGUE_PT_generate_presets,
    DUOLOGUE_OT_add_generate_preset,
)
