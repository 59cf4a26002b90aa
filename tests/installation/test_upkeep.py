"""An installed backend is moved and removed: what was installed, whole, and nothing else."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.installation import (
    INSTALLATION_LOG,
    INSTALLED_FILE,
    MOVED_FILE,
    RUNNING_FILE,
    Installation,
    installation_in,
    moved_from,
    record_installation,
)
from backend.installation import plan, upkeep
from backend.installation.installing import Wish
from tests.support.packed_backend import failing, run
from tests.support.refusals import refused


@pytest.mark.slow
def test_a_backend_moves_and_runs_where_it_is_then(packed, folder, tmp_path):
    run(Wish(folder, source=packed, own=sys.executable))
    there = tmp_path / "there"

    moved = upkeep.move(folder, there, lambda *_: None, lambda: None)

    assert subprocess.run([moved.python, "-c", "import tiny"], check=False).returncode == 0
    assert installation_in(there) == moved
    assert installation_in(folder) is None
    assert str(folder) not in (moved.python.parents[1] / "pyvenv.cfg").read_text(encoding="utf-8")


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A backend whose Python uv has brought, with uv's link from the minor version to the whole one; it runs."""
    folder = tmp_path / "backend"
    whole, minor = folder / "python" / "cpython-3.13.5", folder / "python" / "cpython-3.13"
    environment = folder / "environment-1"
    for place in (whole / "bin", environment / "bin", folder / "assets"):
        place.mkdir(parents=True)
    (whole / "bin" / "python3.13").write_text("runs", encoding="utf-8")
    minor.symlink_to(whole, target_is_directory=True)
    (environment / "bin" / "python").symlink_to(minor / "bin" / "python3.13")
    settings = f"home = {minor / 'bin'}\nbeside = {tmp_path / 'backend of mine'}\n"
    (environment / "pyvenv.cfg").write_text(settings, encoding="utf-8")
    (folder / "assets" / "head.npz").write_bytes(b"head")
    (folder / INSTALLATION_LOG).touch()
    installed = Installation(folder, environment / "bin" / "python", folder / "assets", "cpu", "3.13", "stamp")
    record_installation(installed)
    monkeypatch.setattr("backend.contract.files.os.fsync", lambda _: None)
    monkeypatch.setattr(upkeep, "asked", lambda python: Path(python).read_text(encoding="utf-8"))
    return installed


def moved_to(installed, to, say=lambda *_: None, check=lambda: None):
    return upkeep.move(installed.folder, to, say, check)


@pytest.mark.skipif(sys.platform == "win32", reason="uv's links are junctions there, which are copied as folders")
def test_a_python_that_uv_brought_moves_along_with_its_links(brought, tmp_path):
    moved = moved_to(brought, tmp_path / "there")

    assert moved.python.read_text(encoding="utf-8") == "runs"
    assert moved.python.resolve() == tmp_path / "there" / "python" / "cpython-3.13.5" / "bin" / "python3.13"
    assert (moved.folder / "environment-1" / "pyvenv.cfg").read_text(encoding="utf-8").splitlines() == [
        f"home = {tmp_path / 'there' / 'python' / 'cpython-3.13' / 'bin'}",
        f"beside = {tmp_path / 'backend of mine'}",
    ]


def test_a_move_that_is_cut_short_anywhere_loses_no_backend_and_is_finished_by_another_try(brought, tmp_path):
    folder, to, moments = brought.folder, tmp_path / "there", []

    def note(*_):
        moment = tmp_path / f"moment-{len(moments)}"
        for place in (folder, to):
            shutil.copytree(place, moment / place.name, symlinks=True, ignore=shutil.ignore_patterns(RUNNING_FILE))
        moments.append(moment)

    wanted = moved_to(brought, to, note, note)
    half_removed = tmp_path / "half removed"
    shutil.copytree(moments[-1], half_removed, symlinks=True)
    (half_removed / folder.name / INSTALLED_FILE).unlink()

    for moment in (*moments, half_removed):
        for place in (folder, to):
            shutil.rmtree(place)
            shutil.copytree(moment / place.name, place, symlinks=True)
        assert installation_in(moved_from(folder)) is not None, "Blender has a backend meanwhile"

        assert moved_to(brought, to) == wanted == installation_in(to)

        assert wanted.python.read_text(encoding="utf-8") == "runs"
        assert [path.name for path in folder.iterdir()] == [MOVED_FILE]
        assert moved_from(folder) == to, "also where Blender ended before it could remember it"
    assert len(moments) > 5


