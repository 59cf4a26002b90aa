"""Keys of a take are removed: all that was written, and nothing that is the artist's."""

import bpy
import numpy as np
import pytest
from duologue.addon.keys import actions, assigning
from duologue.addon.keys.removing import owners_of
from duologue.addon.retargeting.curves import Curve
from duologue.addon.settings.properties import settings_of

from tests.support.key_modes import FRAMES, NECK, SMILE, faces, values, write


@pytest.mark.parametrize("mode", ["action", "strip", "additive"])
def test_removing_takes_away_all_that_was_written(played, mode):
    write(played)
    bpy.ops.duologue.remove_keys()
    assert len(bpy.data.actions) == 0
    write(played, mode=mode, density="reduced")

    assert bpy.ops.duologue.remove_keys() == {"FINISHED"}

    assert len(bpy.data.actions) == 0
    for owner in owners_of(settings_of(played)):
        assert owner.animation_data.action is None
        assert not owner.animation_data.nla_tracks
    assert not bpy.ops.duologue.remove_keys.poll()


@pytest.mark.parametrize("mode", ["strip", "additive", "range"])
def test_removing_gives_the_artists_actions_back(by_hand, mode):
    keys = faces(by_hand)[0]
    frames = np.arange(1, 60)
    before, name = values(keys, SMILE, frames), keys.animation_data.action.name
    write(by_hand, mode=mode, first=10, last=30, density="reduced")

    bpy.ops.duologue.remove_keys()

    assert keys.animation_data.action.name == name
    assert not keys.animation_data.nla_tracks
    np.testing.assert_allclose(values(keys, SMILE, frames), before, atol=1e-6)
    assert name in settings_of(by_hand).message


def test_what_an_artist_added_or_moved_stays(played):
    write(played)
    keys = faces(played)[0]
    channels = actions.channels_of(keys)
    smile = channels.fcurves.find(SMILE)
    moved = smile.keyframe_points[7]
    frame = moved.co[0]
    moved.co.y += 0.25
    value = moved.co[1]
    actions.write_curves(keys, [Curve("eval_time", 0, np.array([0.0, 3.0, 5.0]), "mine")], FRAMES)

    bpy.ops.duologue.remove_keys()

    channels = actions.channels_of(keys)
    assert {curve.data_path: len(curve.keyframe_points) for curve in channels.fcurves} == {SMILE: 1, "eval_time": 3}
    assert tuple(channels.fcurves.find(SMILE).keyframe_points[0].co) == (frame, value)
    assert "Lips" in settings_of(played).message
    assert {group.name for group in channels.groups} == {"Lips", "mine"}
    assert faces(played)[1].animation_data.action is None, "Ben's were untouched"


def test_an_edited_range_keeps_the_edit_and_gets_the_rest_back(by_hand):
    keys = faces(by_hand)[0]
    before = values(keys, SMILE, np.arange(1, 60))
    write(by_hand, mode="range", first=10, last=30, groups={"LIPS"})
    curve = actions.channels_of(keys).fcurves.find(SMILE)
    curve.keyframe_points[-1].co.y = 0.9
    curve.update()

    bpy.ops.duologue.remove_keys()

    after = values(keys, SMILE, np.arange(1, 60))
    assert after[49] == pytest.approx(0.9)
    np.testing.assert_allclose(after[:25], before[:25], atol=1e-4)


def test_a_take_of_an_earlier_version_is_removed_as_long_as_nobody_touched_it(played):
    write(played)
    for action in bpy.data.actions:
        action.pop("duologue_keys")
    keys = faces(played)[1]
    actions.channels_of(keys).fcurves.find(SMILE).keyframe_points[3].co.y += 0.1

    bpy.ops.duologue.remove_keys()

    assert keys.animation_data.action is not None
    assert keys.animation_data.action.name in settings_of(played).message
    assert faces(played)[0].animation_data.action is None


@pytest.mark.parametrize("mode", ["action", "strip"])
def test_an_artists_action_with_a_range_in_it_is_never_removed(by_hand, mode):
    keys = faces(by_hand)[0]
    before = values(keys, SMILE, np.arange(1, 60))
    original = keys.animation_data.action
    write(by_hand, mode="range", first=10, last=30)
    copy = keys.animation_data.action
    assigning.assign(keys, assigning.action_on_top(keys, "mine below", (1, 50)))
    keys.animation_data.action = None
    name = copy.name

    write(by_hand, mode=mode)

    assert name in bpy.data.actions
    assert keys.animation_data.nla_tracks[0].strips[0].action == copy
    bpy.ops.duologue.remove_keys()
    assert keys.animation_data.action == original
    np.testing.assert_allclose(values(keys, SMILE, np.arange(1, 60)), before, atol=1e-6)


def test_a_second_range_of_a_take_over_an_artists_action(by_hand):
    keys = faces(by_hand)[0]
    before, original = values(keys, SMILE, np.arange(1, 60)), keys.animation_data.action
    write(by_hand, mode="range", first=5, last=15)

    write(by_hand, mode="range", first=25, last=40)

    after = values(keys, SMILE, np.arange(1, 60))
    assert np.abs(after - before)[[9, 31]].min() > 1e-4
    bpy.ops.duologue.remove_keys()
    assert keys.animation_data.action == original
    np.testing.assert_allclose(values(keys, SMILE, np.arange(1, 60)), before, atol=1e-6)


def test_an_edit_of_one_data_block_does_not_keep_the_keys_of_others(played):
    write(played)
    head, keys = settings_of(played).head_a, faces(played)[0]
    curve = actions.channels_of(head).fcurves.find(NECK)
    curve.keyframe_points[7].co.y += 0.25
    curve.update()

    bpy.ops.duologue.remove_keys()

    assert [len(fcurve.keyframe_points) for fcurve in actions.channels_of(head).fcurves] == [1]
    assert keys.animation_data.action is None
    assert actions.OWN_PROPERTY not in head.animation_data.action


@pytest.mark.skipif(not actions.one_for_all(), reason="no slots")
def test_strips_without_a_slot_are_removed_with_the_others(played):
    bpy.ops.duologue.remove_keys()
    write(played, mode="strip")
    head = settings_of(played).head_a
    head.animation_data.nla_tracks[0].strips[0].action_slot = None

    assert bpy.ops.duologue.remove_keys() == {"FINISHED"}

    assert not any(owner.animation_data.nla_tracks for owner in owners_of(settings_of(played)))
    assert len(bpy.data.actions) == 0


@pytest.mark.skipif(not actions.one_for_all(), reason="no slots")
def test_an_action_without_a_slot_animates_nothing(by_hand):
    keys = faces(by_hand)[0]
    keys.animation_data.action_slot = None

    assert actions.slot_name(keys) == ""
    assert actions.values_there(keys, Curve(SMILE, 0, np.zeros(3), "mine"), FRAMES) is None
    write(by_hand, mode="range", first=10, last=30)
    assert len(values(keys, SMILE, FRAMES)) == 3
