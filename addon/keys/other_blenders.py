"""Two Blenders on one .blend: the later save takes the place of the earlier one, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..settings.properties import conversations_of, heads_of
from .takes import takes_beside


@dataclass(frozen=True)
class OnDisk:
    """The .blend at `path` as it was on disk at some moment; `written` is when, in nanoseconds."""

    path: str
    written: int


def on_disk() -> OnDisk | None:
    """The .blend that is open, as it is on disk now; None where it is nowhere."""
    try:
        return OnDisk(bpy.data.filepath, Path(bpy.data.filepath).stat().st_mtime_ns) if bpy.data.filepath else None
    except OSError:
        return None


def overtakes(destination: str, read: OnDisk | None) -> bool:
    """Whether a save to `destination` replaces what another program wrote since the .blend was `read` here.

    Files without a conversation are not Duologue's business.
    """
    if read is None or not destination == read.path == bpy.data.filepath or on_disk() in (None, read):
        return False
    every = (one for scene in bpy.data.scenes for one in conversations_of(scene))
    return any(one.take or any(heads_of(one)) for one in every)


def sentence_on(destination: str) -> str:
    """What became of the other version of the .blend at `destination`, which was just written, and of its takes."""
    blend, former = Path(destination), Path(f"{destination}1")
    kept = f"that version is {former.name} now" if former.exists() else "that version is gone"
    told = f"Another Blender had saved {blend.name} since it was opened here; {kept}."
    takes = takes_beside(blend)
    return f"{told} The takes of both are in {takes}." if takes.is_dir() else told