def test_a_move_replaces_no_backend_that_it_did_not_make(brought, tmp_path):
    other = tmp_path / "there"
    shutil.copytree(brought.folder, other, symlinks=True)

    with pytest.raises(DuologueError) as caught:
        moved_to(brought, other)

    assert caught.value.code == ExitCode.BAD_REQUEST
    assert installation_in(other) is not None


@pytest.mark.parametrize("stale", [False, True])
def test_there_and_back_again_takes_nothing_that_came_meanwhile(brought, tmp_path, stale):
    folder, to = brought.folder, tmp_path / "there"
    back = moved_to(moved_to(brought, to), folder)
    assert moved_from(folder) == folder
    assert [path.name for path in to.iterdir()] == [MOVED_FILE]
    theirs = to / "assets" / "an artist's own.txt"
    theirs.parent.mkdir()
    theirs.touch()
    if stale:  # as a move there and back left it once
        (folder / MOVED_FILE).write_text(json.dumps({"to": str(to)}), encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        moved_to(back, to)

    assert theirs.is_file()
    assert installation_in(folder) == back


def test_a_move_that_is_finished_again_takes_nothing_that_came_meanwhile(brought, tmp_path):
    moved = moved_to(brought, tmp_path / "there")
    theirs = brought.folder / "assets" / "an artist's own.txt"
    theirs.parent.mkdir()
    theirs.touch()

    assert moved_to(brought, tmp_path / "there") == moved

    assert theirs.is_file()


@pytest.mark.slow
def test_a_move_that_is_stopped_leaves_the_backend_where_it_is(packed, folder, tmp_path):
    installed = run(Wish(folder, source=packed, own=sys.executable))

    def stop():
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with refused(ExitCode.CANCELLED):
        upkeep.move(folder, tmp_path / "there", lambda *_: None, stop)

    assert installation_in(folder) == installed
    assert not any((tmp_path / "there").glob("environment-*"))


@pytest.mark.parametrize("to", ["", "inside"])
@pytest.mark.slow
def test_a_backend_does_not_move_into_itself(packed, folder, to):
    installed = run(Wish(folder, source=packed, own=sys.executable))

    with refused(ExitCode.BAD_REQUEST):
        upkeep.move(folder, folder / to, lambda *_: None, lambda: None)

    assert installation_in(folder) == installed


@pytest.mark.slow
def test_removing_takes_what_was_installed_and_nothing_else(packed, folder):
    run(Wish(folder, source=packed, own=sys.executable))
    (folder / "notes.txt").write_text("an artist's own", encoding="utf-8")

    assert upkeep.remove(folder, lambda *_: None) is True
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert upkeep.remove(folder, lambda *_: None) is False


@pytest.mark.parametrize("name", ["assets", "packages", "python", "environment-1"])
def test_a_folder_that_no_installation_made_is_neither_installed_into_nor_removed(packed, folder, name):
    theirs = folder / name / "an artist's own.txt"
    theirs.parent.mkdir(parents=True)
    theirs.touch()

    assert failing(Wish(folder, source=packed, own=sys.executable)) == ExitCode.BAD_REQUEST
    assert upkeep.remove(folder, lambda *_: None) is False
    with refused(ExitCode.BAD_REQUEST):
        plan.plan_for(folder, sys.executable, packed)
    assert theirs.is_file()


def test_a_removal_that_is_cut_short_can_be_finished(folder):
    (folder / "environment-1").mkdir(parents=True)
    for name in ("installed.json", INSTALLATION_LOG):
        (folder / name).touch()

    def stop(_stage, done, _total):
        if done == 1:
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with refused(ExitCode.CANCELLED):
        upkeep.remove(folder, stop)

    assert not (folder / "installed.json").exists()
    assert upkeep.remove(folder, lambda *_: None) is True
    assert not folder.exists()


def test_only_numbered_environments_are_removed(folder):
    for name in ("environment-1", "environment-old", "environment-old-3", "environment-²"):
        (folder / name).mkdir(parents=True)
    (folder / INSTALLATION_LOG).touch()

    assert upkeep.remove(folder, lambda *_: None) is True
    assert {path.name for path in folder.iterdir()} == {"environment-old", "environment-old-3", "environment-²"}


@pytest.mark.slow
def test_removing_takes_the_folder_too_where_it_is_empty(packed, folder):
    run(Wish(folder, source=packed, own=sys.executable))

    upkeep.remove(folder, lambda *_: None)

    assert not folder.exists()
