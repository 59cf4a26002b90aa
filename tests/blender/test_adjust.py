"""*Adjust* in Blender: keys follow the sliders in place, undo brings back both, what an artist edited stays."""

import shutil
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.adjusting.adjustment import AS_GENERATED, Adjustment
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import adjust_panel, following
from duologue.addon.keys import actions
from duologue.addon.keys.following import has_followers, is_behind
from duologue.addon.keys.laying_out import adjustment_on
from duologue.addon.keys.replacing import is_being_rewritten, is_untouched
from duologue.addon.settings.adjust_properties import adjustments_of, take_over_former_values
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.drawn_panel import drawn
from tests.support.fake_worker import fake_performance
from tests.support.vendor_rigs import VENDORS


def owners(scene):
    settings = settings_of(scene)
    return [owner for head in (settings.head_a, settings.head_b) for owner in (head, head_mesh(head).data.shape_keys)]


def keys_of(scene):
    """Every key's value by owner and curve."""
    found = {}
    for owner in owners(scene):
        for curve in actions.channels_of(owner).fcurves:
            places = np.empty(len(curve.keyframe_points) * 2, np.float32)
            curve.keyframe_points.foreach_get("co", places)
            found[owner.name, curve.data_path, curve.array_index] = places.copy()
    return found


def changed(before, after):
    assert before.keys() == after.keys()
    return {place[:2] for place in before if not np.array_equal(before[place], after[place])}


def follow():
    """As Blender's timer does, until nothing is left to do."""
    following.settle_now()


def test_keys_follow_a_slider_in_the_same_action_and_alone_what_it_moves(played):
    before, former = keys_of(played), {owner.animation_data.action.name for owner in owners(played)}
    settings_of(played).adjust.first.jaw = 0.5

    follow()

    settings = settings_of(played)
    assert {place[1] for place in changed(before, keys_of(played))} <= {
        'pose.bones["jaw"].rotation_quaternion', 'key_blocks["mouthClose"].value',
    }  # fmt: skip
    assert {place[0] for place in changed(before, keys_of(played))} <= {owner.name for owner in owners(played)[:2]}
    assert {owner.animation_data.action.name for owner in owners(played)} == former
    assert adjustment_on(settings.head_a) == Adjustment(jaw=0.5)
    assert adjustment_on(settings.head_b) == AS_GENERATED
    assert all(is_untouched(owner.animation_data.action) for owner in owners(played))


def test_what_follows_is_what_write_keys_writes(played):
    adjust = settings_of(played).adjust
    adjust.first.lips, adjust.first.head, adjust.second.offset, adjust.second.mirrored = 0.3, 1.7, 0.1, True
    follow()
    followed = keys_of(played)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    written = keys_of(played)
    assert followed.keys() == written.keys()
    for place, values in followed.items():
        np.testing.assert_array_equal(values, written[place])


def test_a_slider_that_goes_back_leaves_every_key_as_it_was(played):
    before = keys_of(played)
    for value in (0.2, 1.8, 1.0):
        settings_of(played).adjust.second.head = value
        follow()

    assert changed(before, keys_of(played)) == set()


def test_both_sets_both_and_shows_the_first(played):
    adjust = settings_of(played).adjust
    adjust.first.lips, adjust.second.jaw = 0.4, 0.7

    adjust.both.head = 1.5

    assert adjust.both.lips == pytest.approx(0.4)
    first, second = adjustments_of(settings_of(played))
    assert first == Adjustment(lips=0.4, head=1.5)
    assert second == Adjustment(jaw=0.7, head=1.5)


