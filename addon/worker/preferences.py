"""The extension's preferences: where the backend's Python and its assets are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ..paths import EXTENSION
from .backend_location import find_assets, find_python

PACKAGE: Final = __package__.partition(".addon")[0]
"""The extension's module name: bl_ext.<repository>.duologue once it is installed."""


class DuologuePreferences(bpy.types.AddonPreferences):
    """Where the worker lives; both may stay empty in a checkout."""

    bl_idname = PACKAGE

    python: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Backend Python",
        description="The interpreter that `python3 build.py setup` printed; DUOLOGUE_PYTHON overrides it",
        subtype="FILE_PATH",
    )
    assets: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Assets folder",
        description="Where the open head and the speech encoder are; DUOLOGUE_ASSETS overrides it",
        subtype="DIR_PATH",
    )

    checkpoint: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="DualTalk checkpoint",
        description="What Use DualTalk checkpoint… left; scenes that name no other act by it",
        subtype="FILE_PATH",
    )

    def draw(self, _context: bpy.types.Context) -> None:
        """Two paths and a button that tries them."""
        self.layout.prop(self, "python")
        self.layout.prop(self, "assets")
        self.layout.prop(self, "checkpoint")
        self.layout.operator("duologue.check_backend")


def remembered_checkpoint(context: bpy.types.Context) -> str:
    """The file of DualTalk's weights that was used last; empty where there is none."""
    enabled = context.preferences.addons.get(PACKAGE)
    return bpy.path.abspath(enabled.preferences.checkpoint) if enabled else ""


def remember_checkpoint(context: bpy.types.Context, file: Path) -> None:
    """For scenes to come."""
    enabled = context.preferences.addons.get(PACKAGE)
    if enabled is not None:
        enabled.preferences.checkpoint = str(file)
        context.preferences.is_dirty = True  # else Blender would not save it when it closes


def backend_python(context: bpy.types.Context) -> Path:
    """The interpreter that runs the worker. Raises DuologueError (WORKER_NOT_FOUND)."""
    enabled = context.preferences.addons.get(PACKAGE)
    return find_python(bpy.path.abspath(enabled.preferences.python) if enabled else "", EXTENSION)


def backend_assets(context: bpy.types.Context) -> Path | None:
    """The assets folder, or None when the worker is to use its own. Raises DuologueError (WORKER_NOT_FOUND)."""
    enabled = context.preferences.addons.get(PACKAGE)
    preferred = bpy.path.abspath(enabled.preferences.assets) if enabled else ""
    return find_assets(preferred, backend_python(context), EXTENSION)
