"""The stories of tests/ui, each in the window of a Debian's Blender: what `build.py test` runs beside pytest."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from backend.contract.errors import DuologueError
from backend.installation.target import Target

from .environments import set_up_backend
from .package import build_zip
from .paths import OUT, ROOT
from .processes import BuildFailedError, output, status
from .real_blender import RELEASES, real_blender, window_command
from .wheelhouse import pack

_RUN: Final = ROOT / "tests" / "ui" / "run.py"
_WHEELHOUSE: Final = OUT / "wheelhouse"
_VERSION: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


def add_command(commands: Any) -> None:
    """Register `window`."""
    parser = commands.add_parser("window", help="play the stories of tests/ui in the window of a real Blender")
    parser.add_argument("--release", action="append", choices=[*RELEASES], help="of Debian (default: all)")
    parser.set_defaults(run=_window)


def _window(arguments: argparse.Namespace) -> int:
    blender = real_blender()
    if blender is None:
        return 1
    lanes = window_lanes(set_up_backend(), build_zip(blender), arguments.release or list(RELEASES))
    return max((status(words) for words in lanes.values()), default=1)


def window_lanes(python: Path, archive: Path, releases: Sequence[str] = tuple(RELEASES)) -> dict[str, tuple[str, ...]]:
    """By name the words that play the stories with the extension's zip `archive`.

    The backend that they install comes from a folder, packed here for the kind of Python that `python` is. Where that
    or a release cannot be had there are none, which is said.
    """
    try:
        pack(Target(sys.platform, platform.machine(), output([python, "-c", _VERSION]) or ""), "cpu", _WHEELHOUSE)
    except (BuildFailedError, DuologueError) as error:
        print(f"Windows: left out, {error}")
        return {}
    lanes = {}
    for release in releases:
        command = window_command(release, _RUN, OUT / "window" / release, archive, _WHEELHOUSE)
        if command is not None:
            lanes[f"window {release}"] = command
    return lanes
