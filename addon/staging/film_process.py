"""A film that another Blender renders in the background, from a copy of the file; this one stays usable meanwhile."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import explained_write_errors
from ...backend.contract.job import REQUEST_FILE
from ..paths import EXTENSION
from ..worker.job_process import OwnProcess
from ..worker.worker_process import Patience, WorkerProcess
from .render import Engine, part_of_film

_SCRIPT: Final = Path(__file__).with_name("background_film.py")
_PREFIX: Final = "duologue-film-"
_PATIENCE: Final = Patience(start=600.0, silence=math.inf, goodbye=0.0)
"""A frame may take as long as it likes; a Blender that renders need not be asked to stop."""


class FilmProcess(WorkerProcess[Path]):
    """A Blender at the film `film`; `poll` returns it. What is half done goes with the process."""

    def __init__(self, scene: bpy.types.Scene, film: Path, *, engine: Engine | None = None, percent: int = 100) -> None:
        """Save a copy of the file and start another Blender on it; `engine` None is the scene's own, `film` is claimed.

        Raises DuologueError (RENDER_FAILED, OUTPUT_NOT_WRITABLE, DISK_FULL).
        """
        self.film = film
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            copy = folder / "film.blend"
            request = {
                "blend": str(copy), "scene": scene.name, "film": str(film), "engine": engine, "percent": percent
            }  # fmt: skip
            with explained_write_errors(folder):
                (folder / REQUEST_FILE).write_text(json.dumps(request), encoding="utf-8")
            _save_copy(copy)
            super().__init__(
                Path(sys.executable),
                "film",
                folder,
                lambda done: Path(str(done["film"])),
                patience=_PATIENCE,
                start=lambda: OwnProcess(_words(copy, folder), folder, EXTENSION),
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def close(self) -> None:
        """End the other Blender, and remove the copy and what is no whole film."""
        super().close()
        if self._done is None:  # else its part has become the film, and the name may be claimed anew
            with contextlib.suppress(OSError):
                part_of_film(self.film).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def is_film_copy(path: str) -> bool:
    """Whether a file that is about to be written is only there to be rendered."""
    return Path(path).parent.name.startswith(_PREFIX)


def _save_copy(copy: Path) -> None:
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(copy), copy=True, check_existing=False, relative_remap=True)
    except RuntimeError as error:
        raise DuologueError(
            ExitCode.RENDER_FAILED,
            f"A copy of the file to render from could not be saved ({str(error).strip()}).",
            "Check that the disk of temporary files has space.",
        ) from error


def _words(copy: Path, folder: Path) -> list[str]:
    """The command line of the other Blender: this program, or this Python where bpy is a module."""
    if not bpy.app.binary_path:
        return [sys.executable, str(_SCRIPT), str(folder)]
    return [
        bpy.app.binary_path, "-b", str(copy), "--python-exit-code", "1", "--python", str(_SCRIPT), "--", str(folder)
    ]  # fmt: skip
