"""A character that walks goes on walking while it talks; writing again replaces only what Duologue wrote."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.keys import actions, assigning, key_writing
from duologue.addon.retargeting.curves import Curve
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.refusals import refused
from tests.support.vendors import VENDORS

FRAMES = 50


@pytest.fixture
def characters(scene, tmp_path):
    """Two characters of the artist's, chosen as heads, and a take beside them."""
    made = [vendor_rigs.build(VENDORS["arkit-52"], name) for name in ("Anna", "Ben")]
    settings = settings_of(scene)
    settings.head_a, settings.head_b = (character.armature for character in made)
    expression = np.zeros((2, FRAMES, 52))
    expression[:, :, ARKIT_INDEX["mouthFunnel"]] = 0.5
    pose = np.zeros((2, FRAMES, 5, 3))
    pose[:, :, 1, 0] = 0.2
    take = Performance(
        25.0,
        "open-head-1",
        ("Anna", "Ben"),
        expression,
        pose,
        np.zeros((2, FRAMES, 3)),
        np.zeros((2, FRAMES)),
        {},
    )
    save_performance(tmp_path / "performance.npz", take)
    settings.take = str(tmp_path / "performance.npz")
    return made


def write():
    return key_writing.write_take(bpy.context, Path(settings_of(bpy.context.scene).take))


def walk(armature, frames=(1, 11, 21)):
    """The artist's own action: the left hand swings, the head is turned away."""
    assigning.assign_new_action(armature, "Walk")
    action = armature.animation_data.action
    del action["duologue"]
    hand, head = ('pose.bones["hand.L"].location', 'pose.bones["Head"].rotation_euler')
    swing = [Curve(hand, 0, np.array([0.0, 1.0, 0.0]), "hand.L"), Curve(head, 1, np.array([1.0, 1.0, 1.0]), "Head")]
    actions.write_curves(armature, swing, np.array(frames))
    return action


def state(owner):
    data = owner.animation_data
    if data is None:
        return None
    tracks = [(track.name, [strip.action.name for strip in track.strips]) for track in data.nla_tracks]
    return data.action and data.action.name, tracks, data.action_blend_type, data.action_influence


def owners(characters):
    for character in characters:
        yield character.armature
        yield from (mesh.data.shape_keys for mesh in character.meshes)


def test_walk_goes_on_below_the_talk(scene, characters):
    armature = characters[0].armature
    action = walk(armature)

    written = write()

    assert [track.name for track in armature.animation_data.nla_tracks] == ["Walk (before Duologue)"]
    assert armature.animation_data.nla_tracks[0].strips[0].action == action
    assert "Kept aside" not in written.sentence()
    scene.frame_set(11)
    assert armature.pose.bones["hand.L"].location.x == pytest.approx(1.0)
    assert armature.pose.bones["Head"].rotation_euler.y < 0.5  # not the walk's
    scene.frame_set(6)
    assert 0.0 < armature.pose.bones["hand.L"].location.x < 1.0


def test_walk_cycle_goes_on_beyond_its_last_key(scene, characters):
    armature = characters[0].armature
    walk(armature)
    for curve in actions.channels_of(armature).fcurves:
        curve.modifiers.new("CYCLES")

    write()

    scene.frame_set(31)
    assert armature.pose.bones["hand.L"].location.x == pytest.approx(1.0, abs=1e-3)


def test_range_of_the_artist_s_scene_grows_and_never_shrinks(scene, characters):
    settings_of(scene).start_frame = 1
    scene.frame_start, scene.frame_end = 10, 20
    write()
    assert (scene.frame_start, scene.frame_end) == (1, FRAMES)

    scene.frame_end = 250
    write()
    assert scene.frame_end == 250


def test_animation_of_shape_keys_goes_on_too(scene, characters):
    keys = characters[0].meshes[0].data.shape_keys
    assigning.assign_new_action(keys, "Breathing")
    del keys.animation_data.action["duologue"]
    path = 'key_blocks["artistsOwn"].value'
    actions.write_curves(keys, [Curve(path, 0, np.array([0.0, 1.0]), "")], np.array([1, 21]))

    write()

    scene.frame_set(21)
    assert keys.key_blocks["artistsOwn"].value == pytest.approx(1.0)
    assert keys.key_blocks["mouthFunnel"].value == pytest.approx(0.5)


def test_writing_again_replaces_only_our_action(scene, characters):
    armature = characters[0].armature
    walk(armature)
    write()
    ours = armature.animation_data.action.name
    settings_of(scene).head_strength = 0.0

    written = write()

    assert len(armature.animation_data.nla_tracks) == 1
    assert armature.animation_data.action.name == ours
    assert written.replaced == ()
    scene.frame_set(11)
    assert armature.pose.bones["hand.L"].location.x == pytest.approx(1.0)
    there = armature.pose.bones["Head"].rotation_euler.x
    scene.frame_set(17)
    assert armature.pose.bones["Head"].rotation_euler.x == pytest.approx(there, abs=1e-6), "a head that rests"


