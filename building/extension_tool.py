"""Builds and validates the extension with the tool that comes with a Blender.

run_in_blender.py extension_tool.py build FOLDER INTO | validate PATH …
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy


def main(words: Sequence[str]) -> int:
    """The tool's exit code; what is validated is held against this Blender's own list of tags."""
    command, *paths = words
    tool, tags = _tool(), f"--valid-tags={_of_blender('modules/_bpy_internal/extensions/tags.py')}"
    if command == "build":
        source, into = paths
        return int(tool.main(["build", tags, "--source-dir", source, "--output-dir", into]))
    return max(int(tool.main(["validate", tags, path])) for path in paths)


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location("blender_ext", _of_blender("addons_core/bl_pkg/cli/blender_ext.py"))
    if spec is None or spec.loader is None:
        raise ImportError("this Blender has no tool for extensions")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _of_blender(path: str) -> Path:
    """A file among Blender's own scripts, wherever this one keeps them."""
    return next(found for folder in bpy.utils.script_paths() if (found := Path(folder) / path).is_file())