@pytest.mark.parametrize("shown", ["first", "both"])
def test_reset_sets_back_what_is_shown_and_the_keys_follow(played, shown):
    before = keys_of(played)
    adjust = settings_of(played).adjust
    adjust.first.lips, adjust.first.mirrored, adjust.second.jaw = 0.4, True, 1.5
    follow()
    adjust.shown = shown

    assert bpy.ops.duologue.reset_adjust() == {"FINISHED"}

    follow()
    left = {"first": (AS_GENERATED, Adjustment(jaw=1.5)), "both": (AS_GENERATED, AS_GENERATED)}[shown]
    assert adjustments_of(settings_of(played)) == left
    assert (changed(before, keys_of(played)) == set()) == (shown == "both")
    adjust.shown = "first"
    assert not bpy.ops.duologue.reset_adjust.poll()


def test_keys_that_an_artist_has_edited_wait_until_asked(played):
    curve = actions.channels_of(settings_of(played).head_a).fcurves[5]
    curve.keyframe_points[3].co.y += 0.1
    before = keys_of(played)
    adjust = settings_of(played).adjust
    adjust.first.head, adjust.second.head = 0.5, 0.5

    follow()

    settings = settings_of(played)
    touched = {place[0] for place in changed(before, keys_of(played))}
    assert touched == {owners(played)[2].name}, "the other one follows"
    assert set(following.edited_names(settings)) == {owner.animation_data.action.name for owner in owners(played)[:2]}
    assert is_behind(settings)
    assert "Write keys" in drawn(adjust_panel.DUOLOGUE_PT_adjust, played)
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    assert not is_behind(settings)
    assert any("edited" in action.name and action.use_fake_user for action in bpy.data.actions)
    adjust.first.head = 1.5
    follow()
    assert adjustment_on(settings.head_a) == Adjustment(head=1.5)


def test_an_edit_after_a_drag_is_an_artist_s_edit(played):
    settings_of(played).adjust.first.head = 0.5
    follow()
    curve = actions.channels_of(settings_of(played).head_a).fcurves[5]
    curve.keyframe_points[3].co.y += 0.1
    edited = keys_of(played)

    settings_of(played).adjust.first.head = 1.5
    follow()

    assert changed(edited, keys_of(played)) == set()


@pytest.mark.parametrize("written_before_the_step", [True, False])
def test_undo_and_redo_bring_back_sliders_and_keys(played, written_before_the_step):
    bpy.ops.ed.undo_push(message="before")
    before = keys_of(played)
    settings_of(played).adjust.first.head = 0.25
    if written_before_the_step:
        follow()
    bpy.ops.ed.undo_push(message="Head")
    follow()
    after = keys_of(bpy.context.scene)
    assert changed(before, after)

    bpy.ops.ed.undo()
    follow()
    scene = bpy.context.scene
    assert adjustments_of(settings_of(scene))[0] == AS_GENERATED
    assert changed(before, keys_of(scene)) == set()
    assert all(is_untouched(owner.animation_data.action) for owner in owners(scene))

    bpy.ops.ed.redo()
    follow()
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
        follow()
        ends.append(keys_of(bpy.context.scene))

    bpy.ops.ed.undo()
    follow()

    scene = bpy.context.scene
    assert adjustments_of(settings_of(scene))[0] == Adjustment(head=0.5)
    assert changed(ends[0], keys_of(scene)) == set()
    assert changed(ends[1], keys_of(scene))
    assert all(is_untouched(owner.animation_data.action) for owner in owners(scene))


def _fault(*_):
    raise RuntimeError("a fault that nobody foresaw")


def _move_a_key(scene):
    actions.channels_of(settings_of(scene).head_a).fcurves[5].keyframe_points[3].co.y += 0.1


@pytest.mark.parametrize("end", ["fault", "no take", "deleted head", "disabled"])
def test_a_drag_that_comes_to_no_end_leaves_keys_whose_edits_are_seen(played, monkeypatch, end):
    settings, adjust = settings_of(played), settings_of(played).adjust
    adjust.first.head = 0.5
    following.follow_now()
    assert is_being_rewritten(settings.head_a.animation_data.action)

    adjust.first.head = 0.7
    if end == "fault":
        monkeypatch.setattr("duologue.addon.keys.following.rewrite_curves", _fault)
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
    follow()

    assert settings.head_a.animation_data.action != first
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