def test_blending_of_the_artist_s_action_goes_with_it(scene, characters):
    armature = characters[0].armature
    walk(armature)
    data = armature.animation_data
    data.action_blend_type, data.action_influence = "ADD", 0.5

    write()

    strip = data.nla_tracks[0].strips[0]
    assert (strip.blend_type, strip.influence) == ("ADD", 0.5)
    assert (data.action_blend_type, data.action_influence) == ("REPLACE", 1.0)
    scene.frame_set(11)
    assert armature.pose.bones["hand.L"].location.x == pytest.approx(0.5)


def test_nla_that_was_off_plays_the_walk_and_nothing_else(scene, characters):
    armature = characters[0].armature
    wave = walk(armature)
    data = armature.animation_data
    data.action = None
    forgotten = data.nla_tracks.new()
    forgotten.strips.new("Wave", 1, wave)
    walk(armature, frames=(5, 15, 25))
    data.use_nla = False

    write()

    assert data.use_nla
    assert forgotten.mute
    scene.frame_set(15)
    assert armature.pose.bones["hand.L"].location.x == pytest.approx(1.0)


def test_failure_restores_actions_tracks_and_sliders(scene, characters, monkeypatch):
    walk(characters[0].armature)
    before = [state(owner) for owner in owners(characters)]
    count, calls, real = len(bpy.data.actions), [], actions.write_curves
    key = characters[0].meshes[0].data.shape_keys.key_blocks["mouthFunnel"]
    key.slider_max = 0.25

    def fail_fourth(owner, curves, frames):
        calls.append(owner)
        if len(calls) == 4:
            raise MemoryError
        return real(owner, curves, frames)

    monkeypatch.setattr(actions, "write_curves", fail_fourth)

    with pytest.raises(MemoryError):
        write()

    after = [state(owner) for owner in owners(characters)]
    assert after[0] == before[0]
    assert all(character in (None, (None, [], "REPLACE", 1.0)) for character in after[1:])
    assert len(bpy.data.actions) == count
    assert key.slider_max == 0.25


def test_narrow_sliders_are_widened_to_what_is_written(scene, characters):
    key = characters[0].meshes[0].data.shape_keys.key_blocks["mouthFunnel"]
    key.slider_max = 0.25

    write()

    assert key.slider_max == pytest.approx(0.5)
    scene.frame_set(10)
    assert key.value == pytest.approx(0.5)
    assert characters[0].meshes[0].data.shape_keys.key_blocks["artistsOwn"].slider_max == 1.0


def test_strip_that_is_being_edited_is_not_disturbed(scene, characters):
    armature = characters[0].armature
    walk(armature)
    write()
    data = armature.animation_data
    data.action = None
    data.use_tweak_mode = True
    if not data.use_tweak_mode:
        pytest.skip("tweak mode needs a selected strip here")

    with refused(ExitCode.SCENE_UNSUITABLE):
        write()

    data.use_tweak_mode = False


def test_two_people_on_one_character_are_refused(scene, characters):
    settings_of(scene).head_b = characters[0].armature

    with refused(ExitCode.RIG_UNSUITABLE):
        write()

    assert len(bpy.data.actions) == 0


def test_rig_with_nothing_that_fits_gets_a_sentence_and_no_action(scene, characters):
    chair = bpy.data.objects.new("Chair", bpy.data.armatures.new("Chair"))
    scene.collection.objects.link(chair)
    settings_of(scene).head_b = chair

    with refused(ExitCode.RIG_UNSUITABLE):
        write()

    assert len(bpy.data.actions) == 0
    assert all(state(owner) is None for owner in owners(characters[:1]))


def test_bones_and_keys_that_the_rig_drives_itself_are_left_to_it(scene, characters):
    armature, mesh = characters[0].armature, characters[0].meshes[0]
    armature.pose.bones["Neck"].driver_add("rotation_euler", 0)
    mesh.data.shape_keys.key_blocks["mouthSmileLeft"].driver_add("value")

    write()

    bones = {curve.data_path for curve in actions.channels_of(armature).fcurves}
    keys = {curve.data_path for curve in actions.channels_of(mesh.data.shape_keys).fcurves}
    assert 'pose.bones["Head"].rotation_euler' in bones
    assert not [path for path in bones if "Neck" in path]
    assert 'key_blocks["mouthSmileRight"].value' in keys
    assert 'key_blocks["mouthSmileLeft"].value' not in keys
