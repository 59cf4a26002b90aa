"""A take on a character of each vendor: smile, blink, jaw, gaze and head land where they should, the rest stays."""

import re

import numpy as np
import pytest
from duologue.addon.retargeting.preset_choice import best_preset
from duologue.addon.retargeting.rig_presets import presets
from duologue.addon.retargeting.rig_survey import survey
from duologue.backend.contract.constants import JAW_OPEN_RADIANS

from tests.support import vendor_rigs
from tests.support.acted_rig import (
    GAZE_LEFT,
    GAZE_UP,
    JAW,
    LEAN,
    LEFT_BLINK,
    NOD,
    OWN_VALUE,
    REST,
    SMILING,
    TURN,
    YAW,
    animated,
    heading,
    moved,
    play,
)
from tests.support.flame_reference import rotation
from tests.support.vendor_rigs import BLINK, OPEN, SMILE
from tests.support.vendors import VENDORS


@pytest.fixture(params=VENDORS)
def played(request, scene, tmp_path):
    """Two characters of a vendor with a take on them, and the first one's points at every frame."""
    return play(request.param, VENDORS[request.param], scene, tmp_path)


def names_in(paths, pattern):
    return {re.match(pattern, path).group(1) for path in paths}


def test_smile_raises_both_corners(played):
    name, _, frames, _ = played
    for corner in ("corner_left", "corner_right"):
        up = moved(frames, SMILING, corner)[1]
        if name == "oculus-15":
            assert abs(up) < 1e-6  # no viseme smiles
        else:
            assert up > (0.006 if name == "rigify-face" else 0.6 * SMILE)
    for still in ("lid_left", "lid_right", "chin"):
        assert np.abs(moved(frames, SMILING, still)).max() < 0.002


def test_blink_of_one_eye_shuts_that_eye(played):
    name, _, frames, _ = played
    wanted = 0.165 * 0.064 if name == "rigify-face" else -BLINK

    assert moved(frames, LEFT_BLINK, "lid_left")[1] == pytest.approx(-wanted, rel=0.02)
    assert np.abs(moved(frames, LEFT_BLINK, "lid_right")).max() < 3e-4


def test_jaw_opens_downwards(played):
    _, character, frames, _ = played
    left, up, _ = moved(frames, JAW, "chin")

    assert up < 0.45 * OPEN
    assert abs(left) < 1e-4
    if "chin" in character.vendor.carried:
        joint = np.array(vendor_rigs.JAW)
        expected = joint + rotation(np.array([JAW_OPEN_RADIANS, 0, 0])) @ (vendor_rigs.POINTS["chin"] - joint)
        np.testing.assert_allclose(frames[JAW]["chin"], expected, atol=1e-4)


def test_eyes_look_to_the_person_s_left_and_up(played):
    name, character, frames, _ = played
    for side in ("left", "right"):
        aside, raised = (moved(frames, frame, f"pupil_{side}") for frame in (GAZE_LEFT, GAZE_UP))
        assert aside[0] > 0.003
        assert abs(aside[1]) < 1e-4
        assert raised[1] > 0.003
        assert abs(raised[0]) < 1e-4
        if f"pupil_{side}" in character.vendor.carried:
            reach = np.array(vendor_rigs.POINTS[f"pupil_{side}"]) - vendor_rigs.EYE[side]
            tolerance = 2e-4 if name == "rigify-face" else 1e-5
            np.testing.assert_allclose(aside, rotation(heading(YAW)) @ reach - reach, atol=tolerance)


def test_head_nods_turns_and_leans_with_the_trunk(played):
    _, _, frames, _ = played
    rest = frames[REST]["crown"] - frames[REST]["nape"]
    expected = {NOD: [0.3, 0, 0], TURN: [0, 0.4, 0], LEAN: [0.2, 0, 0]}
    # The mean heading of nine frames, one of them leaning, is the heading.
    for frame, vector in expected.items():
        found = frames[frame]["crown"] - frames[frame]["nape"]
        np.testing.assert_allclose(found, rotation(np.array(vector, float)) @ rest, atol=2e-4)


def test_character_stays_where_the_artist_put_it(played):
    _, character, frames, written = played

    assert character.armature.matrix_world == character.into_world
    np.testing.assert_allclose(frames[REST]["crown"], vendor_rigs.POINTS["crown"] + crown_offset(character), atol=1e-4)
    assert "Anna and Ben stay where they are." in written.sentence()
    assert re.search(r"Anna: [\w .]+, \d+ of \d+ mapped", written.sentence())


def crown_offset(character):
    """Keys that nobody animates keep the artist's value, and some of them lift the crown."""
    lifts = [moved["crown"][1] for moved in character.vendor.keys.values() if "crown" in moved]
    return np.array([0.0, OWN_VALUE * sum(lifts), 0.0])


def test_only_what_is_mapped_is_animated(played):
    _, character, _, _ = played
    rig = survey(character.armature)
    _, chosen = best_preset(presets(), rig.key_names, rig.bone_names)
    bones = names_in(animated(character.armature), r'pose\.bones\["(.*)"\]\.(?:rotation|location)')

    assert bones <= set(chosen.mapping.bone_names)
    assert not bones & {"Hips", "torso", "root", "センター", "hand.L"}
    for mesh in character.meshes:
        keys = mesh.data.shape_keys
        touched = names_in(animated(keys), r'key_blocks\["(.*)"\]\.value') if keys.animation_data else set()
        assert touched <= set(chosen.mapping.key_names)
        for key in keys.key_blocks[1:]:
            if key.name not in touched:
                assert key.value == pytest.approx(OWN_VALUE)


def test_its_own_preset_is_chosen(scene, tmp_path):
    for name, vendor in VENDORS.items():
        rig = survey(vendor_rigs.build(vendor, name).armature)

        chosen, _ = best_preset(presets(), rig.key_names, rig.bone_names)

        assert chosen == name or {chosen, name} == {"arkit-52", "ready-player-me"}, name
