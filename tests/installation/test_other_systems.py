"""What Windows and macOS do differently, as far as it can be shown on another system."""

import ast
import errno
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.contract.child_process import python_environment
from backend.contract.errors import DuologueError, ExitCode
from backend.installation import children, folders, pythons, resources
from backend.installation.environment import python_of
from building.paths import ROOT
from tests.support.refusals import refused

STARTERS = [*(ROOT / "backend" / "installation").glob("*.py"), *(ROOT / "addon" / "worker").glob("*.py")]


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.name)
def test_no_program_opens_a_console_window(path):
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"subprocess.run", "subprocess.Popen"}
    ]

    assert all("creationflags" in {keyword.arg for keyword in call.keywords} for call in calls)


def test_programs_are_started_by_words_and_never_through_a_shell():
    for path in STARTERS:
        source = path.read_text(encoding="utf-8")
        assert "shell=True" not in source
        assert "os.system" not in source


def test_a_windows_environment_has_its_python_in_scripts(tmp_path):
    python = tmp_path / "Scripts" / "python.exe"
    python.parent.mkdir()
    python.touch()

    assert python_of(tmp_path) == python


def test_pythons_are_looked_for_where_windows_installers_put_them(tmp_path, monkeypatch):
    monkeypatch.setattr(pythons.sys, "platform", "win32")
    monkeypatch.setattr(pythons.shutil, "which", lambda *_, **__: None)
    python = tmp_path / "Programs" / "Python" / "Python313" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()

    found = list(pythons.candidates("3.13", {"LOCALAPPDATA": str(tmp_path), "HOME": str(tmp_path)}))

    assert found == [str(python)]


def test_another_python_sees_nothing_of_blenders():
    environment = python_environment({"PYTHONPATH": "x", "PYTHONHOME": "y", "HTTPS_PROXY": "proxy"})

    assert not {"PYTHONPATH", "PYTHONHOME"} & set(environment)
    assert environment["HTTPS_PROXY"] == "proxy"
    assert environment["PYTHONNOUSERSITE"] == "1"


def test_windows_ends_a_program_with_all_that_it_started(tmp_path, monkeypatch):
    number, asked = tmp_path / "number", []

    def printed(words, _seconds):
        asked.append(words)
        raise OSError

    def stop_when_it_is_there():
        if number.is_file() and number.read_text(encoding="utf-8"):
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(children, "printed", printed)
    words = f"import os, time; open({str(number)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    with refused(ExitCode.CANCELLED):
        children.Children(tmp_path / "log", stop_when_it_is_there, tmp_path).run(
            [sys.executable, "-c", words], "A step"
        )

    assert asked == [["taskkill", "/T", "/F", "/PID", number.read_text(encoding="utf-8")]]


@pytest.fixture
def windows(monkeypatch):
    """`resources` as Windows loads it, with one lock for all files."""
    held = set()

    def locking(number, mode, count):
        if mode == "lock":
            if held:
                raise OSError(errno.EACCES, "Permission denied")
            held.add(number)
        else:
            held.clear()

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK="lock", LK_UNLCK="unlock"))
    monkeypatch.setattr(sys, "platform", "win32")
    name = "backend.installation.resources_on_windows"
    spec = importlib.util.spec_from_file_location(name, resources.__file__)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_windows_keeps_a_second_installation_out(windows, tmp_path):
    with windows.one_at_a_time(tmp_path):
        with pytest.raises(DuologueError) as caught, windows.one_at_a_time(tmp_path):
            pass
        assert caught.value.code == ExitCode.INSTALLATION_RUNNING
    with windows.one_at_a_time(tmp_path):
        pass


@pytest.mark.parametrize(("length", "fits"), [(20, True), (84, True), (85, False), (200, False)])
def test_a_folder_too_deep_for_windows_is_told_before_anything_is_fetched(length, fits):
    folder = Path("/" + "b" * (length - 1))

    folders.require_short(folder, "linux")
    if fits:
        folders.require_short(folder, "win32")
    else:
        with refused(ExitCode.BAD_REQUEST):
            folders.require_short(folder, "win32")
