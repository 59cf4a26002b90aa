"""`install`: the backend's own environment and assets in a folder: made, planned, moved or removed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from ..contract.command_flags import Flag
from ..contract.errors import DuologueError, ExitCode
from ..installation.installing import Wish, install, planned
from ..installation.plan import DEVICES
from ..installation.upkeep import move, remove
from ..job.reporting import Reporter, StageReporter
from .long_command import LongCommand

_TASKS: Final = ("install", "plan", "move", "remove")
_REPORTED_EVERY: Final = 0.4
_SIGN_OF_LIFE: Final = 1.0


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    folder = arguments.folder.absolute()
    say = _Thinned(report)
    if arguments.task == "plan":
        return {"plan": planned(Wish(folder, source=arguments.packed, own=sys.executable)).as_json(folder)}
    if arguments.task == "remove":
        return {"removed": remove(folder, say)}
    if arguments.task == "move":
        if arguments.to is None:
            raise DuologueError(ExitCode.BAD_REQUEST, "The folder to move to is missing.", "Name it with --to.")
        installed = move(folder, arguments.to.absolute(), say, report.check_cancel)
    else:
        wish = Wish(folder, arguments.device or "", arguments.packed, again=arguments.again)
        installed = install(wish, say, report.warning, report.check_cancel)
    return {
        "folder": str(installed.folder),
        "python": str(installed.python),
        "assets": str(installed.assets),
        "device": installed.device,
        "python_version": installed.python_version,
    }


class _Thinned:
    """Reports a step a few times a second at most; one that is the same as before is a sign of life every second."""

    def __init__(self, report: Reporter) -> None:
        self._report = report
        self._last = ("", 0.0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._report.check_cancel()
        before, at = self._last
        now = time.monotonic()
        if now - at >= (_SIGN_OF_LIFE if stage == before else _REPORTED_EVERY):
            self._last = (stage, now)
            self._report.progress(stage, done, total)


def _show(_arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    print(json.dumps(result, indent=1))


COMMAND: Final = LongCommand(
    "install",
    __doc__,
    (
        Flag("--folder", "the backend's folder", "FOLDER", Path, required=True),
        Flag("--task", "what to do (default: install)", choices=_TASKS, default="install"),
        Flag("--device", "what torch is built for", choices=DEVICES),
        Flag(
            "--packed",
            "install from this folder, which `build.py wheelhouse` packed, without a network",
            "FOLDER",
            Path,
        ),
        Flag("--again", "make it anew although it is there", switch=True),
        Flag("--to", "the folder to move to", "FOLDER", Path),
    ),
    _work,
    _show,
    reporter=StageReporter,
)
