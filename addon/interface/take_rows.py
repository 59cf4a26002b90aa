"""The list of takes as the panel shows it: read from disk bit by bit, never while the panel is drawn."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import bpy
import bpy.utils.previews

from ...backend.contract.errors import DuologueError, ExitCode
from ..keys.take_list import Listed, listed_in_steps
from ..keys.take_notes import TakeNotes, write_notes
from ..keys.takes import TAKES_FOLDER, takes_beside, users_takes
from ..settings.blend_paths import file_of
from ..settings.properties import DuologueSettings, conversations_of, settings_of
from ..steps import Steps
from .operators.saying import redraw_panels

_TICK_SECONDS: Final = 0.02
_PAUSE_SECONDS: Final = 0.01
_filling: list[bool] = []
_refreshing: list[Steps[None]] = []
_previews: list[Any] = []
_folders: dict[tuple[str, ...], str] = {}
_pictured: dict[str, float] = {}
"""By take folder: when the take was written whose picture is known."""


def _noted(row: TakeRow, context: bpy.types.Context) -> None:
    """The artist has changed a name, star or note in the list: it goes into the take's folder at once."""
    if _filling:
        return
    folder = Path(row.path)
    name = row.title.strip()
    try:
        _check_there(folder)
        write_notes(folder, TakeNotes("" if name == folder.name else name, row.star, row.note, row.owner))
    except DuologueError as error:
        settings = settings_of(context.scene)
        settings.message_code = int(error.code)
        settings.message, settings.message_is_error = f"{error.sentence()} ({int(error.code)})", True
    if not name:
        with _being_filled():
            row.title = folder.name


def _check_there(folder: Path) -> None:
    if not folder.is_dir():
        raise DuologueError(
            ExitCode.TAKE_NOT_FOUND,
            f"The take is not at {folder} any more.",
            "Press Locate… to say where it is now.",
        )


@contextlib.contextmanager
def _being_filled() -> Iterator[None]:
    """What is changed in rows meanwhile is not an artist's change."""
    _filling.append(True)
    try:
        yield
    finally:
        _filling.pop()


class TakeRow(bpy.types.PropertyGroup):
    """A take. `path` is its folder; `home` whether that lies where this .blend's takes go."""

    path: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The take's folder"
    )
    title: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Name", description="What you call this take; double-click to change it. Empty: its folder", update=_noted
    )
    star: bpy.props.BoolProperty(name="Star", description="Mark this take", update=_noted)  # type: ignore[valid-type]
    note: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Note", description="What you want to remember of this take; kept in the take's folder", update=_noted
    )
    owner: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The conversation that the take was made for"
    )
    home: bpy.props.BoolProperty(  # type: ignore[valid-type]
        description="Whether it lies where this file's takes go"
    )
    state: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="whole, damaged or missing"
    )
    engine: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The engine that made the take"
    )
    seed: bpy.props.IntProperty(  # type: ignore[valid-type]
        description="The seed that the take was made with"
    )
    sentence: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The sentence that the take was made with"
    )
    seconds: bpy.props.FloatProperty(  # type: ignore[valid-type]
        description="How long the take is"
    )


def _chosen(takes: TakeList) -> int:
    return takes.index_of(settings_of(bpy.context.scene))


def _choose(takes: TakeList, index: int) -> None:
    """A click on a row puts its take onto the heads; by an operator, so that it is one undo step and a line in Info."""
    if not 0 <= index < len(takes.rows) or index == _chosen(takes):
        return
    context, path = bpy.context, takes.rows[index].path
    if bpy.app.background:
        bpy.ops.duologue.use_take(take=path)
        return
    # Once the click is over: an operator that ran within it would have Blender click again.
    window = context.window
    bpy.app.timers.register(lambda: _use(path, window), first_interval=0.0)


def _use(path: str, window: bpy.types.Window) -> None:
    if window not in list(bpy.context.window_manager.windows):
        return  # closed since
    # What went wrong is in the panel already.
    with contextlib.suppress(RuntimeError), bpy.context.temp_override(window=window):
        # Undo counts what is called from a script only where it is told to.
        bpy.ops.duologue.use_take("INVOKE_DEFAULT", True, take=path)


class TakeList(bpy.types.PropertyGroup):
    """Kept by the window manager, as a list of files: neither the .blend nor undo has to do with it."""

    rows: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        type=TakeRow, description="The takes that were found on disk"
    )
    chosen: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Take", description="The take on the heads; click another one to switch", get=_chosen, set=_choose
    )
    everybodys: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="All takes", description="Show takes of other conversations and files as well"
    )
    starred: bpy.props.BoolProperty(name="Only starred", description="Show takes with a star alone")  # type: ignore[valid-type]

    def index_of(self, settings: DuologueSettings) -> int:
        """Which row is the take of `settings`; -1 where none is."""
        path = folder_of(settings, settings.take)
        return next((index for index, row in enumerate(self.rows) if row.path == path), -1) if path else -1