def test_who_is_locked_keeps_keys_and_their_adjustment(played):
    settings = settings_of(played)
    settings.adjust.first.jaw = 0.5
    follow()
    settings.lock_a = True
    before = keys_of(played)

    settings.adjust.first.jaw, settings.adjust.second.jaw = 2.0, 0.0
    follow()

    assert {place[0] for place in changed(before, keys_of(played))} <= {owner.name for owner in owners(played)[2:]}
    assert adjustment_on(settings.head_a) == Adjustment(jaw=0.5)


def test_another_take_on_the_heads_gets_what_the_sliders_say(played):
    former = settings_of(played).take
    assert bpy.ops.duologue.generate(anew="variation") == {"FINISHED"}
    settings_of(played).adjust.first.jaw = 0.0
    follow()

    assert bpy.ops.duologue.use_take(take=former) == {"FINISHED"}, settings_of(played).message

    assert adjustment_on(settings_of(played).head_a) == Adjustment(jaw=0.0)
    played.frame_set(20)
    np.testing.assert_allclose(
        settings_of(played).head_a.pose.bones["jaw"].rotation_quaternion, (1, 0, 0, 0), atol=1e-6
    )


def test_without_live_the_sliders_wait(played):
    settings = settings_of(played)
    settings.adjust.live = False
    before = keys_of(played)
    settings.adjust.first.lips = 0.0

    follow()

    assert changed(before, keys_of(played)) == set()
    assert "Write keys" in drawn(adjust_panel.DUOLOGUE_PT_adjust, played)


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
    follow()
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


def test_a_conversation_without_a_take_has_nothing_that_follows(scene):
    settings = settings_of(scene)
    settings.adjust.first.lips = 0.5

    follow()

    assert not has_followers(settings)
    assert "Lips" in drawn(adjust_panel.DUOLOGUE_PT_adjust, scene)


def test_an_exported_take_is_as_adjusted(played, tmp_path):
    import json

    settings_of(played).adjust.first.jaw = 0.0
    for name, adjusted in (("with", True), ("without", False)):
        assert bpy.ops.duologue.export_take(filepath=str(tmp_path / f"{name}.json"), adjusted=adjusted) == {"FINISHED"}

    jaws = [
        np.array(json.loads((tmp_path / f"{name}.json").read_text())["people"][0]["pose"])[:, 2]
        for name in ("with", "without")
    ]
    assert np.abs(jaws[0]).max() == 0.0
    assert np.abs(jaws[1]).max() > 0.1


@pytest.mark.parametrize("vendor", ["arkit-52", "vrm-1", "rigify-face"])
def test_characters_of_the_artist_s_follow_as_write_keys_writes(scene, tmp_path, vendor):
    first, second = (vendor_rigs.build(VENDORS[vendor], name) for name in ("Anna", "Ben"))
    settings = settings_of(scene)
    settings.head_a, settings.head_b = first.armature, second.armature
    settings.take = str(tmp_path / "performance.npz")
    save_performance(tmp_path / "performance.npz", Performance(**vars(fake_performance())))
    everything = [
        *(one.armature for one in (first, second)),
        *(m.data.shape_keys for m in (*first.meshes, *second.meshes)),
    ]

    def keys():
        return {
            (owner.name_full, owner.id_type, curve.data_path, curve.array_index): [
                tuple(k.co) for k in curve.keyframe_points
            ]
            for owner in everything
            if owner.animation_data is not None and owner.animation_data.action is not None
            for curve in actions.channels_of(owner).fcurves
        }

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message
    before = keys()
    settings.adjust.both.lips, settings.adjust.first.head, settings.adjust.second.offset = 0.5, 1.5, 0.08

    follow()

    followed = keys()
    assert followed != before
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message
    assert keys() == followed
