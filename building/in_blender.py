"""Runs the checkout's add-on inside a Blender: `run_in_blender.py in_blender.py animate …`.

The add-on is loaded as the package `duologue`, whatever the checkout's folder is called.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

from run_in_blender import leave

_ROOT = Path(__file__).resolve().parents[1]


def load_add_on() -> ModuleType:
    """Import and register the checkout's add-on."""
    spec = importlib.util.spec_from_file_location(
        "duologue", _ROOT / "__init__.py", submodule_search_locations=[str(_ROOT)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{_ROOT} is no package")
    package = importlib.util.module_from_spec(spec)
    sys.modules["duologue"] = package
    spec.loader.exec_module(package)
    package.register()
    return package


def main(arguments: list[str]) -> int:
    """Run the add-on's own command line in an empty scene and return its exit code."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    package = load_add_on()
    command = importlib.import_module("duologue.addon.command")
    code = int(command.main(arguments))
    package.unregister()
    _report_memory()
    return code


def _report_memory() -> None:
    """Leave this process's peak memory where the bench asks for it."""
    path = os.environ.get("DUOLOGUE_MEMORY_REPORT")
    if path:
        peak = importlib.import_module("duologue.backend.job.stages").peak_megabytes()
        Path(path).write_text(json.dumps({"peak_megabytes": peak}), encoding="utf-8")


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
