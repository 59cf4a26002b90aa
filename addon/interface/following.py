"""A slider of *Adjust* moves and the viewport follows: from a timer, as often as there is time, without the model.

A slider only says that it has moved. Blender leaves one undo step when it is let go; where that step holds keys that
were not written yet, they are written as soon as it is undone or redone, so that keys and sliders always agree.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar, Final

import bpy
from bpy.app.handlers import persistent

from ...backend.contract.errors import DuologueError
from ..adjusting.adjusted import names_its_parts
from ..keys.following import (
    Followed,
    basis_of,
    follow,
    has_followers,
    is_behind,
    is_unsettled,
    leave_edited,
    prepared_to_follow,
    settle,
    settled,
    sign_unfinished,
)
from ..settings import adjust_properties
from ..settings.conversations import conversation_numbered, conversations_of
from ..settings.properties import DuologueSettings
from ..steps import Steps, at_once
from .operators.running_job import RunningJob
from .operators.saying import redraw_panels
from .operators.stepping import SteppingOperator, give_up_before_undo
from .operators.windows import show_status

_SOON: Final = 0.01
_AGAIN: Final = 0.1
_QUIET: Final = 0.4
"""Seconds without a move after which a drag is over."""
_TICK: Final = 0.03
"""Seconds of preparing before Blender gets a chance to draw; heads that Duologue built need less."""
_SETTLING_TICK: Final = 0.03
"""Seconds of fitting keys, after a drag, before Blender gets a chance to do something else."""


class Following:
    """The conversation whose keys follow, by the scene's name and its own number, and how far it is."""

    conversation: ClassVar[tuple[str, int] | None] = None
    followed: ClassVar[Followed | None] = None
    preparing: ClassVar[Steps[Followed] | None] = None
    settling: ClassVar[Steps[None] | None] = None
    moved: ClassVar[float | None] = None
    """When a slider moved that the keys do not follow yet, on the monotonic clock."""
    rested: ClassVar[float] = 0.0

    @classmethod
    def forget(cls) -> None:
        """Nothing follows; what was prepared may point to what is not there any more."""
        if cls.preparing is not None:
            cls.preparing.close()
            _show(None)
        if cls.settling is not None:
            cls.settling.close()
        cls.conversation = cls.followed = cls.preparing = cls.settling = cls.moved = None

    @classmethod
    def give_up(cls) -> None:
        """Nothing follows, and no action stays marked as one whose keys are being written."""
        settings, followed = _settings(), cls.followed
        cls.forget()
        sign_unfinished(settings, followed)


def slider_moved(settings: DuologueSettings) -> None:
    """The keys of this conversation are to follow soon."""
    if not settings.adjust.live or not has_followers(settings):
        return
    conversation = (settings.id_data.name, settings.number)
    if Following.conversation != conversation:
        settle_now()
        Following.forget()
        Following.conversation = conversation
    Following.moved = time.monotonic()
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=_SOON)


def catch_up(settings: DuologueSettings) -> None:
    """Keys that are not as the sliders say, or not done, follow soon; without a window, at once.

    Where they do not follow, those that are not done stay as they are.
    """
    if not settings.adjust.live:
        if Following.followed is None:
            sign_unfinished(settings, None)
    elif is_behind(settings) or is_unsettled(settings):
        slider_moved(settings)
        if bpy.app.background:
            settle_now()


def follow_now() -> None:
    """What moved last is written at once."""
    while Following.moved is not None and _go_on() is not None:
        pass


def stop_following() -> None:
    """Nothing moves until a slider does, as when another file is opened."""
    Following.give_up()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def settle_now() -> None:
    """The same, and signed, as before a file is saved."""
    follow_now()
    settings = _settings()
    if Following.followed is not None and settings is not None:
        at_once(Following.settling or settled(settings, Following.followed))
        Following.settling = None


def edited_names(settings: DuologueSettings) -> tuple[str, ...]:
    """The actions of a conversation that do not follow, since an artist has edited them."""
    if Following.followed is None or Following.conversation != (settings.id_data.name, settings.number):
        return ()
    return tuple(name for name in Following.followed.edited if name in bpy.data.actions)


def edited_sentence(names: tuple[str, ...]) -> str:
    """Why the actions called `names` do not follow, and what to do."""
    return f"{' and '.join(names)}: edited or kept by you, so the sliders wait. Write keys puts yours aside."


