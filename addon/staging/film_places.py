"""Where films go, and what they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ..settings.output_properties import output_of
from .render import part_of_film

FILMS_FOLDER: Final = "films"


def films_folder(scene: bpy.types.Scene) -> Path:
    """The folder for the films of `scene`, absolute: the chosen one, else beside the .blend.

    Of a file that was never saved they go among the user's Blender files.
    """
    chosen = output_of(scene).folder
    if chosen:
        return Path(bpy.path.abspath(chosen)).absolute()
    if bpy.data.filepath:
        return Path(bpy.data.filepath).parent / FILMS_FOLDER
    return Path(bpy.utils.user_resource("DATAFILES", path="duologue")) / FILMS_FOLDER


def preview_file(scene: bpy.types.Scene) -> Path:
    """The preview film; each one takes the place of the one before."""
    return films_folder(scene) / f"{_name(scene)} preview.mp4"


def next_film_file(scene: bpy.types.Scene) -> Path:
    """A film that is not there yet and that no other Blender is at, numbered."""
    folder, number = films_folder(scene), 1
    while (file := folder / f"{_name(scene)} {number:03d}.mp4").exists() or part_of_film(file).exists():
        number += 1
    return file


def _name(scene: bpy.types.Scene) -> str:
    """The .blend's name, and the scene's where there are several."""
    stem = Path(bpy.data.filepath).stem if bpy.data.filepath else "untitled"
    return stem if len(bpy.data.scenes) == 1 else f"{stem} {bpy.path.clean_name(scene.name)}"
