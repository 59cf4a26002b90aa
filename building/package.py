"""`build.py package`: the extension's zip, built and validated by Blender's own tool."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from .blenders import Blender, any_source
from .environments import install_missing, set_up_blender
from .paths import OUT, ROOT
from .processes import run

_DIST: Final = ROOT / "dist"
_TOOL: Final = ROOT / "building" / "extension_tool.py"


def add_command(commands: Any) -> None:
    """Register `package`."""
    parser = commands.add_parser("package", help="build the extension's zip into dist/")
    parser.set_defaults(run=_package)


def _package(_arguments: argparse.Namespace) -> int:
    source = any_source()
    install_missing(source.packages)
    path = build_zip(set_up_blender(source))
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


def build_zip(blender: Blender) -> Path:
    """Build the zip with the tool of this Blender, validate it, and return its path. Raises BuildFailedError."""
    _DIST.mkdir(parents=True, exist_ok=True)
    for old in _DIST.glob("*.zip"):
        old.unlink()
    validate(blender, ROOT)
    run(blender.command(_TOOL, "build", ROOT, _DIST), what="Building the zip", log=OUT / "logs" / "package.log")
    built = next(_DIST.glob("*.zip"))
    validate(blender, built)
    return built


def validate(blender: Blender, path: Path) -> None:
    """Have this Blender's tool look at the folder or zip, tags included. Raises BuildFailedError."""
    what = f"Validating {path.name} by {blender.name}"
    run(blender.command(_TOOL, "validate", path), what=what, log=OUT / "logs" / "package.log")
