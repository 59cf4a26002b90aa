"""One import of a FLAME file: the worker reads it, this watches the worker. No bpy here."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.job import LOG_FILE
from ..paths import EXTENSION
from ..worker.worker_client import end_process, start_worker
from ..worker.worker_failure import failure_of_event, failure_of_exit, hung, no_event

_LONGEST_SILENCE: Final = 300.0
_GRACE: Final = 0.7


@dataclass(frozen=True)
class ImportedFace:
    """What came of it. `residual_millimetres` is the worse of the two ways between this face and the open head."""

    id: str
    title: str
    identity: int
    expression: int
    residual_millimetres: float

    def sentence(self) -> str:
        """One line for the panel."""
        return (
            f"{self.title} is imported: {self.identity} identity and {self.expression} expression components. "
            f"Movements made for the open head fit it to {self.residual_millimetres:.1f} mm. Press Add conversation."
        )


class FlameImport:
    """The worker that imports one file. `poll` is called until it returns a face or raises; then the worker is gone."""

    def __init__(
        self,
        python: Path,
        file: Path,
        faces: Path,
        assets: Path | None,
        home: Path = EXTENSION,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start it. `home` is the folder that holds `backend`. Raises DuologueError (WORKER_NOT_FOUND)."""
        self.stage = "Starting the worker"
        self.share = 0.0
        self._faces = faces
        self._folder = Path(tempfile.mkdtemp(prefix="duologue-flame-"))
        self._read = 0
        self._cancelled = False
        self._clock = clock
        self._last_sign = clock()
        words = ["import-flame", str(file), "--faces", str(faces), "--json"]
        words += ["--assets", str(assets)] if assets is not None else []
        try:
            self._process = start_worker(python, home, words, self._folder / LOG_FILE)
        except DuologueError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    @property
    def running(self) -> bool:
        """Whether the worker's process is still there."""
        return self._process.poll() is None

    def poll(self) -> ImportedFace | None:
        """The face once it is there, None before.

        Raises DuologueError with the worker's own code, or WORKER_DIED, WORKER_HUNG, CANCELLED.
        """
        try:
            status = self._process.poll()  # asked before reading: whatever an ended process wrote is then surely read
            found = self._listen()
            if found is None:
                self._expect_life(status)
                return None
        except BaseException:
            self.close()
            raise
        self.close()
        return found

    def cancel(self) -> None:
        """Stop; `poll` then raises CANCELLED."""
        self._cancelled = True
        end_process(self._process, _GRACE)

    def close(self) -> None:
        """End the worker if it is still there, and remove what it left half done."""
        end_process(self._process, _GRACE)
        for part in self._faces.glob(f"*.{self._process.pid}.part"):
            with contextlib.suppress(OSError):
                part.unlink()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _listen(self) -> ImportedFace | None:
        with (self._folder / LOG_FILE).open("rb") as log:
            log.seek(self._read)
            fresh = log.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            event = _event(line)
            if event is not None:
                self._last_sign = self._clock()
                found = self._hear(event)
                if found is not None:
                    return found
        return None

    def _hear(self, event: dict[str, Any]) -> ImportedFace | None:
        if event["event"] == "error":
            raise failure_of_event(event)
        try:
            if event["event"] == "done":
                worst = max((float(value) for value in event["residuals"].values()), default=0.0)
                return ImportedFace(
                    str(event["id"]), str(event["title"]), int(event["identity"]), int(event["expression"]), worst
                )
            self.stage, self.share = str(event["stage"]), float(event["done"]) / float(event["total"])
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
            raise no_event(str(event)) from error
        return None

    def _expect_life(self, status: int | None) -> None:
        """`status` is the process's exit status, None while it runs."""
        if self._cancelled:
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing was changed.")
        if status is not None:
            raise failure_of_exit(status, self._folder, cancelled=False)
        waited = self._clock() - self._last_sign
        if waited > _LONGEST_SILENCE:
            raise hung(waited, self.stage, self._folder)


def _event(line: bytes) -> dict[str, Any] | None:
    """The event on a line of the log; None for anything else a program may print."""
    if not line.startswith(b"{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "event" in found else None
