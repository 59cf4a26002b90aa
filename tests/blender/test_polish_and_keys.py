"""What an artist keyed on a head's board is added to the take's keys, whatever becomes of these."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.control_board import KEY_PREFIX, TRAVEL
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface.following import settle_now
from duologue.addon.keys import actions
from duologue.addon.settings.properties import settings_of

_KEYED = "control corner.L"
_SMILE = "mouthSmileLeft"


def polish(scene):
    """The first head: an artist has keyed its left corner, and moved its right one without a key."""
    head = settings_of(scene).head_a
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}
    key_corner(head)
    head.pose.bones["control corner.R"].location.y = 0.25 * TRAVEL
    return head


def key_corner(head):
    for frame, up in ((5, 0.0), (10, TRAVEL), (15, 0.0)):
        head.pose.bones[_KEYED].location.y = up
        head.pose.bones[_KEYED].keyframe_insert("location", index=1, frame=frame)


def keys_of(head):
    return head_mesh(head).data.shape_keys.key_blocks


def board_at(scene, head, frames=(5, 10, 15)):
    """Of the left corner's smile at `frames`, and of the right one's."""
    found = []
    for frame in frames:
        scene.frame_set(frame)
        found.append(keys_of(head)[f"{KEY_PREFIX}{_SMILE}"].value)
    return [*found, keys_of(head)[f"{KEY_PREFIX}mouthSmileRight"].value]


POLISHED = pytest.approx([0.0, 1.0, 0.0, 0.25], abs=1e-5)


def take_at(scene, head, frames=(4, 10, 33)):
    """What the take's own keys do at `frames`."""
    names = [key.name for key in keys_of(head)[1:] if not key.name.startswith((KEY_PREFIX, "pose "))]
    found = []
    for frame in frames:
        scene.frame_set(frame)
        turns = [value for bone in ("neck", "jaw", "eye_left") for value in head.pose.bones[bone].rotation_quaternion]
        found.append([*(keys_of(head)[name].value for name in names), *turns])
    return np.array(found)


def write(scene, mode):
    keys = settings_of(scene).key_writing
    keys.mode, keys.first, keys.last, keys.blend = mode, 8, 30, 3
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings_of(scene).message


@pytest.mark.parametrize("again", ["action", "range", "strip", "additive"])
@pytest.mark.parametrize("before", ["action", "strip", "additive"])
def test_polish_stays_in_whatever_way_the_take_is_written_again(played, before, again):
    if before != "action":
        write(played, before)
    own = take_at(played, settings_of(played).head_a)
    head = polish(played)
    assert board_at(played, head) == POLISHED
    np.testing.assert_allclose(take_at(played, head), own, atol=1e-5)

    write(played, again)

    assert board_at(played, head) == POLISHED


def test_sliders_move_the_take_and_not_the_board(played):
    head = polish(played)
    own = take_at(played, head)

    settings_of(played).adjust.first.head = 0.5
    settle_now()

    assert board_at(played, head) == POLISHED
    assert np.abs(take_at(played, head) - own).max() > 0.001
    settings_of(played).adjust.first.head = 1.0
    settle_now()
    np.testing.assert_allclose(take_at(played, head), own, atol=1e-5)
    assert board_at(played, head) == POLISHED


@pytest.mark.parametrize("mode", ["action", "strip", "additive"])
def test_polish_stays_when_the_take_s_keys_are_removed(played, mode):
    if mode != "action":
        write(played, mode)
    head = polish(played)

    assert bpy.ops.duologue.remove_keys() == {"FINISHED"}

    assert board_at(played, head) == POLISHED
    paths = {curve.data_path for curve in actions.channels_of(head).fcurves}
    assert paths == {f'pose.bones["{_KEYED}"].location'}

    settings_of(played).key_writing.mode = "action"
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    assert board_at(played, head) == POLISHED


def corner_of(head):
    return actions.channels_of(head).fcurves.find(f'pose.bones["{_KEYED}"].location', index=1)


def test_polish_bounces_as_before_when_the_take_is_written_again(played):
    head = polish(played)
    for key, interpolation in zip(corner_of(head).keyframe_points, ("ELASTIC", "BACK", "BOUNCE"), strict=True):
        key.interpolation, key.amplitude, key.period, key.back = interpolation, 2.0, 3.0, 4.0
    corner_of(head).update()
    frames = np.arange(5, 16, 0.25)
    before = [corner_of(head).evaluate(frame) for frame in frames]

    write(played, "action")

    np.testing.assert_allclose([corner_of(head).evaluate(frame) for frame in frames], before, atol=1e-7)


def test_an_action_with_modifiers_on_its_polish_is_put_aside(played):
    head = polish(played)
    corner_of(head).modifiers.new("NOISE")
    action = head.animation_data.action

    write(played, "action")

    assert (action.name, action.use_fake_user) == (f"{head.animation_data.action.name} (edited)", True)
    assert action.name.removesuffix(" (edited)") in settings_of(played).message
    assert len(corner_of(head).keyframe_points) == 3
