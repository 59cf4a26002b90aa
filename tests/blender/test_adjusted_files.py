"""Sliders and keys through undo, saving, opening, and from older files."""

import shutil
from pathlib import Path

import bpy
import pytest
from duologue.addon.adjusting.adjustment import AS_GENERATED, Adjustment
from duologue.addon.interface import following
from duologue.addon.keys import actions, assigning
from duologue.addon.keys.laying_out import adjustment_on
from duologue.addon.keys.replacing import is_being_rewritten, is_untouched
from duologue.addon.settings.adjust_properties import adjustments_of, take_over_former_values
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode

from tests.support.written_keys import changed, keys_of, owners


@pytest.mark.parametrize("written_before_the_step", [True, False])
def test_undo_and_redo_bring_back_sliders_and_keys(played, written_before_the_step):
    bpy.ops.ed.undo_push(message="before")
    before = keys_of(played)
    settings_of(played).adjust.first.head = 0.25
    if written_before_the_step:
        following.settle_now()
    bpy.ops.ed.undo_push(message="Head")
    following.settle_now()
    after = keys_of(bpy.context.scene)
    assert changed(before, after)

    bpy.ops.ed.undo()
    following.settle_now()
    scene = bpy.context.scene
    assert adjustments_of(settings_of(scene))[0] == AS_GENERATED
    assert changed(before, keys_of(scene)) == set()
    assert all(is_untouched(owner.animation_data.action) for owner in owners(scene))

    bpy.ops.ed.redo()
    following.settle_now()
    scene = bpy.context.scene
    assert adjustments_of(settings_of(scene))[0] == Adjustment(head=0.25)
    assert changed(after, keys_of(scene)) == set()


@pytest.mark.parametrize("density", ["every", "reduced"])
def test_undo_goes_back_to_the_keys_at_the_end_of_the_drag_before(played, density):
    settings_of(played).key_writing.density = density
    ends = []
    for value in (0.5, 1.5):
        settings_of(bpy.context.scene).adjust.first.head = value
        following.follow_now()
        bpy.ops.ed.undo_push(message="Head")
        following.settle_now()
        ends.append(keys_of(bpy.context.scene))

    bpy.ops.ed.undo()
    following.settle_now()

    scene = bpy.context.scene
    assert adjustments_of(settings_of(scene))[0] == Adjustment(head=0.5)
    assert changed(ends[0], keys_of(scene)) == set()
    assert changed(ends[1], keys_of(scene))
    assert all(is_untouched(owner.animation_data.action) for owner in owners(scene))


def _fault(*_):
    raise RuntimeError("a fault that nobody foresaw")


def _move_a_key(scene):
    actions.channels_of(settings_of(scene).head_a).fcurves[5].keyframe_points[3].co.y += 0.1


@pytest.mark.parametrize("end", ["fault", "no take", "deleted head", "no scene", "disabled"])
def test_a_drag_that_comes_to_no_end_leaves_keys_whose_edits_are_seen(played, monkeypatch, end):
    settings, adjust = settings_of(played), settings_of(played).adjust
    adjust.first.head = 0.5
    following.follow_now()
    assert is_being_rewritten(settings.head_a.animation_data.action)

    adjust.first.head = 0.7
    if end == "fault":
        monkeypatch.setattr("duologue.addon.keys.rewriting.rewrite_curves", _fault)
        with pytest.raises(RuntimeError):
            following.follow_now()
    elif end == "no take":
        Path(settings.take).unlink()
        following.follow_now()
        assert (settings.message_code, settings.message_is_error) == (ExitCode.TAKE_NOT_FOUND, True)
    elif end == "deleted head":
        bpy.data.objects.remove(settings.head_b)
        following.follow_now()
        following.settle_now()
    elif end == "no scene":
        played.name = "Renamed"
        following.follow_now()
    else:
        following.stop_following()

    assert not any(map(is_being_rewritten, bpy.data.actions))
    assert is_untouched(settings.head_a.animation_data.action)
    _move_a_key(played)
    assert not is_untouched(settings.head_a.animation_data.action)


