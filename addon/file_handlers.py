"""What happens when Blender saves or loads a file: takes go along, jobs of the former file end, news is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import bpy
from bpy.app.handlers import persistent

from .interface.following import catch_up, settle_now, stop_following
from .interface.operators.watching import stop_all
from .interface.take_rows import refresh_soon
from .keys.following import is_unsettled
from .keys.other_blenders import OnDisk, on_disk, overtakes, sentence_on
from .keys.saving import Following, follow
from .settings.adjust_properties import take_over_former_values
from .settings.conversations import match_rows
from .settings.properties import conversations_of, settings_of
from .staging.film_process import is_film_copy

_saving: list[Following] = []
_read: list[OnDisk | None] = [None]
"""The .blend that is open, as it was on disk when it was read or written last."""
_overtaking: list[bool] = [False]
"""Whether what is being saved replaces what another Blender wrote meanwhile."""


@persistent
def before_saving(path: str, _unused: object = None) -> None:
    """`path` is empty for a start-up file, which nothing lies beside."""
    _saving.clear()
    settle_now()
    if path and not is_film_copy(path):
        _overtaking[0] = overtakes(path, _read[0])
        _saving.append(follow(path))


@persistent
def after_saving(_path: str, _unused: object = None) -> None:
    """Say what was copied or replaced; where a copy was saved, the file that stays open has its own paths again."""
    for following in _saving:
        if bpy.data.filepath != following.destination:
            following.put_back()
        sentence = following.sentence()
        if _overtaking[0]:
            sentence = f"{sentence} {sentence_on(following.destination)}".strip()
        if sentence:
            settings = settings_of(bpy.context.scene)
            settings.message, settings.message_is_error = sentence, False
        if bpy.data.filepath == following.destination:
            _read[0] = on_disk()
    _saving.clear()
    refresh_soon()


@persistent
def after_failed_saving(_path: str, _unused: object = None) -> None:
    """Nothing was written, so nothing has moved."""
    for following in _saving:
        following.undo()
    _saving.clear()


@persistent
def before_loading(_path: str, _unused: object = None) -> None:
    """What runs is for the file that goes."""
    stop_all(of_file=True)
    stop_following()


@persistent
def after_loading(_path: str, _unused: object = None) -> None:
    """What was said when a file was saved is not news when it is opened; when it was written is noted.

    Its takes are looked for.
    """
    _read[0] = on_disk()
    for scene in bpy.data.scenes:
        match_rows(scene)
        for settings in conversations_of(scene):
            take_over_former_values(settings)
            for name in ("message", "message_is_error", "message_code", "message_log"):
                settings.property_unset(name)
            if is_unsettled(settings):
                catch_up(settings)
    refresh_soon()


@persistent
def after_importing(_imported: object, _unused: object = None) -> None:
    """A scene that was appended may be of an earlier version; its takes are looked for."""
    for scene in bpy.data.scenes:
        if scene.library is None:
            for settings in conversations_of(scene):
                take_over_former_values(settings)
    refresh_soon()


_HANDLERS: Final[dict[str, Callable[..., None]]] = {
    "save_pre": before_saving,
    "save_post": after_saving,
    "save_post_fail": after_failed_saving,
    "load_pre": before_loading,
    "load_post": after_loading,
    **({"blend_import_post": after_importing} if hasattr(bpy.app.handlers, "blend_import_post") else {}),
}


def attach() -> None:
    """Have Blender call them."""
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)


def detach() -> None:
    """No more."""
    for name, handler in _HANDLERS.items():
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
