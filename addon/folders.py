"""Where the add-on keeps and finds things: presets, faces, takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import bpy

from ..backend.contract.face import Face, load_face
from .worker_client import PACKAGE_ROOT, WorkerSettings, run_backend

PRESETS: Final = PACKAGE_ROOT / "presets"
_EXPORT_SECONDS: Final = 300.0


def data_folder() -> Path:
    """The add-on's own folder in the user's Blender settings."""
    return Path(bpy.utils.user_resource("DATAFILES", path="duologue", create=True))


def assets_folder(preference: str) -> Path | None:
    """The assets the worker reads: DUOLOGUE_ASSETS, then the preference; None leaves the worker its default."""
    chosen = os.environ.get("DUOLOGUE_ASSETS") or preference
    return Path(chosen) if chosen else None


def new_take_folder() -> Path:
    """An empty folder for the next take: beside a saved .blend, otherwise in the add-on's own folder."""
    saved = bpy.data.filepath
    base = Path(saved).parent / "duologue_takes" / Path(saved).stem if saved else data_folder() / "takes"
    number = 1
    while (base / f"take-{number:03d}").exists():
        number += 1
    folder = base / f"take-{number:03d}"
    folder.mkdir(parents=True)
    return folder


def face_of(face_id: str, settings: WorkerSettings) -> Face:
    """The face `face_id`, exported by the worker once and kept. Raises DuologueError."""
    path = data_folder() / "faces" / f"{face_id}.npz"
    source = (settings.assets or PACKAGE_ROOT / ".assets") / "faces" / path.name
    if source.is_file():
        return load_face(source)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        run_backend(["export-face", "--face", face_id, "--out", str(path)], settings, _EXPORT_SECONDS)
    return load_face(path)
