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
from .processes import BuildFailedError, output, run, status
from .real_blender import RELEASES, real_blender, window_command
from .wheelhouse import pack

_RUN: Final = ROOT / "tests" / "ui" / "run.py"
_WHEELHOUSE: Final = OUT / "wheelhouse"
_WINDOWS: Final = OUT / "window"
_DOCS: Final = ROOT / "docs" / "pictures" / "panel"
_PICTURES: Final = {
    "start-here": "first_dialogue-start-here-panel.png",
    "installing": "first_dialogue-installing-panel.png",
    "example": "first_dialogue-example-panel.png",
    "generating": "first_dialogue-generating-panel.png",
    "takes": "first_dialogue-takes-panel.png",
    "adjust": "first_dialogue-dragging-panel.png",
}
_VERSION: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


def add_command(commands: Any) -> None:
    """Register `window`."""
    parser = commands.add_parser("window", help="play the stories of tests/ui in the window of a real Blender")
    parser.add_argument("--release", action="append", choices=[*RELEASES], help="of Debian (default: all)")
    parser.add_argument("--pictures", action="store_true", help="put the first one's pictures into docs/pictures/panel")
    parser.set_defaults(run=_window)


def _window(arguments: argparse.Namespace) -> int:
    blender = real_blender()
    if blender is None:
        return 1
    releases = arguments.release or list(RELEASES)
    python = set_up_backend(development=arguments.pictures)
    lanes = window_lanes(python, build_zip(blender), releases)
    code = first_failure([status(words) for words in lanes.values()])
    if code == 0 and arguments.pictures:
        _keep_pictures(python, _WINDOWS / releases[0])
    return code


def first_failure(codes: Sequence[int]) -> int:
    """The first exit code that is not 0, of which one of a signal is negative; 1 where nothing ran."""
    return next((code for code in codes if code), 0) if codes else 1


def _keep_pictures(python: Path, folder: Path) -> None:
    """The panels of a run that went well, as the artists' pages show them."""
    pairs = [f"{name}={folder / file}" for name, file in _PICTURES.items()]
    run([python, "-m", "lab.film.panel_picture", _DOCS, *pairs], what="Cutting the panel's pictures")


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
        command = window_command(release, _RUN, _WINDOWS / release, archive, _WHEELHOUSE)
        if command is not None:
            lanes[f"window {release}"] = command
    return lanes
