"""What ships is what is tested: the built zip in a clean user folder, in a Blender of its own."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import bpy
import pytest
from staged_worker import fake_python

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(bpy.utils.resource_path("LOCAL")) / "scripts" / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
DEMO = ROOT / "presets" / "demo"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The zip that `build.py package` made, or one made now."""
    built = os.environ.get("DUOLOGUE_ZIP")
    if built:
        return Path(built)
    folder = tmp_path_factory.mktemp("dist")
    command = [_python(), TOOL, "build", "--source-dir", ROOT, "--output-dir", folder]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return next(folder.glob("*.zip"))


def _python():
    return sys.executable if "python" in Path(sys.executable).name else "python3"


def _session(archive, user_folder, python):
    """The result that installed_session.py prints."""
    user_folder.mkdir()
    script = Path(__file__).with_name("installed_session.py")
    if bpy.app.binary_path:
        command = [bpy.app.binary_path, "-b", "--factory-startup", "--python-exit-code", "3", "--python", script, "--"]
    else:
        command = [sys.executable, script]
    command += [archive, DEMO / "anna.flac", DEMO / "ben.flac"]
    environment = os.environ | {"BLENDER_USER_RESOURCES": str(user_folder), "DUOLOGUE_PYTHON": str(python)}
    environment |= {"DUOLOGUE_ASSETS": os.environ.get("DUOLOGUE_ASSETS", str(ROOT / ".assets"))}
    finished = subprocess.run(
        [str(word) for word in command], env=environment, cwd=user_folder, capture_output=True, text=True, check=False
    )
    lines = [line for line in finished.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, finished.stdout + finished.stderr
    return json.loads(lines[0].removeprefix("RESULT "))


def test_zip_holds_the_extension_and_nothing_of_the_workshop(archive):
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()

    assert {"blender_manifest.toml", "__init__.py", "addon/heads/rig.py", "backend/__main__.py"} <= set(names)
    assert "presets/rigs/arkit-52.json" in names
    tops = {name.partition("/")[0] for name in names}
    assert tops <= {"blender_manifest.toml", "__init__.py", "addon", "backend", "presets", "LICENSE", "README.md"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".flac", ".wav"))]


def test_installed_extension_generates_with_a_worker(archive, tmp_path):
    result = _session(archive, tmp_path / "user", fake_python(tmp_path, "good"))

    assert result["results"] == [["FINISHED"], ["FINISHED"]], result["message"]
    assert str(tmp_path / "user") in result["file"]
    assert result["frames"] == [[1.0, 50.0]] * 2
    assert result["modules"] == []


@pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="needs the backend's environment")
def test_installed_extension_generates_with_the_real_backend(archive, tmp_path):
    result = _session(archive, tmp_path / "user", os.environ["DUOLOGUE_PYTHON"])

    assert result["results"] == [["FINISHED"], ["FINISHED"]], result["message"]
    assert result["frames"] == [[1.0, 612.0]] * 2
