"""A film of the 3D view with sound: Blender's own viewport render, watched and stopped."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import explained_write_errors
from .render import ViewportMovie, part_of_film

_BEGINS_WITHIN = 3.0
"""Seconds in which Blender's render begins to run."""


class PreviewFilm:
    """A viewport render of the scene's range, or its preview range, that is running; as the worker of an operator.

    The view shows each frame as it is rendered. The artist's settings come back when it ends.
    """

    def __init__(self, context: bpy.types.Context, film: Path, percent: int, *, by_camera: bool) -> None:
        """Begin, in the 3D view of `context`; `film` is claimed. Raises DuologueError (RENDER_FAILED)."""
        self.film = film
        self._scene = scene = context.scene
        if by_camera and scene.camera is None:
            raise _failed("The scene has no camera.", "Apply cameras and cuts, or film the view as it is.")
        if _is_rendering():
            raise _failed("Blender is rendering.", "Wait until that is done, or stop it.")
        ranged = scene.use_preview_range
        self._end_name = "frame_preview_end" if ranged else "frame_end"
        self._first = scene.frame_preview_start if ranged else scene.frame_start
        self._end: int = getattr(scene, self._end_name)
        self._last = self._first + max(0, self._end - self._first) // scene.frame_step * scene.frame_step
        self._reached, self._cancelled, self._seen, self._whole = self._first - 1, False, False, False
        self._frame, self._began = (scene.frame_current, scene.frame_subframe), time.monotonic()
        self._view = _SeenByCamera(context) if by_camera else None
        self._movie: ViewportMovie | None = ViewportMovie(scene, part_of_film(film), percent)
        bpy.app.handlers.frame_change_post.append(self._note)
        try:
            self._start(context)
        except BaseException:
            self.close()
            raise

    @property
    def stage(self) -> str:
        """“Filming 12/250”."""
        return "Cancelling" if self._cancelled else f"Filming {self._done}/{self._count}"

    @property
    def share(self) -> float:
        """How much of it is filmed, 0 to 1."""
        return self._done / self._count

    @property
    def seconds_left(self) -> float | None:
        """By how long the frames took so far; None before the first."""
        return (time.monotonic() - self._began) * (1.0 / self.share - 1.0) if self._done else None

    def poll(self) -> Path | None:
        """The film once it is whole. Raises DuologueError (CANCELLED, RENDER_FAILED)."""
        if _is_rendering():
            self._seen = True
            return None
        if not self._seen and time.monotonic() - self._began < _BEGINS_WITHIN and self._done < self._count:
            return None
        part = part_of_film(self.film)
        if self._cancelled or self._reached < self._last:
            self.close()
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "No film was written.")
        if not part.is_file() or not part.stat().st_size:
            self.close()
            raise _failed("Blender wrote no film.", "Check that the disk has space, and what the console says.")
        with explained_write_errors(self.film):
            part.replace(self.film)
        self._whole = True
        self.close()
        return self.film

    def cancel(self) -> None:
        """Stop after the frame that is being filmed."""
        if not self._cancelled:
            self._cancelled = True
            # Nothing else stops Blender's own job but Esc, which has to be pressed.
            setattr(self._scene, self._end_name, max(self._first, self._scene.frame_current))

    def close(self) -> None:
        """Put everything back as it was, and remove what is no whole film."""
        if self._movie is None:
            return
        if self._note in bpy.app.handlers.frame_change_post:
            bpy.app.handlers.frame_change_post.remove(self._note)
        if _is_rendering():
            self.cancel()
        with contextlib.suppress(ReferenceError):  # the file is another one by now
            setattr(self._scene, self._end_name, self._end)
            self._movie.put_back()
            self._scene.frame_set(self._frame[0], subframe=self._frame[1])
            if self._view is not None:
                self._view.put_back()
        self._movie = None
        if not self._whole:
            with contextlib.suppress(OSError):
                part_of_film(self.film).unlink(missing_ok=True)

    def _start(self, context: bpy.types.Context) -> None:
        view = context.preferences.view
        display, view.render_display_type = view.render_display_type, "NONE"
        try:
            bpy.ops.render.opengl("INVOKE_DEFAULT", animation=True, view_context=True)
        except RuntimeError as error:
            raise _failed(
                f"The 3D view could not be filmed ({str(error).strip()}).", "Film renders in the background."
            ) from error
        finally:
            view.render_display_type = display

    def _note(self, scene: bpy.types.Scene, *_: object) -> None:
        if scene.name == self._scene.name:
            self._reached = max(self._reached, scene.frame_current)

    @property
    def _count(self) -> int:
        return max(1, self._last - self._first + 1)

    @property
    def _done(self) -> int:
        return min(max(self._reached - self._first, 0), self._count)


class _SeenByCamera:
    """A 3D view that looks through the scene's camera, without overlays, until it is put back."""

    def __init__(self, context: bpy.types.Context) -> None:
        self._space, self._region = context.space_data, context.region_data
        overlay = self._space.overlay
        self._before = (self._region.view_perspective, overlay.show_overlays, self._space.show_gizmo)
        self._region.view_perspective, overlay.show_overlays, self._space.show_gizmo = "CAMERA", False, False

    def put_back(self) -> None:
        """As it was."""
        self._region.view_perspective, self._space.overlay.show_overlays, self._space.show_gizmo = self._before


def _is_rendering() -> bool:
    """Whether Blender renders: as a job, or, until Blender 5, a film of the view as an operator alone."""
    windows = bpy.context.window_manager.windows
    by_view = any(one.bl_idname == "RENDER_OT_opengl" for window in windows for one in window.modal_operators)
    return by_view or bpy.app.is_job_running("RENDER")


def _failed(what: str, fix: str) -> DuologueError:
    return DuologueError(ExitCode.RENDER_FAILED, what, fix)
