"""`serve`: job after job in one process, each a folder that a line on standard input names."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..contract.command_request import command_of
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import ANIMATE
from ..job.loaded_models import LoadedModels
from ..job.running import Host, run_in_folder
from ..job.serving import IDLE_SECONDS, serve
from ..worker import run_job
from .entry import COMMANDS
from .long_command import run_requested

_COMMANDS: Final = frozenset(COMMANDS) - {ANIMATE, "install", "serve"}
"""Those that a job folder may ask for beside `animate`; what replaces this process's own libraries is none."""
_LEAVES_NOTHING_SURE: Final = (ExitCode.OUT_OF_MEMORY, ExitCode.UNEXPECTED)


def main(words: Sequence[str]) -> int:
    """The exit code: OK when the input ends or nothing comes for long, CANCELLED after a signal."""
    parser = argparse.ArgumentParser(prog="python -m backend serve", description=__doc__)
    parser.add_argument(
        "--idle",
        type=float,
        default=IDLE_SECONDS,
        metavar="SECONDS",
        help="end when no job has come for so long; default: %(default)g",
    )
    arguments = parser.parse_args(words)
    models = LoadedModels()
    code = serve(lambda folder, host: _do(folder, host, models), arguments.idle)
    os._exit(int(code))  # at once: whoever has closed the input waits, and the system frees the models quicker


def _do(folder: Path, host: Host, models: LoadedModels) -> ExitCode:
    """Do the job in `folder` by the command that its request names."""
    began = time.monotonic()
    command = command_of(folder)
    if command in _COMMANDS:
        module = importlib.import_module(f".{command.replace('-', '_')}", __package__)
        code = run_requested(module.COMMAND, folder, host)
    elif command == ANIMATE:
        code = run_job(folder, host, models, began)
    else:
        code = run_in_folder(folder, lambda _report: _refuse(command), host)
    if code in _LEAVES_NOTHING_SURE:
        models.forget()
    # what PyTorch keeps of the graphics card goes back: Blender renders there between two jobs
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    return code


def _refuse(command: str) -> dict[str, object]:
    raise DuologueError(
        ExitCode.BAD_REQUEST, f"No command “{command}” can be done in a job folder.", "Correct the request."
    )
