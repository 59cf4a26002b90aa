"""Deleted folders go to the system's bin, or stay where they are."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from duologue.addon import recycle_bin
from duologue.addon.recycle_bin import move_to_bin
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the freedesktop.org bin is not Windows's")


@pytest.fixture
def home_bin(tmp_path, monkeypatch):
    monkeypatch.setattr(recycle_bin.sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


def folder(path, content="take"):
    path.mkdir(parents=True)
    (path / "performance.npz").write_text(content)
    return path


def test_a_folder_goes_to_the_bin_with_the_place_it_came_from(tmp_path, home_bin):
    take = folder(tmp_path / "Projekt Größe 1%" / "take-001")

    move_to_bin(take)

    assert not take.exists()
    assert (home_bin / "files" / "take-001" / "performance.npz").read_text() == "take"
    lines = (home_bin / "info" / "take-001.trashinfo").read_text().splitlines()
    assert lines[0] == "[Trash Info]"
    assert lines[1] == f"Path={tmp_path}/Projekt%20Gr%C3%B6%C3%9Fe%201%25/take-001"
    assert lines[2].startswith("DeletionDate=")


def test_names_in_the_bin_are_never_used_twice(tmp_path, home_bin):
    for content in ("first", "second", "third"):
        move_to_bin(folder(tmp_path / "take-001", content))

    kept = {path.name: (path / "performance.npz").read_text() for path in (home_bin / "files").iterdir()}
    assert kept == {"take-001": "first", "take-001 2": "second", "take-001 3": "third"}
    assert len(list((home_bin / "info").iterdir())) == 3


def test_a_link_goes_itself_and_not_what_it_points_to(tmp_path, home_bin):
    take = folder(tmp_path / "take-001")
    link = tmp_path / "link"
    link.symlink_to(take)

    move_to_bin(link)

    assert take.is_dir()
    assert (home_bin / "files" / "link").is_symlink()


def test_without_a_bin_everything_stays_and_it_is_told(tmp_path, home_bin):
    take = folder(tmp_path / "take-001")
    home_bin.parent.mkdir()
    home_bin.write_text("a file where the bin would be")

    with refused(ExitCode.OUTPUT_NOT_WRITABLE):
        move_to_bin(take)

    assert (take / "performance.npz").read_text() == "take"


def test_what_cannot_be_moved_leaves_no_note_in_the_bin(tmp_path, home_bin, monkeypatch):
    take = folder(tmp_path / "take-001")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with refused(ExitCode.OUTPUT_NOT_WRITABLE):
        move_to_bin(take)

    assert list((home_bin / "info").iterdir()) == []


def test_another_drive_has_a_bin_of_its_own(tmp_path, home_bin, monkeypatch):
    drive = tmp_path / "drive"
    take = folder(drive / "project" / "take-001")
    monkeypatch.setattr(recycle_bin, "_device_of", lambda _: None)
    monkeypatch.setattr(recycle_bin, "_is_top", lambda path: path == drive)

    move_to_bin(take)

    own = drive / f".Trash-{os.getuid()}"
    assert (own / "files" / "take-001").is_dir()
    assert "Path=project/take-001" in (own / "info" / "take-001.trashinfo").read_text()
    assert not home_bin.exists()


def test_a_shared_bin_counts_only_where_an_administrator_made_it_safe(tmp_path, home_bin, monkeypatch):
    drive = tmp_path / "drive"
    monkeypatch.setattr(recycle_bin, "_device_of", lambda _: None)
    monkeypatch.setattr(recycle_bin, "_is_top", lambda path: path == drive)
    (drive / ".Trash").mkdir(parents=True)

    move_to_bin(folder(drive / "take-001"))
    (drive / ".Trash").chmod(0o1777)
    move_to_bin(folder(drive / "take-002"))

    assert (drive / f".Trash-{os.getuid()}" / "files" / "take-001").is_dir()
    assert (drive / ".Trash" / str(os.getuid()) / "files" / "take-002").is_dir()


def test_macos_moves_into_the_home_s_bin(tmp_path, monkeypatch):
    monkeypatch.setattr(recycle_bin.sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".Trash").mkdir()

    for _ in range(2):
        move_to_bin(folder(tmp_path / "take-001"))

    assert sorted(path.name for path in (tmp_path / ".Trash").iterdir()) == ["take-001", "take-001 2"]


@pytest.mark.parametrize(("drive", "status", "moved"), [(3, 0, True), (3, 0x78, False), (4, 0, False)])
def test_windows_is_asked_for_its_bin_and_never_on_a_network_drive(tmp_path, monkeypatch, drive, status, moved):
    import ctypes

    asked = []

    def operate(reference):
        operation = reference._obj
        asked.append((operation.function, operation.source.rstrip("\0"), operation.flags & 0x40))
        return status

    library = SimpleNamespace(GetDriveTypeW=lambda _: drive, SHFileOperationW=operate)
    monkeypatch.setattr(recycle_bin.sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", lambda _: library, raising=False)
    take = folder(tmp_path / "take-001")

    if moved:
        move_to_bin(take)
    else:
        with refused(ExitCode.OUTPUT_NOT_WRITABLE):
            move_to_bin(take)

    assert asked == ([] if drive == 4 else [(3, str(take), 0x40)])
