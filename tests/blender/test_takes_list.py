"""The list of takes: it finds what is on disk, puts takes onto the heads, and loses neither edits nor files."""

import json
import shutil
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface import takes_panel
from duologue.addon.interface.take_rows import list_of
from duologue.addon.interface.takes_panel import DUOLOGUE_PT_takes, DUOLOGUE_UL_takes
from duologue.addon.keys import takes
from duologue.addon.keys.actions import channels_of
from duologue.addon.keys.kept_actions import is_ready, keys_in_use
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import NOTES_FILE, PERFORMANCE_FILE
from duologue.backend.contract.performance import save_performance

from tests.support.drawn_panel import drawn
from tests.support.fake_worker import fake_performance
from tests.support.staged_worker import fake_python, write_wave


@pytest.fixture
def project(pair, tmp_path, monkeypatch):
    """A saved scene with two heads and sound, the user's settings elsewhere, and a bin."""
    folder = tmp_path / "Projekt 1"
    folder.mkdir()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "user"))
    settings = settings_of(pair)
    settings.track_a, settings.track_b = str(write_wave(folder / "a.wav")), str(write_wave(folder / "b.wav"))
    save(folder / "scene.blend")
    return folder


def now():
    return settings_of(bpy.context.scene)


def save(path, **options):
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False, **options)


def reopen(path):
    bpy.ops.wm.open_mainfile(filepath=str(path))


def generate(seed=0):
    now().seed = seed
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    return takes.take_file(now()).parent


def use(folder):
    assert bpy.ops.duologue.use_take(take=str(folder)) == {"FINISHED"}, now().message


def rows():
    assert bpy.ops.duologue.refresh_takes() == {"FINISHED"}
    return list(list_of(bpy.context).rows)


def shown():
    """Titles of the rows that the panel shows."""
    stand_in = SimpleNamespace(filter_name="", bitflag_filter_item=1)
    found = list(rows())
    flags, _ = DUOLOGUE_UL_takes.filter_items(stand_in, bpy.context, list_of(bpy.context), "rows")
    return [row.title for row, flag in zip(found, flags, strict=True) if flag]


def actions():
    return {one.action.name for one in keys_in_use(now())}


def neck(frame):
    """What the first head's neck is keyed to: fake takes with a higher seed nod further."""
    path = 'pose.bones["neck"].rotation_quaternion'
    return channels_of(now().head_a).fcurves.find(path, index=1).evaluate(frame)


def nudge():
    """An artist moves a key of the first head's neck."""
    curve = channels_of(now().head_a).fcurves.find('pose.bones["neck"].rotation_quaternion', index=1)
    curve.keyframe_points[10].co.y = 0.77
    curve.update()


def test_takes_are_listed_with_what_made_them(project):
    generate(3)
    generate(5)

    assert [(one.title, one.seed, one.engine, one.seconds, one.state) for one in rows()] == [
        ("take-001", 3, "fake", 2.0, "whole"),
        ("take-002", 5, "fake", 2.0, "whole"),
    ]
    assert list_of(bpy.context).chosen == 1


def test_a_take_that_is_used_is_on_the_heads(project):
    first = generate(0)
    before = neck(20)
    generate(3)
    assert abs(neck(20) - before) > 0.01

    use(first)

    assert neck(20) == pytest.approx(before, abs=1e-6)
    assert now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_going_back_to_the_take_before_writes_no_key(project, monkeypatch):
    first, before = generate(0), actions()
    second, after = generate(3), actions()
    monkeypatch.setattr("duologue.addon.keys.switching.write_take_in_steps", None)

    use(first)
    assert actions() == before
    use(second)
    assert actions() == after


def test_edits_of_an_artist_come_back_with_their_take(project):
    first = generate(0)
    nudge()
    for seed in (1, 2, 3):
        generate(seed)
    assert neck(11) != pytest.approx(0.77)

    use(first)

    assert neck(11) == pytest.approx(0.77)
    assert "take-001" in now().take


def test_keys_stay_ready_for_their_own_take_and_for_no_other_of_that_name(project, tmp_path):
    first, _ = generate(0), generate(3)
    moved, other = tmp_path / "elsewhere" / first.name, tmp_path / "other project" / first.name
    shutil.copytree(first, moved)
    other.mkdir(parents=True)
    save_performance(other / PERFORMANCE_FILE, fake_performance(seed=5))

    def ready():
        return [is_ready(now(), folder / PERFORMANCE_FILE) for folder in (first, moved, other)]

    assert ready() == [True, True, False]
    for row in now().takes.kept:
        row.content = ""  # as an earlier version left it
    assert ready() == [True, True, True]


def test_a_take_of_the_same_name_from_another_project_puts_its_own_keys_on_the_heads(project, tmp_path):
    first = generate(0)
    before, other = neck(20), tmp_path / "other project" / first.name
    other.mkdir(parents=True)
    save_performance(other / PERFORMANCE_FILE, fake_performance(seed=5))

    use(other)
    assert abs(neck(20) - before) > 0.01
    use(first)
    assert neck(20) == pytest.approx(before, abs=1e-6)
    use(other)

    assert abs(neck(20) - before) > 0.01


