"""*Adjust* in Blender: keys follow the sliders in place, undo brings back both, what an artist edited stays."""

import bpy
import numpy as np
import pytest
from duologue.addon.adjusting.adjustment import AS_GENERATED, Adjustment
from duologue.addon.interface import adjust_panel, following
from duologue.addon.keys import actions
from duologue.addon.keys.following import has_followers, is_behind
from duologue.addon.keys.laying_out import adjustment_on, curves_of_person
from duologue.addon.keys.replacing import is_untouched
from duologue.addon.settings.adjust_properties import adjustments_of
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.drawn_panel import drawn
from tests.support.fake_worker import fake_performance
from tests.support.vendors import VENDORS
from tests.support.written_keys import changed, keys_of, owners


def test_keys_follow_a_slider_in_the_same_action_and_alone_what_it_moves(played):
    before, former = keys_of(played), {owner.animation_data.action.name for owner in owners(played)}
    settings_of(played).adjust.first.jaw = 0.5

    following.settle_now()

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
    following.settle_now()
    followed = keys_of(played)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    written = keys_of(played)
    assert followed.keys() == written.keys()
    for place, values in followed.items():
        np.testing.assert_array_equal(values, written[place])


def test_the_first_move_of_a_slider_writes_those_curves_alone_that_it_changes(played, monkeypatch):
    written, laid_out = [], []

    def rewrite(owner, curves, frames):
        written.extend((owner.action.name, curve.data_path) for curve in curves)
        actions.rewrite_curves(owner, curves, frames)

    def lay_out(ready, told, person, later):
        laid_out.append(person)
        return curves_of_person(ready, told, person, later)

    monkeypatch.setattr("duologue.addon.keys.rewriting.rewrite_curves", rewrite)
    monkeypatch.setattr("duologue.addon.keys.following.curves_of_person", lay_out)
    for value in (0.5, 0.6):
        settings_of(played).adjust.first.jaw = value
        following.follow_now()

    names = {owner.animation_data.action.name for owner in owners(played)[:2]}
    assert {name for name, _ in written} <= names
    assert {path for _, path in written} <= {'pose.bones["jaw"].rotation_quaternion', 'key_blocks["mouthClose"].value'}
    assert laid_out == [0, 1, 0], "whose take is as it was is not laid out again"


def test_a_slider_that_goes_back_leaves_every_key_as_it_was(played):
    before = keys_of(played)
    for value in (0.2, 1.8, 1.0):
        settings_of(played).adjust.second.head = value
        following.settle_now()

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
    following.settle_now()
    adjust.shown = shown

    assert bpy.ops.duologue.reset_adjust() == {"FINISHED"}

    following.settle_now()
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

    following.settle_now()

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
    following.settle_now()
    assert adjustment_on(settings.head_a) == Adjustment(head=1.5)


def test_an_edit_after_a_drag_is_an_artist_s_edit(played):
    settings_of(played).adjust.first.head = 0.5
    following.settle_now()
    curve = actions.channels_of(settings_of(played).head_a).fcurves[5]
    curve.keyframe_points[3].co.y += 0.1
    edited = keys_of(played)

    settings_of(played).adjust.first.head = 1.5
    following.settle_now()

    assert changed(edited, keys_of(played)) == set()


def test_who_is_locked_keeps_keys_and_their_adjustment(played):
    settings = settings_of(played)
    settings.adjust.first.jaw = 0.5
    following.settle_now()
    settings.lock_a = True
    before = keys_of(played)

    settings.adjust.first.jaw, settings.adjust.second.jaw = 2.0, 0.0
    following.settle_now()

    assert {place[0] for place in changed(before, keys_of(played))} <= {owner.name for owner in owners(played)[2:]}
    assert adjustment_on(settings.head_a) == Adjustment(jaw=0.5)


def test_another_take_on_the_heads_gets_what_the_sliders_say(played):
    former = settings_of(played).take
    assert bpy.ops.duologue.generate(anew="variation") == {"FINISHED"}
    settings_of(played).adjust.first.jaw = 0.0
    following.settle_now()

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

    following.settle_now()

    assert changed(before, keys_of(played)) == set()
    assert "Write keys" in drawn(adjust_panel.DUOLOGUE_PT_adjust, played)


def test_a_conversation_without_a_take_has_nothing_that_follows(scene):
    settings = settings_of(scene)
    settings.adjust.first.lips = 0.5

    following.settle_now()

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
        *(character.armature for character in (first, second)),
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

    following.settle_now()

    followed = keys()
    assert followed != before
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message
    assert keys() == followed
