"""`build.py package`: the extension's zip, built and validated by Blender's own tool."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from .environments import set_up_blender
from .paths import DEMO_BLENDER, OUT, ROOT
from .processes import BuildFailedError, run

_DIST = ROOT / "dist"


def add_command(commands: Any) -> None:
    """Register `package`."""
    parser = commands.add_parser("package", help="build the extension's zip into dist/")
    parser.set_defaults(run=_package)


def _package(_arguments: argparse.Namespace) -> int:
    path = build_zip()
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


def build_zip() -> Path:
    """Build and validate the zip and return its path. Raises BuildFailedError."""
    python = set_up_blender(DEMO_BLENDER)
    if python is None:
        raise BuildFailedError("building the zip needs Python 3.11")
    tool = next(
        (python.parents[1] / "lib").glob("python3*/site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    )
    log = OUT / "logs" / "package.log"
    shutil.rmtree(_DIST, ignore_errors=True)
    _DIST.mkdir(parents=True)
    run([python, tool, "validate", ROOT], what="Validating the extension", log=log)
    run([python, tool, "build", "--source-dir", ROOT, "--output-dir", _DIST], what="Building the zip", log=log)
    built = next(_DIST.glob("*.zip"))
    run([python, tool, "validate", built], what="Validating the zip", log=log)
    return built