def test_write_keys_makes_edited_keys_anew(project):
    generate(0)
    before = neck(11)
    nudge()

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert neck(11) == pytest.approx(before, abs=1e-6)


def test_keys_that_nobody_edited_stay_for_one_more_take_only(project):
    folders = [generate(seed) for seed in range(4)]

    ready = [is_ready(now(), folder / PERFORMANCE_FILE) for folder in folders]

    assert ready == [False, False, True, False]
    use(folders[0])
    assert "take-001" in now().take


def test_keys_that_would_be_written_otherwise_now_are_written(project):
    first = generate(0)
    generate(3)
    now().head_strength = 0.5
    use(first)
    weak = neck(20)
    now().head_strength = 1.0

    use(first)

    assert abs(weak) < 0.8 * abs(neck(20))


def test_locked_people_keep_what_they_do(project):
    first = generate(0)
    generate(3)
    before = neck(20)
    now().lock_a = True

    use(first)
    assert neck(20) == pytest.approx(before)

    now().lock_b = True
    assert bpy.ops.duologue.use_take(take=str(first)) == {"CANCELLED"}
    assert now().message_code == ExitCode.SCENE_UNSUITABLE


def test_compare_goes_back_and_forth(project):
    first = generate(0)
    second = generate(3)
    seen = []

    for _ in range(4):
        assert bpy.ops.duologue.compare_takes() == {"FINISHED"}
        seen.append(takes.take_file(now()).parent)

    assert seen == [first, second, first, second]


def test_there_is_nothing_to_compare_with_one_take(project):
    generate(0)

    assert not bpy.ops.duologue.compare_takes.poll()


def test_a_click_on_a_row_uses_its_take(project):
    first = generate(0)
    generate(3)
    rows()

    list_of(bpy.context).chosen = 0

    assert takes.take_file(now()).parent == first
    assert list_of(bpy.context).chosen == 0


def test_name_star_and_note_are_in_the_take_s_folder_and_survive_a_crash(project):
    folder = generate(0)
    save(project / "scene.blend")
    row = rows()[0]
    row.title, row.star, row.note = "Käse & Wein", True, "zweiter Blick ist gut"

    reopen(project / "scene.blend")

    row = rows()[0]
    assert (row.title, row.star, row.note) == ("Käse & Wein", True, "zweiter Blick ist gut")
    row.title = ""
    assert row.title == "take-001"
    assert json.loads((folder / NOTES_FILE).read_text())["name"] == ""


def test_a_take_that_was_done_when_blender_crashed_is_listed(project):
    generate(0)
    save(project / "scene.blend")
    lost = takes.new_take_folder()
    save_performance(lost / PERFORMANCE_FILE, fake_performance(seed=9))

    reopen(project / "scene.blend")

    assert [(one.title, one.seed) for one in rows()] == [("take-001", 0), ("take-002", 9)]
    assert "take-002" in shown()
    use(lost)
    assert "take-002" in now().take


def test_a_damaged_take_is_shown_and_changes_nothing(project):
    first = generate(0)
    before = neck(20)
    broken = takes.new_take_folder()
    (broken / PERFORMANCE_FILE).write_bytes((first / PERFORMANCE_FILE).read_bytes()[:500])

    assert rows()[1].state == "damaged"
    assert bpy.ops.duologue.use_take(take=str(broken)) == {"CANCELLED"}

    assert now().message_code == ExitCode.PERFORMANCE_INVALID
    assert (neck(20), takes.take_file(now()).parent) == (pytest.approx(before), first)


def test_a_take_that_is_gone_is_shown_as_long_as_its_keys_are_there(project):
    shutil.rmtree(generate(0))

    assert [one.state for one in rows()] == ["missing"]
    assert "Locate…" in drawn(DUOLOGUE_PT_takes, bpy.context.scene)
    assert bpy.ops.duologue.use_take(take=rows()[0].path) == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND


def test_a_deleted_take_is_in_the_bin_and_its_keys_stay(project, tmp_path):
    folder = generate(0)
    before = neck(20)

    assert bpy.ops.duologue.delete_take(take=str(folder)) == {"FINISHED"}

    assert (tmp_path / "data" / "Trash" / "files" / "take-001" / PERFORMANCE_FILE).is_file()
    assert not folder.exists()
    assert rows() == []
    assert (now().take, neck(20)) == ("", pytest.approx(before))


def test_a_take_is_not_deleted_where_there_is_no_bin(project, tmp_path):
    folder = generate(0)
    (tmp_path / "data").write_text("a file where the bin would be")

    assert bpy.ops.duologue.delete_take() == {"CANCELLED"}

    assert now().message_code == ExitCode.OUTPUT_NOT_WRITABLE
    assert (folder / PERFORMANCE_FILE).is_file()
    assert now().take


def test_only_a_take_can_be_deleted(project):
    generate(0)

    assert bpy.ops.duologue.delete_take(take=str(project)) == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND
    assert (project / "a.wav").is_file()


