"""Takes and paths go where the .blend goes: what *Save*, *Save as* and *Save copy* change in the panels' paths."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.job import PERFORMANCE_FILE
from ..settings.blend_paths import PATHS, file_of, is_relative, remembered, told_from
from ..settings.properties import DuologueSettings, conversations_of
from .take_notes import read_notes
from .takes import TAKES_FOLDER, linked_or_copied, takes_beside, users_takes

_TAKES: Final = ("take", "partner_take", "before")


@dataclass
class Following:
    """What was done for a .blend that is about to be written to `destination`, so that it can be told or undone.

    `before` has each path that was changed, as it was. `copied` are take folders, from where they were to where they
    are now; `made` are those that were not there before. `failures` are sentences.
    """

    destination: str
    before: list[tuple[bpy.types.PropertyGroup, str, str]] = field(default_factory=list)
    copied: dict[Path, Path] = field(default_factory=dict)
    made: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """What the artist should know; empty where nothing was copied."""
        takes = ", ".join(dict.fromkeys(folder.name for folder in self.copied.values()))
        beside = takes_beside(Path(self.destination))
        told = [f"Copied along into {beside}: {takes}."] if self.made else []
        return " ".join((*told, *self.failures))

    def put_back(self) -> None:
        """The paths are as before."""
        for settings, name, path in self.before:
            setattr(settings, name, path)

    def undo(self) -> None:
        """The paths are as before, and what was copied is gone."""
        self.put_back()
        for folder in self.made:
            shutil.rmtree(folder, ignore_errors=True)


def follow(destination: str) -> Following:
    """Change every conversation's paths to what they are from a .blend at `destination`, before it is written.

    Takes that lie in the takes folder of the .blend that is open, or among the user's settings, are copied into that of
    `destination`, each folder whole or not at all; one that cannot be copied stays where it is and is told. So do the
    other takes that were made for a conversation, if the .blend goes into another folder: within one the list finds
    them. Other files stay, and what is told by “//” keeps meaning the same file.
    """
    following = Following(destination)
    for scene in bpy.data.scenes:
        if scene.library is None:
            for settings in conversations_of(scene):
                for name in PATHS:
                    _follow(following, settings, name)
                for take in _others(settings, Path(destination)):
                    _copied_along(following, take)
                _follow(following, settings.takes, "before")
                _change(following, settings, "saved_in", destination)
    return following


def _others(settings: DuologueSettings, destination: Path) -> Iterator[Path]:
    """The takes of a conversation that the list would not find from `destination`."""
    owner, blend = settings.takes.owner, bpy.data.filepath
    bases = [users_takes()]
    if blend and Path(blend).parent != destination.parent:
        bases += (Path(blend).parent / TAKES_FOLDER).glob("*")
    for base in bases if owner else ():
        for take in base.glob(f"*/{PERFORMANCE_FILE}"):
            if read_notes(take.parent).owner == owner:
                yield take


def _follow(following: Following, settings: bpy.types.PropertyGroup, name: str) -> None:
    path: str = getattr(settings, name)
    if not path or (is_relative(path) and not bpy.data.filepath and not getattr(settings, "saved_in", "")):
        return
    file = file_of(settings, path)
    if name in _TAKES:
        if name == "before":  # it is not in use: it goes along with the other takes, or stays with them
            file = following.copied.get(file.parent, file.parent) / file.name
        else:
            file = _copied_along(following, file)
        new = told_from(file, following.destination) if is_relative(path) else remembered(file, following.destination)
    elif is_relative(path) and not _means(path, file, following.destination):
        new = told_from(file, following.destination)
    else:
        return
    _change(following, settings, name, new)


def _means(path: str, file: Path, blend: str) -> bool:
    """Whether the relative `path` is `file` from the .blend at `blend`."""
    return os.path.normpath(Path(blend).parent / path.removeprefix("//")) == os.path.normpath(file)


def _change(following: Following, settings: bpy.types.PropertyGroup, name: str, new: str) -> None:
    path: str = getattr(settings, name)
    if new != path:
        following.before.append((settings, name, path))
        setattr(settings, name, new)


def _copied_along(following: Following, take: Path) -> Path:
    """The take in the takes folder of the destination, if it is to be there; `take` itself otherwise."""
    folder, base = take.parent, takes_beside(Path(following.destination))
    own = folder.parent == users_takes()
    if bpy.data.filepath and Path(bpy.data.filepath) != Path(following.destination):
        own |= folder.parents[1] == Path(bpy.data.filepath).parent / TAKES_FOLDER
    if not own or take.name != PERFORMANCE_FILE or not take.is_file() or folder.parent == base:
        return take
    if folder not in following.copied:
        try:
            following.copied[folder], new = _copy(folder, base)
        except (OSError, shutil.Error) as error:
            reason = getattr(error, "strerror", None) or "it cannot be written"
            following.failures.append(f"{folder.name} was not copied along ({reason}); it stays at {folder}.")
            following.copied[folder] = folder
            new = False
        if new:
            following.made.append(following.copied[folder])
    return following.copied[folder] / take.name


def _copy(folder: Path, base: Path) -> tuple[Path, bool]:
    """`folder` copied into `base` under its name or the next one that is free, and whether that was needed."""
    target, number = base / folder.name, 1
    while target.exists():
        if _same(folder / PERFORMANCE_FILE, target / PERFORMANCE_FILE):
            return target, False
        number += 1
        target = base / f"{folder.name}-{number}"
    part = base / f"{target.name}.{os.getpid()}.part"
    try:
        shutil.copytree(folder, part, symlinks=True, copy_function=linked_or_copied)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return target, True


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
