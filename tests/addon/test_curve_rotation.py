from itertools import permutations

import numpy as np
import pytest
from duologue.addon.retargeting.rotation import (
    axis_angles,
    euler_angles,
    inverse,
    matrices,
    product,
    quaternions,
    resampled,
    resampled_quaternions,
    turning_axes,
)

ORDERS = ["".join(order) for order in permutations("XYZ")]


def about(axis, angle):
    """[3, 3] the rotation about one axis, written down plainly."""
    cosine, sine = np.cos(angle), np.sin(angle)
    first, second = ((1, 2), (2, 0), (0, 1))["XYZ".index(axis)]
    turn = np.eye(3)
    turn[first, first] = turn[second, second] = cosine
    turn[second, first], turn[first, second] = sine, -sine
    return turn


def test_no_rotation_is_the_identity():
    np.testing.assert_allclose(quaternions(np.zeros((2, 3))), [[1, 0, 0, 0]] * 2)


def test_quarter_turn_about_x():
    half = np.sqrt(0.5)

    np.testing.assert_allclose(quaternions(np.array([[np.pi / 2, 0, 0]])), [[half, half, 0, 0]], atol=1e-12)


def test_neighbours_never_jump_to_the_other_side():
    angle = np.linspace(0.0, 6 * np.pi, 300)
    turning = np.stack([np.zeros(300), angle, np.zeros(300)], axis=1)

    result = quaternions(turning)

    assert np.sum(result[1:] * result[:-1], axis=1).min() > 0.99


def test_axis_angle_that_wraps_stays_continuous():
    angle = np.linspace(2.5, 3.8, 60)
    wrapped = np.where(angle > np.pi, angle - 2 * np.pi, angle)

    result = quaternions(np.stack([np.zeros(60), wrapped, np.zeros(60)], axis=1))

    assert np.abs(np.diff(result, axis=0)).max() < 0.05


def test_between_two_moments_rotations_stay_of_unit_length():
    random = np.random.default_rng(0)

    result = resampled_quaternions(quaternions(random.normal(size=(10, 3))), np.linspace(0, 9, 37))

    np.testing.assert_allclose(np.linalg.norm(result, axis=1), 1.0)


def test_values_are_held_beyond_both_ends():
    values = np.array([[1.0], [3.0]])

    np.testing.assert_allclose(resampled(values, np.array([-2.0, 0.5, 7.0]))[:, 0], [1.0, 2.0, 3.0])


def test_axis_angles_come_back():
    turning = np.random.default_rng(1).uniform(-1.7, 1.7, size=(50, 3))

    np.testing.assert_allclose(axis_angles(quaternions(turning)), turning, atol=1e-12)


def test_products_are_those_of_matrices():
    random = np.random.default_rng(2)
    first, second = (quaternions(random.normal(size=(20, 3))) for _ in range(2))

    np.testing.assert_allclose(matrices(product(first, second)), matrices(first) @ matrices(second), atol=1e-12)
    np.testing.assert_allclose(product(first, inverse(first)), [[1, 0, 0, 0]] * 20, atol=1e-12)


@pytest.mark.parametrize("order", ORDERS)
def test_euler_angles_turned_one_after_the_other_give_the_rotation(order):
    rotations = quaternions(np.random.default_rng(3).normal(scale=1.5, size=(100, 3)))

    angles = euler_angles(rotations, order)

    for turn, row in zip(matrices(rotations), angles, strict=True):
        made = np.eye(3)
        for axis in order:
            made = about(axis, row["XYZ".index(axis)]) @ made
        np.testing.assert_allclose(made, turn, atol=1e-7)


@pytest.mark.parametrize("order", ORDERS)
def test_euler_angles_of_a_turn_beyond_half_a_circle_do_not_jump(order):
    angle = np.linspace(0.0, 5.0, 200)
    turning = np.stack([0.3 * np.sin(angle), angle, 0.2 * np.cos(angle)], axis=1)

    angles = euler_angles(quaternions(turning), order)

    assert np.abs(np.diff(angles, axis=0)).max() < 1.0


@pytest.mark.parametrize("order", ORDERS)
def test_middle_angle_of_a_quarter_turn_is_no_trouble(order):
    axis = "XYZ".index(order[1])
    turning = np.zeros((3, 3))
    turning[:, axis] = np.pi / 2

    assert np.isfinite(euler_angles(quaternions(turning), order)).all()


def test_axis_of_a_swing_through_rest_does_not_turn_round():
    angle = np.linspace(-0.5, 0.5, 21)
    turning = np.stack([angle, np.zeros(21), np.zeros(21)], axis=1)

    found = turning_axes(quaternions(turning))

    moving = found[np.abs(angle) > 1e-6]
    assert np.abs(np.diff(moving[:, 1:], axis=0)).max() < 1e-6
    np.testing.assert_allclose(found[:, 0] * found[:, 1], angle, atol=1e-9)
