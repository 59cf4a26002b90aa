"""The extension's preferences, as values: where the backend and its assets are."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import bpy

from ...backend.contract.errors import DuologueError
from ...backend.contract.installation import Installation, installation_in, moved_from
from ..paths import EXTENSION
from .backend_installation import BackendState, state_of
from .backend_location import PYTHON_VARIABLE, find_assets, find_python, short_folder
from .job_process import KEPT_WORKER, KeptWorker

PACKAGE: Final = __package__.partition(".addon")[0]
"""The extension's module name: bl_ext.<repository>.duologue once it is installed."""
_BACKEND: Final = "backend"
_LOOKED_AT_EVERY: Final = 2.0
_looked: dict[str, Any] = {"at": -_LOOKED_AT_EVERY, "state": None}


class PreferenceValues:
    """Where the worker lives; all may stay empty in a checkout, and where *Install backend* was pressed."""

    python: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Backend Python",
        description="An interpreter with the backend's packages, used instead of what Install backend made; "
        "DUOLOGUE_PYTHON overrides it",
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

    backend_folder: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Backend folder",
        description="Where Install backend puts it; empty for the extension's own folder. Move… moves what is there",
        subtype="DIR_PATH",
    )

    keep_worker: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Keep the worker between takes",
        description="The worker keeps its models in memory, so that the next take begins at once. It ends after ten "
        "minutes without a take, with the file, and by Free memory",
        default=True,
    )


def preference(context: bpy.types.Context, name: str) -> str:
    """A path of the preferences, absolute; empty where it is not set."""
    enabled = context.preferences.addons.get(PACKAGE)
    return bpy.path.abspath(getattr(enabled.preferences, name)) if enabled else ""


def remember(context: bpy.types.Context, name: str, value: str) -> None:
    """Set one of the preferences, to be saved when Blender closes."""
    enabled = context.preferences.addons.get(PACKAGE)
    if enabled is not None:
        setattr(enabled.preferences, name, value)
        context.preferences.is_dirty = True  # else Blender would not save it when it closes


def remembered_checkpoint(context: bpy.types.Context) -> str:
    """The file of DualTalk's weights that was used last; empty where there is none."""
    return preference(context, "checkpoint")


def remember_checkpoint(context: bpy.types.Context, file: Path) -> None:
    """For scenes to come."""
    remember(context, "checkpoint", str(file))


def backend_folder(context: bpy.types.Context) -> Path:
    """Where the backend is installed, or will be; where it was moved to, if Blender ended before it was told."""
    return moved_from(first_folder(context))


def first_folder(context: bpy.types.Context) -> Path:
    """The chosen folder, else the extension's own one, else Windows' own.

    Windows has its own because paths there are short; a backend that is in the extension's stays the one.
    """
    chosen = preference(context, "backend_folder")
    if chosen:
        return Path(chosen).absolute()
    own, short = _extension_folder(), short_folder(sys.platform, os.environ)
    return own if short is None or installation_in(own) is not None else short


def _extension_folder() -> Path:
    try:
        return Path(bpy.utils.extension_path_user(PACKAGE, path=_BACKEND))
    except ValueError:  # a checkout is no installed extension
        return Path(bpy.utils.user_resource("DATAFILES", path="duologue")) / _BACKEND


def installation(context: bpy.types.Context) -> Installation | None:
    """What *Install backend* made; None where there is none."""
    return installation_in(backend_folder(context))


def kept_worker(context: bpy.types.Context) -> KeptWorker | None:
    """The worker that stays between takes; None where the artist wants none, and for `-b`, which makes one take."""
    enabled = context.preferences.addons.get(PACKAGE)
    wanted = enabled is None or enabled.preferences.keep_worker
    return KEPT_WORKER if wanted and not bpy.app.background else None


def backend_python(context: bpy.types.Context) -> Path:
    """The interpreter that runs the worker. Raises DuologueError (WORKER_NOT_FOUND)."""
    return find_python(preference(context, "python"), EXTENSION, installed=installation(context))


def backend_assets(context: bpy.types.Context) -> Path | None:
    """The assets folder, or None when the worker is to use its own. Raises DuologueError (WORKER_NOT_FOUND)."""
    installed = installation(context)
    python = find_python(preference(context, "python"), EXTENSION, installed=installed)
    return find_assets(preference(context, "assets"), python, EXTENSION, installed=installed)


def backend_state(context: bpy.types.Context, *, now: bool = False) -> BackendState:
    """How the backend stands, looked at every two seconds at most, as panels ask; with `now` at once."""
    if now or time.monotonic() - _looked["at"] > _LOOKED_AT_EVERY:
        _looked["state"] = _look(context)
        _looked["at"] = time.monotonic()
    state: BackendState = _looked["state"]
    return state


def _look(context: bpy.types.Context) -> BackendState:
    try:
        own = find_python(preference(context, "python"), EXTENSION)
    except DuologueError as error:
        if preference(context, "python") or os.environ.get(PYTHON_VARIABLE):
            return BackendState(error.sentence(), ready=False, own=True, installed=installation(context) is not None)
        own = None
    return state_of(backend_folder(context), own)
