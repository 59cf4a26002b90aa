"""A human that Rigify itself generated: its constraints and follow settings are what a take meets in practice."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS

from tests.support.flame_reference import rotation


@pytest.fixture(scope="module")
def session(blender):
    command = blender.command(Path(__file__).with_name("rigify_session.py"))
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    lines = [line for line in finished.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, finished.stdout + finished.stderr
    return json.loads(lines[0].removeprefix("RESULT ")) or pytest.skip("this Blender has no Rigify")


def moved(session, frame, bone):
    return np.subtract(session["places"][frame][bone], session["places"]["rest"][bone])


def gap(session, frame):
    return session["places"][frame]["lip.T"][1] - session["places"][frame]["lip.B"][1]


def test_preset_is_found_complete(session):
    assert session["title"] == "Rigify face"
    assert session["missing"] == []


def test_smile_blink_and_jaw_reach_the_deforming_bones(session):
    assert moved(session, "smile", "DEF-lip.T.L.001")[1] > 0.003
    assert moved(session, "smile", "lips.L")[1] > 0.008
    assert moved(session, "smile", "lips.R")[1] > 0.008
    assert moved(session, "blink", "DEF-lid.T.L.002")[1] < -0.012
    assert abs(moved(session, "blink", "DEF-lid.T.R.002")[1]) < 0.001
    assert moved(session, "jaw", "DEF-chin")[1] < -0.02


def test_closed_lips_stay_closed_over_an_open_jaw(session):
    assert gap(session, "closed") == pytest.approx(gap(session, "rest"), abs=0.001)
    assert gap(session, "jaw") > gap(session, "rest") + 0.02


def test_head_nods_by_the_take_s_angle_though_it_does_not_follow_the_neck(session):
    np.testing.assert_allclose(session["turns"]["nod"]["DEF-spine.006"], rotation(np.array([0.3, 0, 0])), atol=1e-3)


@pytest.mark.parametrize("eye", ["ORG-eye.L", "ORG-eye.R"])
def test_eyes_follow_their_targets_to_the_person_s_left(session, eye):
    sight = np.array(session["turns"]["gaze"][eye]) @ np.array([0.0, 0.0, 1.0])

    assert np.arctan2(sight[0], sight[2]) == pytest.approx(0.3, abs=0.02)


def test_what_the_take_said_is_read_back_through_its_constraints(session):
    rest, smile, blink, jaw, gaze, nod, _ = range(7)
    pose, expression = np.array(session["read"]["pose"]), np.array(session["read"]["expression"])

    assert np.abs(pose[rest]).max() < 1e-4
    assert pose[jaw, 2] == pytest.approx([JAW_OPEN_RADIANS, 0.0, 0.0], abs=2e-3)
    np.testing.assert_allclose(pose[gaze, 3:], [[0.0, 0.3, 0.0]] * 2, atol=0.02)
    assert pose[nod, 1] == pytest.approx([0.3, 0.0, 0.0], abs=2e-3)
    for side in ("Left", "Right"):
        assert expression[smile, ARKIT_INDEX[f"mouthSmile{side}"]] == pytest.approx(1.0, abs=0.05)
    assert expression[blink, ARKIT_INDEX["eyeBlinkLeft"]] == pytest.approx(1.0, abs=0.05)
    assert expression[blink, ARKIT_INDEX["eyeBlinkRight"]] < 0.05
