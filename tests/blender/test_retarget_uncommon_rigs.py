"""A take on rigs that mix, lack or lie: what carries each part is found, and eyes meet where the artist put them."""

from dataclasses import replace
from math import radians

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.addon.keys import key_writing
from duologue.addon.retargeting.auto_map import auto_map
from duologue.addon.retargeting.rig_presets import presets
from duologue.addon.retargeting.rig_survey import survey
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.face import load_face
from duologue.backend.contract.performance import Performance, save_performance
from mathutils import Vector

from tests.support import vendor_rigs
from tests.support.acted_rig import (
    GAZE_LEFT,
    NOD,
    REST,
    SMILING,
    YAW,
    animated,
    heading,
    moved,
    performance,
    play,
)
from tests.support.flame_reference import rotation
from tests.support.open_head import FACE_FILE, needs_open_head
from tests.support.vendor_rigs import SMILE
from tests.support.vendors import VENDORS


def test_character_who_lies_on_the_side_nods_towards_the_chest(scene, tmp_path):
    vendor = replace(VENDORS["vrm-1"], upright=(0.0, radians(90.0), 0.0))

    _, _, frames, _ = play("vrm-1", vendor, scene, tmp_path)

    rest = frames[REST]["crown"] - frames[REST]["nape"]
    found = frames[NOD]["crown"] - frames[NOD]["nape"]
    np.testing.assert_allclose(found, rotation(np.array([0.3, 0, 0])) @ rest, atol=2e-4)


def test_arkit_face_on_a_rigify_body_turns_its_head_all_the_way(scene, tmp_path):
    vendor = replace(VENDORS["rigify-face"], keys=VENDORS["arkit-52"].keys, carried={None: "head"})

    _, _, frames, _ = play("arkit-52", vendor, scene, tmp_path)

    assert moved(frames, SMILING, "corner_left")[1] == pytest.approx(SMILE, abs=1e-4)
    rest, found = (frames[frame]["crown"] - frames[frame]["nape"] for frame in (REST, NOD))
    np.testing.assert_allclose(found, rotation(np.array([0.3, 0, 0])) @ rest, atol=2e-4)


def test_mesh_without_armature_acts_by_its_keys(scene, tmp_path):
    character = vendor_rigs.build(VENDORS["arkit-52"], "Anna")
    other = vendor_rigs.build(VENDORS["arkit-52"], "Ben")
    mesh = character.meshes[0]
    mesh.modifiers.clear()
    mesh.parent = None
    settings = settings_of(scene)
    settings.head_a, settings.head_b = mesh, other.armature
    save_performance(tmp_path / "performance.npz", performance("arkit-52"))

    key_writing.write_take(bpy.context, tmp_path / "performance.npz")

    scene.frame_set(1 + SMILING)
    assert mesh.data.shape_keys.key_blocks["mouthSmileLeft"].value == pytest.approx(1.0)
    scene.frame_set(1 + GAZE_LEFT)
    assert mesh.data.shape_keys.key_blocks["eyeLookOutLeft"].value == pytest.approx(18 / 30, abs=1e-3)


@pytest.mark.parametrize("name", ["arkit-52", "ready-player-me"])
def test_eyeballs_that_only_bones_move_are_turned_by_bones_and_lids_follow_by_keys(scene, tmp_path, name):
    """Apple's own meaning of eyeLook…: what the lids do while the eyes turn."""
    eyes = ("LeftEye", "RightEye")
    look = {f"eyeLook{way}{side}": {} for way in ("In", "Out", "Up", "Down") for side in ("Left", "Right")}
    look["eyeLookOutLeft"] = {"lid_left": (0.002, 0.0, 0.0)}
    vendor = replace(
        VENDORS[name],
        keys={**VENDORS[name].keys, **look},
        bones={**VENDORS[name].bones, **{eye: ("Head", vendor_rigs.EYE[eye[:-3].lower()]) for eye in eyes}},
        carried={None: "Head", "pupil_left": eyes[0], "pupil_right": eyes[1]},
    )

    _, character, frames, _ = play(name, vendor, scene, tmp_path)

    reach = np.array(vendor_rigs.POINTS["pupil_left"]) - vendor_rigs.EYE["left"]
    np.testing.assert_allclose(
        moved(frames, GAZE_LEFT, "pupil_left"), rotation(heading(YAW)) @ reach - reach, atol=1e-5
    )
    assert 'key_blocks["eyeLookOutLeft"].value' in animated(character.meshes[0].data.shape_keys)


