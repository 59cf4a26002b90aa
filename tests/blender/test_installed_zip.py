"""What ships is what is tested: the built zip in a clean user folder, in a Blender of its own."""

import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.support.staged_worker import fake_python

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "building" / "extension_tool.py"
DEMO = ROOT / "presets" / "demo"


@pytest.fixture(scope="module")
def archive(tmp_path_factory, blender):
    """The zip that `build.py package` made, or one made now."""
    built = os.environ.get("DUOLOGUE_ZIP")
    if built:
        return Path(built)
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(blender.command(TOOL, "build", ROOT, folder), check=True, capture_output=True)
    return next(folder.glob("*.zip"))


def _session(blender, archive, user_folder, python):
    """The result that installed_session.py prints."""
    user_folder.mkdir()
    script = Path(__file__).with_name("installed_session.py")
    command = blender.command(script, archive, DEMO / "anna.flac", DEMO / "ben.flac")
    environment = os.environ | {"BLENDER_USER_RESOURCES": str(user_folder), "DUOLOGUE_PYTHON": str(python)}
    environment |= {"DUOLOGUE_ASSETS": os.environ.get("DUOLOGUE_ASSETS", str(ROOT / ".assets"))}
    finished = subprocess.run(command, env=environment, cwd=user_folder, capture_output=True, text=True, check=False)
    lines = [line for line in finished.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, finished.stdout + finished.stderr
    return json.loads(lines[0].removeprefix("RESULT "))


def test_zip_holds_the_extension_and_nothing_of_the_workshop(archive):
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()

    assert {"blender_manifest.toml", "__init__.py", "addon/heads/rig.py", "backend/__main__.py"} <= set(names)
    assert "presets/rigs/arkit-52.json" in names
    tops = {name.partition("/")[0] for name in names}
    shipped = {"blender_manifest.toml", "__init__.py", "addon", "backend", "locks", "presets", "LICENSE", "README.md"}
    assert tops <= shipped
    locks = {name.removeprefix("locks/") for name in names if name.startswith("locks/") and name != "locks/"}
    assert locks == {
        "pip.lock",
        "runtime.lock",
        "torch-cpu.lock",
        "torch-cuda.lock",
        "torch.lock",
        "uv.lock",
        "wheels.json",
    }
    assert not [name for name in names if "__pycache__" in name]
    sounds = {name for name in names if name.endswith((".flac", ".wav"))}
    assert sounds == {"presets/demo/anna.flac", "presets/demo/ben.flac"}


def test_installed_extension_generates_with_a_worker(archive, blender, tmp_path):
    result = _session(blender, archive, tmp_path / "user", fake_python(tmp_path, "good"))

    assert result["results"] == [["FINISHED"], ["FINISHED"]], result["message"]
    assert str(tmp_path / "user") in result["file"]
    assert result["frames"] == [[1.0, 50.0]] * 2
    assert result["modules"] == []


@pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="needs the backend's environment")
@pytest.mark.one_blender
def test_installed_extension_generates_with_the_real_backend(archive, blender, tmp_path):
    result = _session(blender, archive, tmp_path / "user", os.environ["DUOLOGUE_PYTHON"])

    assert result["results"] == [["FINISHED"], ["FINISHED"]], result["message"]
    assert result["frames"] == [[1.0, 612.0]] * 2


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    """What an artist's Blender has of the extension."""
    folder = tmp_path_factory.mktemp("extension")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def _backend(folder, *words):
    command = [os.environ["DUOLOGUE_PYTHON"], "-m", "backend", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="needs the backend's environment")
def test_every_command_that_the_zip_offers_is_in_it(unpacked):
    listed = _backend(unpacked, "--help")
    commands = [line.split()[0] for line in listed.stdout.partition("commands:")[2].splitlines() if line.strip()]

    assert {"animate", "check", "import-flame", "prepare-assets"} <= set(commands)
    assert not {"train", "evaluate", "verify-metrics"} & set(commands)
    for command in commands:
        answer = _backend(unpacked, command, "--help")
        assert answer.returncode == 0, answer.stderr


@pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="needs the backend's environment")
def test_a_command_of_the_workshop_is_refused_as_unknown(unpacked):
    refused = _backend(unpacked, "train", "--help")

    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_tag_that_this_blender_does_not_know_is_refused(blender, tmp_path):
    manifest = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
    for name, tags in (("known", '["Animation", "Rigging"]'), ("unknown", '["Animation", "Character"]')):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        listed = re.sub(r"^tags = .*$", f"tags = {tags}", manifest, flags=re.MULTILINE)
        (folder / "blender_manifest.toml").write_text(listed, encoding="utf-8")

    codes = [
        subprocess.run(blender.command(TOOL, "validate", tmp_path / name), capture_output=True, check=False).returncode
        for name in ("known", "unknown")
    ]

    assert codes == [0, 1]


def test_this_blender_finds_nothing_wrong_with_the_zip(archive, blender):
    finished = subprocess.run(blender.command(TOOL, "validate", archive), capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stdout + finished.stderr