@pytest.mark.parametrize("other", ["Holiday.jpg", "more"])
def test_a_folder_with_more_than_a_take_is_not_deleted(project, other):
    folder = generate(0)
    if other == "more":
        (folder / other).mkdir()
    else:
        (folder / other).write_bytes(b"dear")

    assert bpy.ops.duologue.delete_take(take=str(folder)) == {"CANCELLED"}

    assert now().message_code == ExitCode.TAKE_NOT_FOUND
    assert (folder / other).exists()
    assert (folder / PERFORMANCE_FILE).is_file()


def test_a_star_does_not_bring_a_folder_back_that_is_gone(project):
    folder = generate(0)
    shutil.rmtree(folder)
    row = rows()[0]

    row.star = True

    assert not folder.exists()
    assert now().message_code == ExitCode.TAKE_NOT_FOUND


def test_an_action_of_the_artists_is_still_saved_when_a_take_comes_back_over_it(project):
    first, _ = generate(0), generate(1)
    head = now().head_a
    head.animation_data.action = bpy.data.actions.new("by hand")

    use(first)

    assert head.animation_data.action.name != "by hand"
    save(project / "scene.blend")
    reopen(project / "scene.blend")
    assert "by hand" in bpy.data.actions


def test_a_duplicate_has_its_own_folder_and_notes(project):
    first = generate(4)
    rows()[0].title = "Good one"
    assert bpy.ops.duologue.duplicate_take(take=str(first)) == {"FINISHED"}

    found = rows()
    assert [(one.title, one.seed) for one in found] == [("Good one", 4), ("Good one copy", 4)]
    found[1].star = True
    assert [one.star for one in rows()] == [False, True]
    use(found[1].path)
    assert "take-002" in now().take


def test_takes_of_another_conversation_are_shown_on_demand(project):
    first = generate(0)
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}
    now().track_a, now().track_b = str(project / "a.wav"), str(project / "b.wav")
    second = generate(3)

    assert shown() == ["take-002"]
    list_of(bpy.context).everybodys = True
    assert shown() == ["take-001", "take-002"]
    list_of(bpy.context).everybodys = False
    bpy.context.scene.duologue_active = 0
    assert shown() == ["take-001"]
    assert {first.parent, second.parent} == {first.parent}


def test_the_next_version_of_a_file_lists_the_takes_of_the_one_before(project):
    first = generate(0)
    generate(3)

    save(project / "scene_v2.blend")

    assert shown() == ["take-001", "take-002"]
    assert [one.name for one in (project / "duologue_takes" / "scene_v2").iterdir()] == ["take-002"]
    use(first)
    assert now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_a_file_saved_elsewhere_takes_all_its_takes_along(project, tmp_path):
    generate(0)
    rows()[0].title = "First"
    generate(3)
    (tmp_path / "archive").mkdir()

    save(tmp_path / "archive" / "shot.blend")

    assert [(one.title, one.seed) for one in rows()] == [("First", 0), ("take-002", 3)]
    assert all(str(tmp_path / "archive") in one.path for one in rows())
    rows()[0].title = "Renamed there"
    assert json.loads((project / "duologue_takes" / "scene" / "take-001" / NOTES_FILE).read_text())["name"] == "First"


def test_takes_from_before_the_first_save_come_along(tmp_path, project):
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    now().track_a, now().track_b = str(project / "a.wav"), str(project / "b.wav")
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}
    generate(0)
    generate(3)
    assert shown() == ["take-001", "take-002"]
    stranger = takes.new_take_folder()
    save_performance(stranger / PERFORMANCE_FILE, fake_performance())

    assert shown() == ["take-001", "take-002"]
    save(project / "new.blend")

    assert [one.title for one in rows()] == ["take-001", "take-002"]
    assert all("duologue_takes" in one.path for one in rows())


def test_older_files_list_their_takes(project):
    folder = generate(0)
    (folder / NOTES_FILE).unlink()
    now().property_unset("takes")

    assert shown() == ["take-001"]


def test_only_starred_takes_are_shown_on_demand(project):
    generate(0)
    generate(3)
    rows()[1].star = True
    list_of(bpy.context).starred = True

    try:
        assert shown() == ["take-002"]
    finally:
        list_of(bpy.context).starred = False


def test_a_take_can_be_chosen_before_there_are_heads(project, tmp_path):
    folder = generate(0)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)

    use(folder)

    assert now().take == str(folder / PERFORMANCE_FILE)


def test_removing_a_conversation_forgets_its_kept_keys(project):
    generate(0)
    generate(3)
    assert len(now().takes.kept) > 0

    assert bpy.ops.duologue.remove_conversation() == {"FINISHED"}

    assert len(now().takes.kept) == 0


@pytest.mark.parametrize("width", [220, 300, 600])
def test_the_panel_draws_every_state(project, width):
    first = generate(0)
    generate(3)
    rows()[1].note = "best"
    said = drawn(DUOLOGUE_PT_takes, bpy.context.scene, width)
    assert "Compare with take-001" in said
    assert "Write keys" in said

    shutil.rmtree(first)
    drawn(DUOLOGUE_PT_takes, bpy.context.scene, width)
    drawn(takes_panel.DUOLOGUE_MT_takes, bpy.context.scene, width)
