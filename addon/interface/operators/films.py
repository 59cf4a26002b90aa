"""*Preview film* and *Film*: what is seen and heard, as an MP4 that opens when it is done."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any, Final

import bpy

from ...settings.output_properties import output_of
from ...staging.film_places import claimed_film, claimed_preview
from ...staging.film_process import FilmProcess
from ...staging.preview_film import PreviewFilm
from ...worker.time_left import left_in_words
from .saying import say
from .watching import CancelOperator, Running, WatchingOperator


class RunningPreview(Running):
    """The one preview film of this Blender, as the panel shows it."""

    uses_backend = False

    @classmethod
    def sentence(cls) -> str:
        """“Filming 12/250, about 20 s left”."""
        left = cls.worker.seconds_left
        return cls.worker.stage if left is None else f"{cls.worker.stage}, {left_in_words(left)}"


class RunningFilm(Running):
    """The one film that is rendered in the background, as the panel shows it."""

    uses_backend = False

    @classmethod
    def sentence(cls) -> str:
        """“Rendering 12/250, about 20 min left”."""
        progress = cls.worker.progress
        if progress.cancelling:
            return "Cancelling"
        if progress.total == 0:
            return "Opening the copy"
        if progress.done == 0:
            return f"Rendering 0/{progress.total}"
        left = (time.monotonic() - progress.since) * (progress.total / progress.done - 1.0)
        return f"Rendering {progress.done}/{progress.total}, {left_in_words(left)}"


class _FilmOperator(WatchingOperator):
    """What both share: the film is told of, and shown."""

    cancelled_sentence = "Cancelled. No film was written."
    changes_scene = True  # what is filmed is not to be half written

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """One film at a time of each kind."""
        if cls.running.worker is not None:
            cls.poll_message_set("A film is being made")
            return False
        return True

    def finish(self, context: bpy.types.Context, film: Path) -> set[str]:
        """Say where it is, and open it."""
        say(self, context, f"The film is {film}.")
        if output_of(context.scene).open_films and not bpy.app.background:
            with contextlib.suppress(RuntimeError):  # a computer without a player
                bpy.ops.wm.path_open(filepath=str(film))
        return {"FINISHED"}


class DUOLOGUE_OT_preview_film(_FilmOperator):  # noqa: N801 — Blender's naming
    """The 3D view as a film with sound, in seconds."""

    bl_idname = "duologue.preview_film"
    bl_label = "Preview film"
    bl_description = (
        "Film the 3D view with sound: the preview range where there is one, else the scene's. It takes seconds, and "
        "replaces the last preview film"
    )

    running = RunningPreview

    def start(self, context: bpy.types.Context) -> Any:
        """Begin to film the view. Raises DuologueError."""
        output = output_of(context.scene)
        with claimed_preview(context.scene) as film:
            return PreviewFilm(context, film, output.preview_percent, by_camera=output.preview_view == "camera")

    def start_to_wait(self, context: bpy.types.Context) -> FilmProcess:
        """Have another Blender render it by Workbench: while a script waits the view shows nothing."""
        percent = output_of(context.scene).preview_percent
        with claimed_preview(context.scene) as film:
            return FilmProcess(context.scene, film, engine="WORKBENCH", percent=percent)


class DUOLOGUE_OT_film(_FilmOperator):  # noqa: N801 — Blender's naming
    """The scene as its render settings say, as a film with sound."""

    bl_idname = "duologue.film"
    bl_label = "Film"
    bl_description = (
        "Render the scene's range with its own engine, size and samples to an MP4 with sound. Another Blender does it "
        "in the background, from a copy of the file as it is now"
    )

    running = RunningFilm

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be a camera."""
        if context.scene.camera is None:
            cls.poll_message_set("The scene has no camera: apply cameras and cuts, or add one")
            return False
        return super().poll(context)

    def start(self, context: bpy.types.Context) -> FilmProcess:
        """Save a copy and start the other Blender. Raises DuologueError."""
        with claimed_film(context.scene) as film:
            return FilmProcess(context.scene, film)

    def _escape(self, _context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """A stray Esc stops no film of hours."""
        return {"PASS_THROUGH"}


class DUOLOGUE_OT_cancel_preview(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop filming."""

    bl_idname = "duologue.cancel_preview"
    bl_label = "Cancel"
    bl_description = "Stop filming; no film is written. Esc does the same"

    running = RunningPreview


class DUOLOGUE_OT_cancel_film(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop rendering."""

    bl_idname = "duologue.cancel_film"
    bl_label = "Cancel"
    bl_description = "Stop rendering; no film is written. Esc does not stop it"

    running = RunningFilm


CLASSES: Final = (
    DUOLOGUE_OT_preview_film,
    DUOLOGUE_OT_film,
    DUOLOGUE_OT_cancel_preview,
    DUOLOGUE_OT_cancel_film,
)
