"""The list of takes: it finds what is on disk, and keeps names, stars and notes beside it."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface import take_rows, takes_panel
from duologue.addon.interface.take_rows import list_of
from duologue.addon.interface.takes_panel import DUOLOGUE_PT_takes, DUOLOGUE_UL_takes
from duologue.addon.keys import takes
from duologue.addon.keys.take_picture import PICTURE_FILE
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import NOTES_FILE, PERFORMANCE_FILE
from duologue.backend.contract.performance import save_performance

from tests.support.blend_files import generate, neck, now, reopen, rows, save, use
from tests.support.drawn_panel import drawn
from tests.support.fake_worker import fake_performance


def shown():
    """Titles of the rows that the panel shows."""
    stand_in = SimpleNamespace(filter_name="", bitflag_filter_item=1)
    found = list(rows())
    flags, _ = DUOLOGUE_UL_takes.filter_items(stand_in, bpy.context, list_of(bpy.context), "rows")
    return [row.title for row, flag in zip(found, flags, strict=True) if flag]


def test_takes_are_listed_with_what_made_them(saved_project):
    generate(3)
    generate(5)

    assert [(row.title, row.seed, row.engine, row.seconds, row.state) for row in rows()] == [
        ("take-001", 3, "fake", 2.0, "whole"),
        ("take-002", 5, "fake", 2.0, "whole"),
    ]
    assert list_of(bpy.context).chosen == 1


def test_name_star_and_note_are_in_the_take_s_folder_and_survive_a_crash(saved_project):
    folder = generate(0)
    save(saved_project / "scene.blend")
    row = rows()[0]
    row.title, row.star, row.note = "Käse & Wein", True, "zweiter Blick ist gut"

    reopen(saved_project / "scene.blend")

    row = rows()[0]
    assert (row.title, row.star, row.note) == ("Käse & Wein", True, "zweiter Blick ist gut")
    row.title = ""
    assert row.title == "take-001"
    assert json.loads((folder / NOTES_FILE).read_text())["name"] == ""


def test_a_take_that_was_done_when_blender_crashed_is_listed(saved_project):
    generate(0)
    save(saved_project / "scene.blend")
    lost = takes.new_take_folder()
    save_performance(lost / PERFORMANCE_FILE, fake_performance(seed=9))

    reopen(saved_project / "scene.blend")

    assert [(row.title, row.seed) for row in rows()] == [("take-001", 0), ("take-002", 9)]
    assert "take-002" in shown()
    use(lost)
    assert "take-002" in now().take


def test_a_damaged_take_is_shown_and_changes_nothing(saved_project):
    first = generate(0)
    before = neck(20)
    broken = takes.new_take_folder()
    (broken / PERFORMANCE_FILE).write_bytes((first / PERFORMANCE_FILE).read_bytes()[:500])

    assert rows()[1].state == "damaged"
    assert bpy.ops.duologue.use_take(take=str(broken)) == {"CANCELLED"}

    assert now().message_code == ExitCode.PERFORMANCE_INVALID
    assert (neck(20), takes.take_file(now()).parent) == (pytest.approx(before), first)


def test_a_take_that_is_gone_is_shown_as_long_as_its_keys_are_there(saved_project):
    shutil.rmtree(generate(0))

    assert [row.state for row in rows()] == ["missing"]
    assert "Locate…" in drawn(DUOLOGUE_PT_takes, bpy.context.scene)
    assert bpy.ops.duologue.use_take(take=rows()[0].path) == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND


def test_a_star_does_not_bring_a_folder_back_that_is_gone(saved_project):
    folder = generate(0)
    shutil.rmtree(folder)
    row = rows()[0]

    row.star = True

    assert not folder.exists()
    assert now().message_code == ExitCode.TAKE_NOT_FOUND


def test_a_duplicate_has_its_own_folder_and_notes(saved_project):
    first = generate(4)
    rows()[0].title = "Good one"
    assert bpy.ops.duologue.duplicate_take(take=str(first)) == {"FINISHED"}

    found = rows()
    assert [(listed.title, listed.seed) for listed in found] == [("Good one", 4), ("Good one copy", 4)]
    found[1].star = True
    assert [row.star for row in rows()] == [False, True]
    use(found[1].path)
    assert "take-002" in now().take


def test_takes_of_another_conversation_are_shown_on_demand(saved_project):
    first = generate(0)
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}
    now().track_a, now().track_b = str(saved_project / "a.wav"), str(saved_project / "b ä.wav")
    second = generate(3)

    assert shown() == ["take-002"]
    list_of(bpy.context).everybodys = True
    assert shown() == ["take-001", "take-002"]
    list_of(bpy.context).everybodys = False
    bpy.context.scene.duologue_active = 0
    assert shown() == ["take-001"]
    assert {first.parent, second.parent} == {first.parent}


def test_the_next_version_of_a_file_lists_the_takes_of_the_one_before(saved_project):
    first = generate(0)
    generate(3)

    save(saved_project / "scene_v2.blend")

    assert shown() == ["take-001", "take-002"]
    assert [path.name for path in (saved_project / "duologue_takes" / "scene_v2").iterdir()] == ["take-002"]
    use(first)
    assert now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_a_file_saved_elsewhere_takes_all_its_takes_along(saved_project, tmp_path):
    generate(0)
    rows()[0].title = "First"
    generate(3)
    (tmp_path / "archive").mkdir()

    save(tmp_path / "archive" / "shot.blend")

    assert [(row.title, row.seed) for row in rows()] == [("First", 0), ("take-002", 3)]
    assert all(str(tmp_path / "archive") in row.path for row in rows())
    rows()[0].title = "Renamed there"
    assert (
        json.loads((saved_project / "duologue_takes" / "scene" / "take-001" / NOTES_FILE).read_text())["name"]
        == "First"
    )


def test_takes_from_before_the_first_save_come_along(tmp_path, saved_project):
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    now().track_a, now().track_b = str(saved_project / "a.wav"), str(saved_project / "b ä.wav")
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}
    generate(0)
    generate(3)
    assert shown() == ["take-001", "take-002"]
    stranger = takes.new_take_folder()
    save_performance(stranger / PERFORMANCE_FILE, fake_performance())

    assert shown() == ["take-001", "take-002"]
    save(saved_project / "new.blend")

    assert [row.title for row in rows()] == ["take-001", "take-002"]
    assert all("duologue_takes" in row.path for row in rows())


def test_older_files_list_their_takes(saved_project):
    folder = generate(0)
    (folder / NOTES_FILE).unlink()
    now().property_unset("takes")

    assert shown() == ["take-001"]


def test_only_starred_takes_are_shown_on_demand(saved_project):
    generate(0)
    generate(3)
    rows()[1].star = True
    list_of(bpy.context).starred = True

    try:
        assert shown() == ["take-002"]
    finally:
        list_of(bpy.context).starred = False


def test_a_take_can_be_chosen_before_there_are_heads(saved_project, tmp_path):
    folder = generate(0)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)

    use(folder)

    assert now().take == str(folder / PERFORMANCE_FILE)


def test_removing_a_conversation_forgets_its_kept_keys(saved_project):
    generate(0)
    generate(3)
    assert len(now().takes.kept) > 0

    assert bpy.ops.duologue.remove_conversation() == {"FINISHED"}

    assert len(now().takes.kept) == 0


@pytest.mark.parametrize("width", [220, 300, 600])
def test_the_panel_draws_every_state(saved_project, width):
    first = generate(0)
    generate(3)
    rows()[1].note = "best"
    said = drawn(DUOLOGUE_PT_takes, bpy.context.scene, width)
    assert "Compare with take-001" in said
    assert "Write keys" in said

    shutil.rmtree(first)
    drawn(DUOLOGUE_PT_takes, bpy.context.scene, width)
    drawn(takes_panel.DUOLOGUE_MT_takes, bpy.context.scene, width)


def test_a_take_under_the_number_of_a_deleted_one_shows_its_own_picture(played):
    folder = Path(settings_of(played).take).parent
    (shown,) = [row for row in rows() if row.path == str(folder)]
    before = take_rows._pictures()[shown.path]
    assert rows()[0].path == shown.path
    assert take_rows._pictures()[shown.path] is before, "which nothing has changed"
    (folder / PICTURE_FILE).unlink()
    save_performance(folder / PERFORMANCE_FILE, fake_performance(seconds=1.0, speakers=("Ben", "Anna"), seed=9))

    (shown,) = [row for row in rows() if row.path == str(folder)]

    assert take_rows._pictures()[shown.path] is not before
