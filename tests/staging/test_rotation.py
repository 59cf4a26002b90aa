import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from backend.face.skinning import axis_angle_to_matrix
from backend.staging.rotation import axis_angle_from_matrices, directions, turn_to, yaw_and_pitch

angles = st.floats(-1.7, 1.7)


@given(st.tuples(angles, angles, angles))
def test_axis_angle_agrees_with_scipy_and_returns(vector):
    matrix = axis_angle_to_matrix(np.array(vector))

    assert np.allclose(matrix, Rotation.from_rotvec(vector).as_matrix(), atol=1e-9)
    assert np.allclose(axis_angle_from_matrices(matrix), vector, atol=1e-6)


def test_no_rotation_stays_none():
    assert np.array_equal(axis_angle_from_matrices(axis_angle_to_matrix(np.zeros((4, 3)))), np.zeros((4, 3)))


@given(st.floats(-1.4, 1.4), st.floats(-1.4, 1.4))
def test_turning_to_a_direction_gets_there_without_torsion(yaw, pitch):
    turn = turn_to(np.array(yaw), np.array(pitch))

    assert np.allclose(
        Rotation.from_rotvec(turn).apply([0, 0, 1]), directions(np.array(yaw), np.array(pitch)), atol=1e-9
    )
    assert turn[2] == 0.0


def test_left_is_positive_yaw_and_up_is_positive_pitch():
    yaw, pitch = yaw_and_pitch(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]))

    assert np.allclose(yaw, [np.pi / 2, 0.0])
    assert np.allclose(pitch, [0.0, np.pi / 4])
