import numpy as np
import pytest
from duologue.addon.retargeting.facing_angles import angles, axis_angle
from duologue.addon.retargeting.rotation import quaternions
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples


def matrix(turn):
    """[3] axis-angle → [3, 3], by the exponential series."""
    x, y, z = turn
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    result, term = np.eye(3), np.eye(3)
    for power in range(1, 40):
        term = term @ cross / power
        result = result + term
    return result


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ([0.3, 0, 0], [0, 0.3, 0]),  # about the axis to the left: forward goes down
        ([0, 0.3, 0], [-0.3, 0, 0]),  # about up: forward goes to the person's left
        ([0, 0, 0.3], [0, 0, -0.3]),  # about forward: the left ear rises
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_each_axis_is_one_angle(turn, expected):
    assert angles(np.array([turn])) == pytest.approx(np.array([expected]))


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.floats(-1.7, 1.7), min_size=3, max_size=3))
def test_angles_turn_back_into_the_same_rotation(turn):
    back = axis_angle(angles(np.array([turn])))

    assert matrix(back[0]) == pytest.approx(matrix(turn), abs=1e-6)


@pytest.mark.parametrize("pitch", [np.pi / 2, -np.pi / 2])
@pytest.mark.parametrize("yaw", [-2.5, 0.0, 1.0])
def test_straight_down_and_up_turn_back_too(pitch, yaw):
    turn = axis_angle(np.array([[yaw, pitch, 0.4]]))

    assert matrix(axis_angle(angles(turn))[0]) == pytest.approx(matrix(turn[0]), abs=1e-4)


def test_order_is_yaw_then_pitch_then_roll():
    about = [matrix([0, -0.5, 0]), matrix([0.4, 0, 0]), matrix([0, 0, -0.2])]

    assert matrix(axis_angle(np.array([[0.5, 0.4, 0.2]]))[0]) == pytest.approx(about[0] @ about[1] @ about[2])
    assert quaternions(axis_angle(np.zeros((2, 3)))).tolist() == [[1, 0, 0, 0]] * 2
