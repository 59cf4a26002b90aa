"""What an artist keys on a head's board lies on top of a take, and stays with it."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.control_board import KEY_PREFIX, TRAVEL
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import actions, partner
from duologue.addon.keys.replacing import is_as_written, is_untouched
from duologue.addon.settings.properties import settings_of
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS

from tests.support.control_board import keys_of, move, posed


def polished(scene):
    """The first head, whose left corner an artist has keyed."""
    head = settings_of(scene).head_a
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}
    bone = head.pose.bones["control corner.L"]
    for frame, up in ((5, 0.0), (10, TRAVEL), (15, 0.0)):
        bone.location.y = up
        bone.keyframe_insert("location", index=1, frame=frame)
    return head


def polish_at(scene, head, frame):
    scene.frame_set(frame)
    return keys_of(head)[f"{KEY_PREFIX}mouthSmileLeft"].value


def test_keys_of_a_take_stay_as_they_are_while_the_board_is_keyed(played):
    head = settings_of(played).head_a
    owner = head_mesh(head).data.shape_keys
    before = {
        (curve.data_path, curve.array_index): len(curve.keyframe_points) for curve in actions.channels_of(head).fcurves
    }
    shapes = len(actions.channels_of(owner).fcurves)

    polished(played)

    assert [polish_at(played, head, frame) for frame in (10, 1)] == pytest.approx([1.0, 0.0], abs=1e-5)
    after = {
        (curve.data_path, curve.array_index): len(curve.keyframe_points) for curve in actions.channels_of(head).fcurves
    }
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 1
    assert len(actions.channels_of(owner).fcurves) == shapes


def test_polish_comes_along_when_the_same_take_is_written_again(played):
    head = polished(played)
    count = len(bpy.data.actions)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert [polish_at(played, head, frame) for frame in (5, 10, 15)] == pytest.approx([0.0, 1.0, 0.0], abs=1e-5)
    assert len(bpy.data.actions) == count, "what was replaced holds nothing that is not in the new one"


def test_polish_stays_while_a_range_is_made_anew(played):
    head = polished(played)
    settings = settings_of(played)
    settings.regenerate_from, settings.regenerate_to = 20, 30

    assert bpy.ops.duologue.generate(anew="range") == {"FINISHED"}, settings.message

    assert polish_at(played, head, 10) == pytest.approx(1.0, abs=1e-5)


def test_polish_of_one_take_is_kept_aside_and_not_put_on_another(played):
    head = polished(played)
    action = head.animation_data.action

    assert bpy.ops.duologue.generate(anew="variation") == {"FINISHED"}, settings_of(played).message

    assert polish_at(played, head, 10) == 0.0
    assert action.use_fake_user
    assert actions.has_polish(action)
    assert not is_untouched(action)


def test_polished_keys_still_follow_the_take(played):
    head = polished(played)

    assert is_as_written(head.animation_data.action)
    actions.channels_of(head).fcurves[0].keyframe_points[3].co.y += 0.2
    assert not is_as_written(head.animation_data.action)


def test_partner_is_read_back_with_what_the_board_adds(anna):
    posed(anna)
    move(anna, "control corner.L", up=0.5)
    move(anna, "control cheek.R", up=0.25)
    move(anna, "control jaw", up=-0.5)

    seen = at_once(partner._own_head(bpy.context.scene, anna, np.array([1.0])))

    values = {name: seen.expression[0, index] for name, index in ARKIT_INDEX.items()}
    assert values["mouthSmileLeft"] == pytest.approx(0.8, abs=1e-5)
    assert values["eyeSquintRight"] == values["cheekSquintRight"] == pytest.approx(0.25, abs=1e-5)
    assert seen.pose[0, 2, 0] == pytest.approx(0.1 + 0.5 * JAW_OPEN_RADIANS, abs=1e-5)
