"""build.py started with a Python that is too old ends with one sentence."""

import ast
import runpy
import sys
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "build.py"


def test_a_python_that_is_too_old_is_told_before_anything_is_imported(monkeypatch):
    ast.parse(BUILD.read_text(encoding="utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18, "final", 0))
    loaded = set(sys.modules)

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(BUILD), run_name="build_in_an_old_python")

    assert isinstance(ended.value.code, str)
    assert not {name for name in set(sys.modules) - loaded if name.startswith("building")}
