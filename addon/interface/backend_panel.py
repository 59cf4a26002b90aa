"""The backend in the panel, while there is none, and in the preferences: installed, repaired, moved, removed."""

from __future__ import annotations

import bpy

from ..worker.preferences import PACKAGE, PreferenceValues, backend_state
from .operators.check_backend import RunningCheck
from .operators.install_backend import RunningInstallation, may_go_online
from .wrapping import draw_lines


def backend_is_needed(context: bpy.types.Context) -> bool:
    """Whether the panel has to offer the backend: there is none, it is being made, or an update wants a newer one."""
    state = backend_state(context)
    return not state.ready or state.outdated or RunningInstallation.worker is not None


def draw_backend(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """A box that offers the backend, or shows how far it is; nothing where none is needed."""
    if not backend_is_needed(context):
        return
    box = layout.box()
    if RunningInstallation.worker is not None:
        _draw_progress(box, context)
        return
    draw_lines(box, context, backend_state(context).sentence, "INFO")
    draw_install(box, context)


def draw_install(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The buttons that bring a backend, or mend the one that is there."""
    state = backend_state(context)
    if state.own:
        layout.operator("preferences.addon_show", text="Open preferences", icon="PREFERENCES").module = PACKAGE
        return
    row = layout.row()
    row.scale_y = 1.5
    text = "Go on installing" if state.begun else "Update backend" if state.outdated else "Install backend"
    mends = state.ready and not state.outdated
    row.operator("duologue.install_backend", text="Repair backend" if mends else text, icon="IMPORT").again = mends
    if not may_go_online():
        draw_lines(layout, context, "Blender's online access is off. Allow it, or install from a folder.", "ERROR")
        layout.operator("screen.userpref_show", text="Preferences › System", icon="PREFERENCES").section = "SYSTEM"
    layout.operator("duologue.install_backend_from_folder", icon="FILE_FOLDER").again = mends


def _draw_progress(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The sentence above the bar, where a narrow sidebar has room for it."""
    worker = RunningInstallation.worker
    draw_lines(layout, context, worker.stage)
    layout.progress(text=f"{100 * worker.share:.0f} %", factor=worker.share)
    layout.operator("duologue.cancel_installation", icon="CANCEL")


class DuologuePreferences(PreferenceValues, bpy.types.AddonPreferences):
    """The backend, and paths for those who bring their own."""

    bl_idname = PACKAGE

    def draw(self, context: bpy.types.Context) -> None:
        """The backend's box, then the paths."""
        box = self.layout.box()
        state = backend_state(context)
        if RunningInstallation.worker is not None:
            _draw_progress(box, context)
        else:
            draw_lines(box, context, state.sentence, "CHECKMARK" if state.ready and not state.outdated else "INFO")
            if not state.ready or state.outdated:
                draw_install(box, context)
            _draw_upkeep(box, context)
        column = self.layout.column()
        column.use_property_split, column.use_property_decorate = True, False
        for name in ("python", "assets", "checkpoint", "keep_worker"):
            column.prop(self, name)


def _draw_upkeep(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    if RunningCheck.worker is not None:
        layout.progress(text=RunningCheck.worker.stage, factor=RunningCheck.worker.share)
        layout.operator("duologue.cancel_check", icon="CANCEL")
        return
    row = layout.row(align=True)
    row.operator("duologue.check_backend", icon="CONSOLE")
    whole = backend_state(context).installed
    if whole:
        way = "duologue.install_backend" if may_go_online() else "duologue.install_backend_from_folder"
        row.operator(way, text="Repair", icon="TOOL_SETTINGS").again = True
        row.operator("duologue.move_backend", icon="FILE_FOLDER")
    if whole or backend_state(context).begun:
        row.operator("duologue.remove_backend", text="Remove", icon="TRASH")
