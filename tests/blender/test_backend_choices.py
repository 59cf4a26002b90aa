"""What an installation is asked about beforehand: device, size, place, and the Python that installs."""

import json
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.operators import install_backend
from duologue.addon.interface.operators.install_backend import RunningInstallation, question
from duologue.addon.worker import backend_installation
from duologue.addon.worker.backend_installation import Choice, Plan, installer_python, state_of
from duologue.addon.worker.backend_location import short_folder
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused

PLAN = Plan(
    Path("/home/artist/backend"),
    "Blender's own Python 3.11 (/opt/python3.11)",
    (Choice("cpu", "Processor", "Works on every computer.", 612_000_000, 2_400_000_000),),
    80_000_000_000,
    ("Only 2.0 GB of memory are free.",),
)


def test_size_place_and_python_are_told_before_anything_is_fetched():
    text = " ".join(question(PLAN, "cpu", packed=False))

    assert all(
        word in text for word in ("612 MB", "2.4 GB", "80 GB", "/home/artist/backend", "Blender's own Python 3.11")
    )
    assert "612 MB" not in " ".join(question(PLAN, "cpu", packed=True))


def test_the_devices_of_the_plan_are_offered(monkeypatch):
    monkeypatch.setattr(RunningInstallation, "plan", PLAN)

    assert install_backend._devices(None, None) == [("cpu", "Processor", "Works on every computer.")]


def test_mending_from_a_folder_stays_mending_behind_the_selector_and_the_question(monkeypatch, tmp_path):
    asked = []
    ask = SimpleNamespace(
        make_backend=lambda *_, **words: asked.append(words["again"]),
        install_backend_from_folder=lambda *_, **words: asked.append(words["again"]),
    )
    monkeypatch.setattr(install_backend, "bpy", SimpleNamespace(ops=SimpleNamespace(duologue=ask)))
    kind = install_backend.DUOLOGUE_OT_install_backend_from_folder
    operator = SimpleNamespace(directory=str(tmp_path), packed=str(tmp_path), again=True, _from_selector=True)
    operator.ask, operator.begun_in = partial(kind.ask, operator), lambda context: context.window

    kind.execute(operator, bpy.context)
    kind.finish(operator, bpy.context, PLAN)

    assert asked == [True, True]


def test_a_blender_without_a_python_takes_one_of_the_path_or_says_what_is_missing(monkeypatch, tmp_path):
    own = tmp_path / "python3.13"
    own.touch()
    assert installer_python(str(own)) == own
    monkeypatch.setattr(backend_installation.shutil, "which", lambda name: "/usr/bin/" + name)
    assert installer_python("/usr/bin/blender") == Path("/usr/bin/python3.13")
    monkeypatch.setattr(backend_installation.shutil, "which", lambda _name: None)

    with refused(ExitCode.PYTHON_NOT_FOUND):
        installer_python("")


def test_states_are_told_apart(tmp_path):
    assert state_of(tmp_path, tmp_path / "python").own
    assert not state_of(tmp_path, None).ready
    (tmp_path / "installed.json").write_text(
        json.dumps({"python": "gone", "device": "", "python_version": "", "stamp": ""})
    )
    assert not state_of(tmp_path, None).ready


@pytest.mark.parametrize(
    ("system", "environment", "folder"),
    [
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/Duologue/backend")),
        ("win32", {}, None),
        ("linux", {"LOCALAPPDATA": "/local"}, None),
        ("darwin", {}, None),
    ],
)
def test_on_windows_the_backend_lies_where_paths_are_short(system, environment, folder):
    assert short_folder(system, environment) == folder
