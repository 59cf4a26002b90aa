"""*Read the sentence*: what the worker makes of it is shown below it, long before a take is made."""

from __future__ import annotations

import json
from typing import ClassVar, Final

import bpy

from ....backend.contract.errors import DuologueError
from ...settings.conversations import conversation_numbered, settings_of
from ...settings.inferences import Inferred, keys_left_out, leave_out, show_inferred
from ...settings.people import names_of
from ...settings.properties import DuologueSettings
from ...settings.scene_properties import reading_key
from ...settings.staging_properties import staging_sentence
from ...worker.preferences import backend_assets, backend_python, kept_worker
from ...worker.sentence import ReadSentence, start_reading
from ...worker.worker_process import CommandProcess
from .saying import redraw_panels
from .watching import BACKEND_CHANGES, Running, WatchingOperator, backend_changes

_TICK_SECONDS: Final = 0.1
_TYPING_SECONDS: Final = 0.25
"""After the last letter until the sentence is read."""
_due: list[tuple[str, int, str]] = []
"""What is read once that time is over."""


class RunningReading(Running):
    """The one reading of this Blender; what was `asked` stays where it failed, so as not to be tried again."""

    worker: ClassVar[CommandProcess[ReadSentence] | None] = None
    asked: ClassVar[tuple[str, int, str] | None] = None

    @classmethod
    def begin(cls, context: bpy.types.Context) -> CommandProcess[ReadSentence]:
        """A worker that reads the shown conversation's sentence. Raises DuologueError (WORKER_NOT_FOUND)."""
        settings = settings_of(context.scene)
        cls.asked = _asked(settings)
        return start_reading(
            backend_python(context),
            settings.prompt,
            names_of(settings),
            backend_assets(context),
            without=keys_left_out(settings),
            kept=kept_worker(context),
        )

    @classmethod
    def keep(cls, found: ReadSentence) -> None:
        """Remember what was read with the conversation that it was asked for."""
        if cls.asked is None:
            return
        (scene_name, number, key), cls.asked = cls.asked, None
        scene = bpy.data.scenes.get(scene_name)
        settings = conversation_numbered(scene, number) if scene is not None else None
        if settings is not None:
            leave_out(settings, ())  # what is of words that are gone is forgotten
            settings.prompt_read = key
            settings.prompt_understood = staging_sentence(found.staging, names_of(settings))
            settings.prompt_missed = " ".join(found.missed)
            settings.prompt_staging = json.dumps(found.staging)
            show_inferred(settings, (Inferred(*one) for one in found.inferences))


class DUOLOGUE_OT_read_sentence(WatchingOperator):  # noqa: N801 — Blender's naming
    """Say how the sentence is understood."""

    bl_idname = "duologue.read_sentence"
    bl_label = "Read the sentence"
    bl_description = "Show what the sentence means to Duologue, and what of it is not understood"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    running = RunningReading
    cancelled_sentence = "Cancelled. The sentence was not read."

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One reading at a time."""
        if RunningReading.worker is not None:
            cls.poll_message_set("The sentence is being read")
            return False
        if backend_changes(context):
            cls.poll_message_set(BACKEND_CHANGES)
            return False
        return True

    def start(self, context: bpy.types.Context) -> CommandProcess[ReadSentence]:
        """A worker that reads it. Raises DuologueError (WORKER_NOT_FOUND)."""
        return RunningReading.begin(context)

    def finish(self, context: bpy.types.Context, found: ReadSentence) -> set[str]:
        """Show it below the sentence."""
        RunningReading.keep(found)
        redraw_panels(context)
        return {"FINISHED"}


def read_soon(settings: DuologueSettings) -> None:
    """Have the sentence read once nobody types, unless that was tried; without a backend nothing happens."""
    asked = _asked(settings)
    if bpy.app.background or RunningReading.worker is not None or RunningReading.asked == asked:
        return
    if backend_changes(bpy.context) or (_due == [asked] and bpy.app.timers.is_registered(_begin)):
        return
    _due[:] = [asked]
    _begin_in(_TYPING_SECONDS)


def read_at_once() -> None:
    """Have the shown conversation's sentence read again: a button has changed how it is to be read."""
    if not bpy.app.background and RunningReading.worker is None:
        _begin_in(0.0)


def _begin_in(seconds: float) -> None:
    if bpy.app.timers.is_registered(_begin):
        bpy.app.timers.unregister(_begin)
    bpy.app.timers.register(_begin, first_interval=seconds)


def _asked(settings: DuologueSettings) -> tuple[str, int, str]:
    return settings.id_data.name, settings.number, reading_key(settings)


def _begin() -> float | None:
    _due.clear()
    if backend_changes(bpy.context) or RunningReading.worker is not None:  # read when the panel is drawn afterwards
        return None
    try:
        RunningReading.worker = RunningReading.begin(bpy.context)
    except DuologueError:  # the panel says that there is no backend
        return None
    bpy.app.timers.register(_go_on, first_interval=_TICK_SECONDS)
    return None


def _go_on() -> float | None:
    """Quietly: nobody pressed a button."""
    if RunningReading.worker is None:  # it ended with its file
        return None
    try:
        found = RunningReading.worker.poll()
    except DuologueError:
        RunningReading.stop()
        return None
    if found is None:
        return _TICK_SECONDS
    RunningReading.stop()
    RunningReading.keep(found)
    redraw_panels(bpy.context)
    return None


CLASSES: Final = (DUOLOGUE_OT_read_sentence,)
