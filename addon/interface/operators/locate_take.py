"""*Locate…*: where a take is that is not where the .blend remembers it."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy_extras.io_utils import ImportHelper

from ....backend.contract.errors import DuologueError
from ....backend.contract.job import PERFORMANCE_FILE
from ....backend.contract.performance import load_performance
from ...keys.adopting import adopt_keys, unknown_keys
from ...keys.takes import take_file
from ...settings.blend_paths import file_of, remembered
from ...settings.properties import DuologueSettings, settings_of
from ..take_rows import refresh_soon
from .saying import say, say_error


class DUOLOGUE_OT_locate_take(bpy.types.Operator, ImportHelper):  # noqa: N801 — Blender's naming
    """Say where a take is now."""

    bl_idname = "duologue.locate_take"
    bl_label = "Locate…"
    bl_description = "Choose the performance.npz of the take, where it is now"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    filter_glob: bpy.props.StringProperty(default="*.npz", options={"HIDDEN"})  # type: ignore[valid-type]

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Open the file browser where the take was, or as near as there still is a folder."""
        settings = settings_of(context.scene)
        path = getattr(settings, _missing(settings))
        if path:
            self.filepath = str(_nearest_folder(file_of(settings, path)) / PERFORMANCE_FILE)
        return ImportHelper.invoke(self, context, event)  # type: ignore[no-any-return]

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remember the file, if it is a take."""
        settings = settings_of(context.scene)
        file = Path(bpy.path.abspath(self.filepath)).absolute()
        try:
            load_performance(file)
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        foreign = unknown_keys(settings)
        setattr(settings, _missing(settings), remembered(file))
        if foreign and settings.take:
            adopt_keys(settings)
            refresh_soon()
            say(self, context, f"The keys on the heads are of {file.parent.name}: sliders and takes go on from there.")
            return {"FINISHED"}
        say(self, context, f"The take is {file.parent.name}. Write keys puts it on the heads.")
        return {"FINISHED"}


def _nearest_folder(file: Path) -> Path:
    return next((one for one in file.parents if one.is_dir()), Path.home())


def _missing(settings: DuologueSettings) -> str:
    """The partner's take where that one alone is not where it was; else the take."""
    if settings.reaction == "both" or settings.partner_from != "take" or not settings.partner_take:
        return "take"
    try:
        take_file(settings, "partner_take")
    except DuologueError:
        return "partner_take"
    return "take"
