"""Presets as Blender has them: small scripts in the user's folder, beside those that come with Duologue."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy
from bl_operators.presets import AddPresetBase
from bl_ui.utils import PresetPanel

from ...backend.contract.errors import DuologueError, ExitCode
from ..paths import EXTENSION
from ..settings.conversations import settings_of
from ..settings.staging_properties import places_of
from .operators.saying import say_error

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

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Run the preset, or say why not."""
        try:
            return bpy.ops.script.execute_preset(filepath=self.filepath, menu_idname=self.menu_idname)  # type: ignore[no-any-return]
        except RuntimeError as error:  # what Blender makes of whatever a preset raises
            name, reason = Path(self.filepath).stem, " ".join(str(error).removeprefix("Error: ").split())
            what = f"The preset {name} cannot be used as it is ({reason})."
            say_error(self, context, DuologueError(ExitCode.BAD_REQUEST, what, "Remove it, and save it again."))
            return {"CANCELLED"}


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

    @property
    def preset_values(self) -> list[str]:
        """Places only where a take has brought them: without one there is no mood that could be set."""
        staging = settings_of(bpy.context.scene).staging
        known = all(place.mood for place in places_of(staging))
        names = ("prompt", "prompt_without", "engine", "lock_a", "lock_b", "cuts", "grow_range")
        return [f"settings.{name}" for name in (*names, "staging" if known else "staging.used")]


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
    preset_values = ["settings.adjust.first", "settings.adjust.second"]  # noqa: RUF012 — Blender's own form


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
    DUOLOGUE_PT_adjust_presets,
    DUOLOGUE_OT_add_adjust_preset,
)