def test_eyeballs_that_keys_turn_are_not_turned_by_their_bones_too(scene, tmp_path):
    eyes = ("LeftEye", "RightEye")
    vendor = replace(VENDORS["ready-player-me"], carried={None: "Head", "pupil_left": eyes[0], "pupil_right": eyes[1]})

    _, character, frames, _ = play("ready-player-me", vendor, scene, tmp_path)

    assert moved(frames, GAZE_LEFT, "pupil_left")[0] == pytest.approx(vendor_rigs.LOOK * 18 / 30, rel=0.01)
    assert not [path for path in animated(character.armature) if "Eye" in path]


def test_every_mesh_with_the_key_gets_it(scene, tmp_path):
    vendor = replace(VENDORS["arkit-52"], keys={**VENDORS["arkit-52"].keys, "mouthFunnel": {}})

    _, character, _, _ = play("arkit-52", vendor, scene, tmp_path)

    for mesh in character.meshes:
        assert 'key_blocks["mouthFunnel"].value' in animated(mesh.data.shape_keys)


def test_auto_map_names_what_a_rig_lacks(scene):
    rig = survey(vendor_rigs.build(VENDORS["character-creator-4"], "Anna").armature)

    found = auto_map(presets()["character-creator-4"], rig.key_names, rig.bone_names)

    assert "Mouth_Shrug_Lower" in found.missing
    assert not found.missing_bones


def test_eyes_that_meet_in_the_take_meet_where_the_artist_placed_the_characters(scene, tmp_path):
    """In the take both bodies are turned to the table and the heads to each other; here the bodies face each other."""
    anna = vendor_rigs.build(VENDORS["vrm-1"], "Anna", turned=0.4, place=(0.0, 0.0, 0.0))
    ahead = anna.into_world.to_3x3() @ Vector((0.0, -1.5, 0.0))
    ben = vendor_rigs.build(VENDORS["vrm-1"], "Ben", turned=0.4 + np.pi, place=ahead)
    settings = settings_of(scene)
    settings.head_a, settings.head_b = anna.armature, ben.armature
    pose, translation = np.zeros((2, 5, 5, 3)), np.zeros((2, 5, 3))
    translation[1] = (np.sin(1.2), 0.0, np.cos(1.2))
    pose[0, :, 0, 1], pose[0, :, 1, 1] = 0.7, 0.5
    pose[1, :, 0, 1], pose[1, :, 1, 1] = 1.2 + np.pi + 0.6, -0.6
    still = np.zeros((2, 5))
    take = Performance(25.0, "open-head-1", ("Anna", "Ben"), np.zeros((2, 5, 52)), pose, translation, still, {})
    save_performance(tmp_path / "performance.npz", take)

    key_writing.write_take(bpy.context, tmp_path / "performance.npz")

    scene.frame_set(2)
    for character in (anna, ben):
        points = character.points()
        sight = (points["pupil_left"] + points["pupil_right"]) / 2 - points["nape"]
        assert np.arctan2(sight[0], sight[2]) == pytest.approx(0.0, abs=0.01)


@needs_open_head
def test_own_head_and_a_character_talk_to_each_other(scene, tmp_path):
    own = build_head(bpy.context, load_face(FACE_FILE), {}, "Anna")
    ben = vendor_rigs.build(VENDORS["arkit-52"], "Ben")
    settings = settings_of(scene)
    settings.head_a, settings.head_b = own, ben.armature
    save_performance(tmp_path / "performance.npz", performance("arkit-52"))

    written = key_writing.write_take(bpy.context, tmp_path / "performance.npz")

    scene.frame_set(1 + SMILING)
    assert head_mesh(own).data.shape_keys.key_blocks["mouthSmileLeft"].value == pytest.approx(1.0)
    np.testing.assert_allclose(own.pose.bones["root"].location, (5.0, 5.0, 5.0))
    assert ben.meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value == pytest.approx(1.0)
    assert "Ben stays where it is." in written.sentence()
    assert not scene.timeline_markers