def test_keys_that_are_put_aside_in_the_midst_of_a_drag_are_signed(played, tmp_path):
    settings, first = settings_of(played), settings_of(played).head_a.animation_data.action
    shutil.copytree(Path(settings.take).parent, tmp_path / "take-9")
    settings.adjust.first.head = 0.5
    following.follow_now()

    bpy.ops.duologue.use_take(take=str(tmp_path / "take-9"))
    following.settle_now()

    assert settings.head_a.animation_data.action != first
    assert not any(map(is_being_rewritten, bpy.data.actions))


def test_an_action_that_is_renamed_in_the_midst_of_a_drag_is_an_artists(played):
    action = settings_of(played).head_a.animation_data.action
    settings_of(played).adjust.first.head = 0.5
    following.follow_now()
    action.name = "Anna, final"

    following.settle_now()

    assert not any(map(is_being_rewritten, bpy.data.actions))
    assert not is_untouched(action)


def test_an_edited_action_that_comes_onto_a_head_in_the_midst_of_a_drag_is_left_alone(played):
    head, adjust = settings_of(played).head_a, settings_of(played).adjust
    edited = head.animation_data.action.copy()
    adjust.first.head = 0.5
    following.follow_now()
    for owner in owners(played)[: 2 if actions.one_for_all() else 1]:
        assigning.play_action(owner, edited, actions.slot_name(owner))
    _move_a_key(played)
    before = keys_of(played)

    adjust.first.head = 0.7
    following.follow_now()

    assert changed(before, keys_of(played)) == set()
    assert edited.name in following.edited_names(settings_of(played))
    following.settle_now()
    assert not any(map(is_being_rewritten, bpy.data.actions))


def test_a_file_from_the_midst_of_a_drag_whose_sliders_are_not_live_keeps_its_keys(played, tmp_path):
    settings_of(played).adjust.first.head = 0.5
    following.follow_now()
    settings_of(played).adjust.live = False
    following.Following.forget()
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)

    bpy.ops.wm.open_mainfile(filepath=path)

    assert not any(map(is_being_rewritten, bpy.data.actions))


def test_a_file_from_the_midst_of_a_drag_is_settled_when_it_is_opened(played, tmp_path):
    settings_of(played).adjust.first.head = 0.5
    following.follow_now()
    path = str(tmp_path / "saved.blend")
    following.Following.forget()
    bpy.ops.wm.save_as_mainfile(filepath=path)

    bpy.ops.wm.open_mainfile(filepath=path)

    scene = bpy.context.scene
    move = actions.channels_of(settings_of(scene).head_a).fcurves[5].keyframe_points[3]
    move.co.y += 0.1
    assert not is_untouched(settings_of(scene).head_a.animation_data.action)


def test_a_saved_file_has_keys_as_the_sliders_say(played, tmp_path):
    settings_of(played).adjust.first.lips = 0.5
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    before = keys_of(bpy.context.scene)

    bpy.ops.wm.open_mainfile(filepath=path)

    scene = bpy.context.scene
    assert adjustments_of(settings_of(scene))[0] == Adjustment(lips=0.5)
    assert adjustment_on(settings_of(scene).head_a) == Adjustment(lips=0.5)
    assert all(is_untouched(owner.animation_data.action) for owner in owners(scene))
    settings_of(scene).adjust.first.lips = 1.0
    following.settle_now()
    assert {place[0] for place in changed(before, keys_of(scene))} == {owners(scene)[1].name}


def test_sliders_of_earlier_versions_are_other_names_of_today_s(scene):
    settings = settings_of(scene)
    settings.expression_strength, settings.jaw_strength, settings.head_strength = 0.5, 0.25, 1.5
    settings.eye_contact_a, settings.eye_contact_b = 0.75, 0.5

    shared = {"lips": 0.5, "upper_face": 0.5, "jaw": 0.25, "head": 1.5}
    assert adjustments_of(settings) == (Adjustment(**shared, eye_contact=0.75), Adjustment(**shared, eye_contact=0.5))
    assert settings.jaw_strength == pytest.approx(0.25)


def test_values_that_an_older_file_remembers_go_to_today_s_sliders(scene):
    settings = settings_of(scene)
    kept = (
        settings.bl_system_properties_get(do_create=True) if hasattr(settings, "bl_system_properties_get") else settings
    )
    kept["jaw_strength"], kept["eye_contact_b"] = 0.25, 0.5

    take_over_former_values(settings)
    take_over_former_values(settings)

    assert adjustments_of(settings) == (Adjustment(jaw=0.25), Adjustment(jaw=0.25, eye_contact=0.5))
