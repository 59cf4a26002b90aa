"""*Load the example*: the bundled dialogue, the two who speak it, and a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...adding import add_conversation_in_steps
from ...paths import PRESETS
from ...settings.conversations import settings_of
from ...settings.people import has_heads
from ...staging.startup_scene import clear_startup_scene, is_startup_scene
from ...steps import Steps
from .add_conversation import look_at_people
from .object_mode import InObjectMode
from .saying import say
from .stepping import SteppingOperator

_FOLDER: Final = PRESETS / "demo"
_SENTENCE: Final = "two old friends across a café table"


class DUOLOGUE_OT_load_example(InObjectMode, SteppingOperator):  # noqa: N801 — Blender's naming
    """Something to press Generate with."""

    bl_idname = "duologue.load_example"
    bl_label = "Load example dialogue"
    bl_description = (
        "Fill in a bundled dialogue of 24 seconds and its scene, and add Anna and Ben if there are no heads"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    _startup: tuple[bpy.types.Object, ...] = ()
    """Blender's own cube, lamp and camera, which would be in the way."""

    def steps(self, context: bpy.types.Context) -> Steps[tuple[str, ...]]:
        """Build the heads where there are none. Raises DuologueError."""
        if missing := [path.name for path in _tracks() if not path.is_file()]:
            raise DuologueError(
                ExitCode.AUDIO_NOT_FOUND,
                f"This installation lacks the example's {' and '.join(missing)}.",
                "Install Duologue's zip again.",
            )
        settings, self._startup = settings_of(context.scene), ()
        if has_heads(settings):
            return ()
        self._startup = tuple(context.scene.objects) if is_startup_scene(context.scene) else ()
        before = settings.character_a, settings.character_b
        settings.character_a, settings.character_b = "anna", "ben"
        try:
            return (yield from add_conversation_in_steps(context))
        except BaseException:
            settings = settings_of(context.scene)
            settings.character_a, settings.character_b = before
            raise

    def finish(self, context: bpy.types.Context, notes: tuple[str, ...]) -> set[str]:
        """Fill in sound and sentence, and say what to press."""
        settings = settings_of(context.scene)
        settings.audio_kind, settings.prompt = "tracks", _SENTENCE
        settings.track_a, settings.track_b = map(str, _tracks())
        settings.segments = settings.transcript_a = settings.transcript_b = ""
        settings.swap_speakers = False
        if self._startup:
            clear_startup_scene(context.scene, self._startup)
        look_at_people(context, settings)
        say(self, context, " ".join(("The example is here: press Generate.", *notes)))
        return {"FINISHED"}


def _tracks() -> tuple[Path, Path]:
    return _FOLDER / "anna.flac", _FOLDER / "ben.flac"


CLASSES: Final = (DUOLOGUE_OT_load_example,)