def folder_of(settings: DuologueSettings, take: str) -> str:
    """The folder of the performance that `settings` name by `take`, absolute; empty where they name none.

    The panel asks with every redraw; the disk is asked once until the list is read again.
    """
    if not take:
        return ""
    asked = (take, bpy.data.filepath, settings.saved_in, settings.id_data.name_full)
    if asked not in _folders:
        file = file_of(settings, take)
        _folders[asked] = str(file.parent if file.suffix == ".npz" else file)
    return _folders[asked]


def list_of(context: bpy.types.Context) -> TakeList:
    """The list of this Blender."""
    return context.window_manager.duologue_takes  # type: ignore[no-any-return]


def refresh_soon() -> None:
    """Read the list anew, bit by bit from a timer; not where nobody sees it: scripts ask for it when they want it."""
    if bpy.app.background:
        return
    _refreshing[:] = [refreshed_in_steps()]
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=_PAUSE_SECONDS)


def refreshed_in_steps() -> Steps[None]:
    """Read the list anew; it changes in the last step."""
    _folders.clear()
    context = bpy.context
    blend = Path(bpy.data.filepath) if bpy.data.filepath else None
    home = takes_beside(blend) if blend is not None else users_takes()
    beside = [*_takes_of_neighbours(blend)] if blend is not None else []
    conversations = [one for scene in bpy.data.scenes for one in conversations_of(scene)]
    owners = {one.takes.owner for one in conversations} - {""}
    extra = [folder_of(one, path) for one in conversations for path in (one.take, one.takes.before)]
    takes = yield from listed_in_steps((home, *beside, users_takes()), map(Path, filter(None, extra)))
    _fill(
        list_of(context),
        [one for one in takes if one.folder.parent == home or one.notes.owner in owners or str(one.folder) in extra],
        home,
    )
    redraw_panels(context)


def _takes_of_neighbours(blend: Path) -> Iterator[Path]:
    """Where other .blends of the folder have their takes: earlier versions of this one, above all."""
    with contextlib.suppress(OSError):
        yield from (folder for folder in (blend.parent / TAKES_FOLDER).iterdir() if folder.is_dir())


def _fill(takes: TakeList, found: list[Listed], home: Path) -> None:
    with _being_filled():
        _fill_rows(takes, found, home)


def _fill_rows(takes: TakeList, found: list[Listed], home: Path) -> None:
    pictures = _pictures()
    takes.rows.clear()
    for one in found:
        row = takes.rows.add()
        row.path, row.state, row.home = str(one.folder), one.state, one.folder.parent == home
        row.title, row.star, row.note = one.notes.name or one.folder.name, one.notes.star, one.notes.note
        row.owner = one.notes.owner
        if one.made is not None:
            row.engine, row.sentence, row.seconds = one.made.engine, one.made.sentence, one.made.seconds
            row.seed = min(one.made.seed, 2**31 - 1)
        if one.picture is not None and _pictured.get(row.path) != one.written:
            if row.path in pictures:
                del pictures[row.path]  # of a take that was there before, under the same number
            pictures.load(row.path, str(one.picture), "IMAGE")
            _pictured[row.path] = one.written


def picture_of(row: TakeRow) -> int:
    """The number of the take's small picture among Blender's icons; 0 where it has none."""
    pictures = _pictures()
    return int(pictures[row.path].icon_id) if row.path in pictures else 0


def _pictures() -> Any:
    if not _previews:
        _previews.append(bpy.utils.previews.new())
    return _previews[0]


def _tick() -> float | None:
    begun = time.monotonic()
    try:
        while time.monotonic() - begun < _TICK_SECONDS:
            next(_refreshing[0])
    except (StopIteration, IndexError):
        _refreshing.clear()
        return None
    return _PAUSE_SECONDS


def attach() -> None:
    """Give the window manager room for the list."""
    bpy.types.WindowManager.duologue_takes = bpy.props.PointerProperty(type=TakeList)  # type: ignore[attr-defined]


def detach() -> None:
    """Take it away again."""
    _refreshing.clear()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    _pictured.clear()
    while _previews:
        bpy.utils.previews.remove(_previews.pop())
    del bpy.types.WindowManager.duologue_takes  # type: ignore[attr-defined]


CLASSES: Final = (TakeRow, TakeList)