def is_waiting(settings: DuologueSettings) -> bool:
    """Whether the keys of a conversation are about to follow."""
    return Following.moved is not None and Following.conversation == (settings.id_data.name, settings.number)


def knows_parts(settings: DuologueSettings) -> bool:
    """Whether lips, brows and lids of the take can be told apart, as far as is known; FLAME's numbers mix them."""
    if Following.followed is None or Following.conversation != (settings.id_data.name, settings.number):
        return True
    return names_its_parts(Following.followed.ready.performance)


def _tick() -> float | None:
    if SteppingOperator.under_way:
        return _AGAIN
    return _go_on()


def _go_on() -> float | None:
    """One step of following; in how many seconds to go on, or None."""
    settings = _settings()
    if settings is None:
        Following.give_up()
        return None
    try:
        if Following.moved is not None:
            return _follow(settings)
        if time.monotonic() - Following.rested < _QUIET:
            return _AGAIN
        return _settle(settings)
    except ReferenceError:  # a head was deleted, or made again
        conversation, moved = Following.conversation, Following.moved
        Following.give_up()
        Following.conversation, Following.moved = conversation, moved
        _show(None)
        return _SOON
    except DuologueError as error:
        Following.give_up()
        settings.message_code, settings.message_is_error = int(error.code), True
        settings.message = f"{error.sentence()} ({int(error.code)})"
        redraw_panels(bpy.context)
        return None
    except BaseException:  # Blender drops a timer that raises
        Following.give_up()
        raise


def _settle(settings: DuologueSettings) -> float | None:
    """One step of ending a drag."""
    if Following.followed is None:
        return None
    if Following.settling is None:
        Following.settling = settled(settings, Following.followed)
    begun = time.monotonic()
    try:
        while time.monotonic() - begun < _SETTLING_TICK:
            next(Following.settling)
    except StopIteration:
        Following.settling = None
        return None
    return _SOON


def _follow(settings: DuologueSettings) -> float:
    followed = Following.followed
    if Following.settling is not None:
        Following.settling.close()
        Following.settling = None
        if followed is not None:
            leave_edited(followed)
    if Following.preparing is None and (followed is None or followed.basis != basis_of(settings)):
        if followed is not None:
            settle(followed)
        Following.followed, Following.preparing = None, prepared_to_follow(settings)
    if Following.preparing is not None:
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < _TICK:
                doing, share = next(Following.preparing)
            _show(f"Adjust: {doing} … {share:.0%}")
        except StopIteration as end:
            Following.followed, Following.preparing = end.value, None
            _show(None)
        return _SOON
    if Following.followed is not None:
        Following.moved = None
        before = Following.followed.edited
        follow(settings, Following.followed)
        Following.rested = time.monotonic()
        if Following.followed.edited != before:
            _tell_edited(settings, Following.followed.edited)
    return _SOON


def _tell_edited(settings: DuologueSettings, names: tuple[str, ...]) -> None:
    if names:
        settings.message, settings.message_is_error = edited_sentence(names), False
    redraw_panels(bpy.context)


def _show(text: str | None) -> None:
    """In Blender's status bar; None gives it back."""
    show_status(bpy.context, text)


def _settings() -> DuologueSettings | None:
    if Following.conversation is None:
        return None
    name, number = Following.conversation
    scene = bpy.data.scenes.get(name)
    return None if scene is None else conversation_numbered(scene, number)


@persistent
def _after_undo(*_: Any) -> None:
    """Undo has brought back sliders and keys of different moments where keys were written after its step."""
    Following.forget()
    for scene in bpy.data.scenes:
        if scene.library is None:
            for settings in conversations_of(scene):
                catch_up(settings)


@persistent
def _before_undo(*_: Any) -> None:
    RunningJob.check_anew()
    give_up_before_undo()


_HANDLERS: Final = (
    ("undo_pre", _before_undo), ("redo_pre", _before_undo), ("undo_post", _after_undo), ("redo_post", _after_undo)
)  # fmt: skip


def attach() -> None:
    """Listen to the sliders."""
    adjust_properties.listeners.append(slider_moved)
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)


def detach() -> None:
    """No more."""
    stop_following()
    adjust_properties.listeners.clear()
    for name, handler in _HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
