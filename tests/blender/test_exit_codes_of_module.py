"""The exit code survives the end of the process: the `bpy` module is easily crashed by what is still registered."""

import subprocess
import sys
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(bool(bpy.app.binary_path), reason="only the bpy module runs building/in_blender.py")


def _run(*words):
    command = [sys.executable, str(ROOT / "building" / "in_blender.py"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_missing_audio_ends_with_its_number(tmp_path):
    words = ["--a", str(tmp_path / "a.wav"), "--b", str(tmp_path / "b.wav"), "--save", str(tmp_path / "out.blend")]

    finished = _run("animate", *words)

    assert finished.returncode == 10
    assert str(tmp_path / "a.wav") in finished.stderr
    assert not (tmp_path / "out.blend").exists()


def test_help_ends_with_zero():
    assert _run("--help").returncode == 0
