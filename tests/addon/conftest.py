"""Loads the checkout as the package `duologue`, whatever its folder is called, without bpy."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if "duologue" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "duologue", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["duologue"] = package
    spec.loader.exec_module(package)
