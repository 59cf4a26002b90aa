"""A take of the list on the heads: keys that come back, edits that are not lost, people who are locked."""

import shutil

import bpy
import pytest
from duologue.addon.interface.take_rows import list_of
from duologue.addon.keys import takes
from duologue.addon.keys.actions import channels_of, one_for_all
from duologue.addon.keys.kept_actions import is_ready, keys_in_use, untouched_actions
from duologue.addon.steps import at_once
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import PERFORMANCE_FILE
from duologue.backend.contract.performance import save_performance

from tests.support.blend_files import generate, neck, now, reopen, rows, save, use
from tests.support.fake_worker import fake_performance


def actions():
    return {kept.action.name for kept in keys_in_use(now())}


def ready_now(folder):
    """Whether the keys of the take in `folder` are ready."""
    known = at_once(untouched_actions(now(), keys_in_use(now())))
    return is_ready(now(), folder / PERFORMANCE_FILE, known)


def nudge():
    """An artist moves a key of the first head's neck."""
    curve = channels_of(now().head_a).fcurves.find('pose.bones["neck"].rotation_quaternion', index=1)
    curve.keyframe_points[10].co.y = 0.77
    curve.update()


def test_a_take_that_is_used_is_on_the_heads(saved_project):
    first = generate(0)
    before = neck(20)
    generate(3)
    assert abs(neck(20) - before) > 0.01

    use(first)

    assert neck(20) == pytest.approx(before, abs=1e-6)
    assert now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_going_back_to_the_take_before_writes_no_key(saved_project, monkeypatch):
    first, before = generate(0), actions()
    second, after = generate(3), actions()
    monkeypatch.setattr("duologue.addon.keys.switching.write_take_in_steps", None)

    use(first)
    assert actions() == before
    use(second)
    assert actions() == after


def test_edits_of_an_artist_come_back_with_their_take(saved_project):
    first = generate(0)
    nudge()
    for seed in (1, 2, 3):
        generate(seed)
    assert neck(11) != pytest.approx(0.77)

    use(first)

    assert neck(11) == pytest.approx(0.77)
    assert "take-001" in now().take


def test_keys_stay_ready_for_their_own_take_and_for_no_other_of_that_name(saved_project, tmp_path):
    first, _ = generate(0), generate(3)
    moved, other = tmp_path / "elsewhere" / first.name, tmp_path / "other project" / first.name
    shutil.copytree(first, moved)
    other.mkdir(parents=True)
    save_performance(other / PERFORMANCE_FILE, fake_performance(seed=5))

    def ready():
        return [ready_now(folder) for folder in (first, moved, other)]

    assert ready() == [True, True, False]
    for row in now().takes.kept:
        row.content = ""  # as an earlier version left it
    assert ready() == [True, True, True]


def test_write_keys_makes_edited_keys_anew(saved_project):
    generate(0)
    before = neck(11)
    nudge()

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert neck(11) == pytest.approx(before, abs=1e-6)


def test_keys_that_nobody_edited_stay_for_one_more_take_only(saved_project):
    folders = [generate(seed) for seed in range(4)]

    ready = [ready_now(folder) for folder in folders]

    assert ready == [False, False, True, False]
    use(folders[0])
    assert "take-001" in now().take


def test_keys_that_would_be_written_otherwise_now_are_written(saved_project):
    first = generate(0)
    generate(3)
    now().head_strength = 0.5
    use(first)
    weak = neck(20)
    now().head_strength = 1.0

    use(first)

    assert abs(weak) < 0.8 * abs(neck(20))


def test_locked_people_keep_what_they_do(saved_project):
    first = generate(0)
    generate(3)
    before = neck(20)
    now().lock_a = True

    use(first)
    assert neck(20) == pytest.approx(before)

    now().lock_b = True
    assert bpy.ops.duologue.use_take(take=str(first)) == {"CANCELLED"}
    assert now().message_code == ExitCode.SCENE_UNSUITABLE


def test_compare_goes_back_and_forth(saved_project):
    first = generate(0)
    second = generate(3)
    seen = []

    for _ in range(4):
        assert bpy.ops.duologue.compare_takes() == {"FINISHED"}
        seen.append(takes.take_file(now()).parent)

    assert seen == [first, second, first, second]


def test_there_is_nothing_to_compare_with_one_take(saved_project):
    generate(0)

    assert not bpy.ops.duologue.compare_takes.poll()


def test_a_click_on_a_row_uses_its_take(saved_project):
    first = generate(0)
    generate(3)
    rows()

    list_of(bpy.context).chosen = 0

    assert takes.take_file(now()).parent == first
    assert list_of(bpy.context).chosen == 0


def test_an_action_of_the_artists_is_still_saved_when_a_take_comes_back_over_it(saved_project):
    first, _ = generate(0), generate(1)
    head = now().head_a
    head.animation_data.action = bpy.data.actions.new("by hand")

    use(first)

    assert head.animation_data.action.name != "by hand"
    save(saved_project / "scene.blend")
    reopen(saved_project / "scene.blend")
    assert "by hand" in bpy.data.actions


def test_while_a_strip_is_edited_in_the_nla_nobody_gets_another_take(saved_project):
    first, _ = generate(0), generate(3)
    data = now().head_b.animation_data
    action, slot = data.action, data.action_slot if one_for_all() else None
    data.action = None
    strip = data.nla_tracks.new().strips.new("Mine", 1, bpy.data.actions.new("Mine"))
    data.nla_tracks[-1].select = strip.select = True
    data.use_tweak_mode = True
    assert data.use_tweak_mode
    before, take = actions(), now().take

    assert bpy.ops.duologue.use_take(take=str(first)) == {"CANCELLED"}

    assert now().message_code == ExitCode.SCENE_UNSUITABLE
    assert (actions(), now().take) == (before, take)
    data.use_tweak_mode = False
    data.action = action
    if slot is not None:
        data.action_slot = slot
    assert ready_now(first)
