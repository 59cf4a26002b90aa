"""Where films go, and what they are called."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.files import explained_write_errors
from ..settings.output_properties import output_of
from .render import part_of_film

FILMS_FOLDER: Final = "films"
_DEAD: Final = 600.0
"""Seconds without a change after which nobody films a preview any more: its Blender has crashed."""


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


@contextlib.contextmanager
def claimed_preview(scene: bpy.types.Scene) -> Iterator[Path]:
    """Where the preview film goes, in place of the one before; beside it while another Blender is at that.

    It is this Blender's until its part is gone or renamed; where the inside raises, at once no more.
    Raises DuologueError (OUTPUT_NOT_WRITABLE, DISK_FULL).
    """
    base = films_folder(scene) / f"{_name(scene)} preview.mp4"
    part = part_of_film(base)
    with contextlib.suppress(OSError):
        if time.time() - part.stat().st_mtime > _DEAD:
            part.unlink()
    others = (base.with_name(f"{base.stem} {number}.mp4") for number in itertools.count(2))
    with _claimed(itertools.chain((base,), others), new=False) as film:
        yield film


@contextlib.contextmanager
def claimed_film(scene: bpy.types.Scene) -> Iterator[Path]:
    """A numbered film that is not there yet and that nobody else is at; as `claimed_preview`."""
    folder, name = films_folder(scene), _name(scene)
    with _claimed((folder / f"{name} {number:03d}.mp4" for number in itertools.count(1)), new=True) as film:
        yield film


@contextlib.contextmanager
def _claimed(films: Iterable[Path], *, new: bool) -> Iterator[Path]:
    """The first of `films` whose part nobody has made; `new`: that is not there either."""
    film = next(one for one in films if _claim(one, new=new))
    try:
        yield film
    except BaseException:
        part_of_film(film).unlink(missing_ok=True)
        raise


def _claim(film: Path, *, new: bool) -> bool:
    if new and film.exists():
        return False
    part = part_of_film(film)
    with explained_write_errors(film):
        film.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.open("xb").close()
        except FileExistsError:
            return False
        if new and film.exists():  # another Blender has finished it in between
            part.unlink()
            return False
    return True


def _name(scene: bpy.types.Scene) -> str:
    """The .blend's name, and the scene's where there are several."""
    stem = Path(bpy.data.filepath).stem if bpy.data.filepath else "untitled"
    return stem if len(bpy.data.scenes) == 1 else f"{stem} {bpy.path.clean_name(scene.name)}"
