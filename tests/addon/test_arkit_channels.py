from math import radians

import numpy as np
import pytest
from duologue.addon.retargeting.arkit_channels import LOOK_DOWN, LOOK_SIDE, LOOK_UP, arkit_channels
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.constants import JAW_OPEN_RADIANS, JAW_SIDE_RADIANS
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance

from tests.support.refusals import refused

JAW, LEFT_EYE, RIGHT_EYE = 2, 3, 4


def take(face="open-head-1", components=52, joint=None, turning=(0.0, 0.0, 0.0), **expression):
    values, pose = np.zeros((2, 3, components)), np.zeros((2, 3, 5, 3))
    for name, value in expression.items():
        values[0, :, ARKIT_INDEX[name]] = value
    if joint is not None:
        pose[0, :, joint] = turning
    return Performance(25.0, face, ("Anna", "Ben"), values, pose, np.zeros((2, 3, 3)), np.zeros((2, 3)), {})


def test_components_come_as_they_are():
    channels = arkit_channels(take(mouthPucker=0.4, browInnerUp=0.9), 0)

    assert tuple(channels) == ARKIT_NAMES
    np.testing.assert_allclose(channels["mouthPucker"], 0.4)
    np.testing.assert_allclose(channels["browInnerUp"], 0.9)
    np.testing.assert_allclose(arkit_channels(take(mouthPucker=0.4), 1)["mouthPucker"], 0.0)


def test_jaw_s_turn_is_jaw_open_and_its_component_does_not_count():
    channels = arkit_channels(take(joint=JAW, turning=(0.5 * JAW_OPEN_RADIANS, 0, 0), jawOpen=0.7), 0)

    np.testing.assert_allclose(channels["jawOpen"], 0.5)


def test_jaw_goes_aside_on_top_of_the_component():
    channels = arkit_channels(take(joint=JAW, turning=(0, 0.5 * JAW_SIDE_RADIANS, 0), jawLeft=0.2), 0)

    np.testing.assert_allclose(channels["jawLeft"], 0.7)
    np.testing.assert_allclose(channels["jawRight"], 0.0)


def test_jaw_that_a_bone_carries_leaves_jaw_open_at_rest():
    channels = arkit_channels(take(joint=JAW, turning=(0.3, 0.05, 0), jawOpen=0.7, jawLeft=0.2), 0, jaw=False)

    np.testing.assert_allclose(channels["jawOpen"], 0.0)
    np.testing.assert_allclose(channels["jawLeft"], 0.2)


@pytest.mark.parametrize(
    ("joint", "turning", "name"),
    [
        (LEFT_EYE, (0, LOOK_SIDE, 0), "eyeLookOutLeft"),
        (LEFT_EYE, (0, -LOOK_SIDE, 0), "eyeLookInLeft"),
        (RIGHT_EYE, (0, LOOK_SIDE, 0), "eyeLookInRight"),
        (RIGHT_EYE, (0, -LOOK_SIDE, 0), "eyeLookOutRight"),
        (LEFT_EYE, (-LOOK_UP, 0, 0), "eyeLookUpLeft"),
        (RIGHT_EYE, (LOOK_DOWN, 0, 0), "eyeLookDownRight"),
    ],
)
def test_eye_s_turn_is_one_look(joint, turning, name):
    channels = arkit_channels(take(joint=joint, turning=turning), 0)

    np.testing.assert_allclose(channels[name], 1.0)
    others = [channel for channel in channels if channel.startswith("eyeLook") and channel != name]
    assert all(np.abs(channels[other]).max() < 1e-9 for other in others)


def test_lids_that_follow_the_eye_do_not_turn_it_twice():
    channels = arkit_channels(take(joint=LEFT_EYE, turning=(0, radians(15.0), 0), eyeLookOutLeft=0.42), 0)

    np.testing.assert_allclose(channels["eyeLookOutLeft"], 0.5)


def test_eyes_that_bones_turn_leave_the_components_to_the_lids():
    channels = arkit_channels(take(joint=LEFT_EYE, turning=(0, 0.3, 0), eyeLookOutLeft=0.42), 0, eyes=False)

    np.testing.assert_allclose(channels["eyeLookOutLeft"], 0.42)


@pytest.mark.parametrize("other", [take(face="flame-2020", components=100), take(components=51)])
def test_take_of_another_basis_is_refused(other):
    with refused(ExitCode.PERFORMANCE_INVALID):
        arkit_channels(other, 0)
