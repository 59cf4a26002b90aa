import numpy as np
from duologue.addon.rotation import quaternions, resampled, resampled_quaternions


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
