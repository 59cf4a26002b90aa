"""Characters that turn or walk while a take plays: heads go by what Blender evaluates there, not by the playhead."""

from math import radians
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.keys import key_writing
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.performance import Performance, save_performance
from mathutils import Quaternion, Vector

from tests.support import vendor_rigs
from tests.support.vendors import VENDORS

FRAMES = 75
"""Three seconds."""


@pytest.fixture
def pair(scene, tmp_path):
    """Anna faces Ben, two metres in front of her; in the take they look straight at one another."""
    anna = vendor_rigs.build(VENDORS["arkit-52"], "Anna", turned=0.0, place=(0.0, 0.0, 0.0)).armature
    ben = vendor_rigs.build(VENDORS["arkit-52"], "Ben", turned=np.pi, place=(0.0, -2.0, 0.0)).armature
    settings = settings_of(scene)
    settings.head_a, settings.head_b = anna, ben
    pose, translation = np.zeros((2, FRAMES, 5, 3)), np.zeros((2, FRAMES, 3))
    for person, way in enumerate((1.0, -1.0)):
        pose[person, :, 0, 1] = way * np.pi / 2
        translation[person, :, 0] = -way * 0.6
    still = np.zeros((2, FRAMES))
    take = Performance(25.0, "open-head-1", ("Anna", "Ben"), np.zeros((2, FRAMES, 52)), pose, translation, still, {})
    save_performance(tmp_path / "performance.npz", take)
    settings.take = str(tmp_path / "performance.npz")
    settings.start_frame = 1
    return anna, ben


def write(scene):
    return key_writing.write_take(bpy.context, Path(settings_of(scene).take))


def off(scene, own, partner, frame):
    """Degrees between where the head of `own` points and the partner's head, seen from above."""
    scene.frame_set(frame)
    bpy.context.view_layer.update()
    bone = own.pose.bones["Head"]
    turn = (bone.matrix @ bone.bone.matrix_local.inverted()).to_3x3()
    ahead = own.matrix_world.to_3x3() @ turn @ Vector((0.0, 0.0, 1.0))  # the rig's front
    way = partner.matrix_world @ partner.pose.bones["Head"].head - own.matrix_world @ bone.head
    return abs(np.degrees(ahead.xy.angle_signed(way.xy)))


def keyed_turn(owner, path, index, degrees, frames=(1, FRAMES)):
    for frame, angle in zip(frames, degrees, strict=True):
        getattr(owner, path)[index] = radians(angle)
        owner.keyframe_insert(path, index=index, frame=frame)


def by_object(armature, degrees):
    keyed_turn(armature, "rotation_euler", 2, degrees)


def by_hips(armature, degrees):
    hips = armature.pose.bones["Hips"]
    rest = hips.bone.matrix_local.to_quaternion()
    for frame, angle in zip((1, FRAMES), degrees, strict=True):
        hips.rotation_quaternion = rest.inverted() @ Quaternion((0.0, 1.0, 0.0), radians(angle)) @ rest
        hips.keyframe_insert("rotation_quaternion", frame=frame)


def by_parent(armature, degrees):
    carrier = bpy.data.objects.new("Carrier", None)
    bpy.context.scene.collection.objects.link(carrier)
    armature.parent = carrier
    keyed_turn(carrier, "rotation_euler", 2, degrees)


def by_constraint(armature, degrees):
    leader = bpy.data.objects.new("Leader", None)
    bpy.context.scene.collection.objects.link(leader)
    leader.rotation_euler = armature.rotation_euler
    armature.constraints.new("COPY_ROTATION").target = leader
    keyed_turn(leader, "rotation_euler", 2, degrees)


TURNS = {"object": by_object, "hips": by_hips, "parent": by_parent, "constraint": by_constraint}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("degrees", [(-45.0, 45.0), (0.0, 90.0), (90.0, 0.0)])
def test_who_turns_by_90_degrees_goes_on_looking_at_the_partner(scene, pair, turn, degrees):
    turn(pair[0], degrees)

    write(scene)

    assert max(off(scene, *pair, frame) for frame in (1, 10, 25, 38, 50, 65, FRAMES)) < 3.0
    assert max(off(scene, pair[1], pair[0], frame) for frame in (1, 38, FRAMES)) < 3.0


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_playhead_plays_no_part(scene, pair, turn):
    turn(pair[0], (-80.0, 20.0))
    found = []
    for frame in (-50, 1, 38, 400):
        scene.frame_set(frame)
        write(scene)
        assert scene.frame_current == frame
        found.append([off(scene, *pair, at) for at in (1, 30, FRAMES)])

    np.testing.assert_allclose(found, np.broadcast_to(found[0], np.shape(found)), atol=1e-3)
    assert np.max(found) < 3.0


def test_who_has_turned_before_the_take_is_measured_in_it(scene, pair):
    keyed_turn(pair[0], "rotation_euler", 2, (-140.0, 10.0), frames=(1, 90))
    settings_of(scene).start_frame = 100
    scene.frame_set(1)

    write(scene)

    assert max(off(scene, *pair, frame) for frame in (100, 130, 170)) < 1.0


def test_partner_who_walks_past_is_followed(scene, pair):
    for frame, place in ((1, -1.2), (FRAMES, 1.2)):
        pair[1].location = (place, -2.0, 0.0)
        pair[1].keyframe_insert("location", frame=frame)

    write(scene)

    assert max(off(scene, *pair, frame) for frame in (1, 20, 38, 60, FRAMES)) < 3.0


def test_who_turns_their_back_looks_ahead_without_a_leap(scene, pair):
    by_object(pair[0], (0.0, 180.0))

    write(scene)

    offs = [off(scene, *pair, frame) for frame in range(1, FRAMES + 1)]
    assert offs[0] < 1.0
    assert offs[-1] == pytest.approx(180.0, abs=1.0)
    assert np.abs(np.diff(offs)).max() < 12.0


def test_who_never_faces_the_partner_looks_straight_ahead(scene, pair):
    by_object(pair[0], (80.0, 100.0))

    write(scene)

    for frame, angle in ((1, 80.0), (FRAMES, 100.0)):
        assert off(scene, *pair, frame) == pytest.approx(angle, abs=0.5)


def test_looks_at_bodies_are_bounded_however_long_the_take(scene, pair, monkeypatch):
    looked = []
    from duologue.addon.keys import bodies

    real = bodies.looked_at

    def counting(scene, armature, bones, frames, *more):
        looked.append(len(frames))
        return real(scene, armature, bones, frames, *more)

    monkeypatch.setattr(bodies, "looked_at", counting)
    write(scene)
    assert max(looked) < 12
    assert len(bodies._looks(scene, np.arange(100_000))) == 300
