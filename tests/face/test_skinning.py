import numpy as np
import pytest

from backend.contract.face import Face
from backend.face.skinning import axis_angle_to_matrix, identity_vector, joints, pose_vertices


@pytest.fixture
def face():
    random = np.random.default_rng(0)
    vertices = 40
    return Face(
        id="synthetic",
        v_template=random.normal(scale=0.1, size=(vertices, 3)),
        f=np.array([[0, 1, 2]]),
        shapedirs=random.normal(scale=0.01, size=(vertices, 3, 5)),
        posedirs=random.normal(scale=0.01, size=(vertices, 3, 36)),
        J_regressor=random.dirichlet(np.ones(vertices), size=5),
        weights=random.dirichlet(np.ones(5), size=vertices),
        kintree_table=np.array([[-1, 0, 1, 1, 1], range(5)]),
        expression_names=("smile", "frown", "blink"),
        identity_names=("wide", "tall"),
        landmarks={},
        regions={},
    )


def test_rest_pose_is_the_shaped_template_moved(face):
    identity, expression = np.array([0.5, -1.0]), np.array([0.2, 0.0, 1.0])

    posed = pose_vertices(face, identity, expression, np.zeros((5, 3)), np.array([0.0, 1.0, 2.0]))

    expected = face.v_template + face.shapedirs @ np.r_[identity, expression] + [0.0, 1.0, 2.0]
    np.testing.assert_allclose(posed, expected, atol=1e-12)


def test_global_rotation_turns_everything_about_the_root_joint(face):
    pose = np.zeros((5, 3))
    pose[0] = [0.3, -1.2, 0.4]

    posed = pose_vertices(face, np.zeros(2), np.zeros(3), pose, np.zeros(3))

    root = joints(face, np.zeros(2))[0]
    turn = axis_angle_to_matrix(pose[0])
    np.testing.assert_allclose(posed, (face.v_template - root) @ turn.T + root, atol=1e-12)


def test_frames_at_once_equal_frames_one_by_one(face):
    random = np.random.default_rng(1)
    pose, expression = random.normal(size=(7, 5, 3)), random.normal(size=(7, 3))
    translation, identity = random.normal(size=(7, 3)), random.normal(size=2)

    together = pose_vertices(face, identity, expression, pose, translation)

    single = [pose_vertices(face, identity, expression[t], pose[t], translation[t]) for t in range(7)]
    np.testing.assert_allclose(together, single, atol=1e-12)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-7, 1e-3, 1.0, np.pi])
def test_axis_angle_gives_a_rotation_by_that_angle(angle):
    matrix = axis_angle_to_matrix(np.array([0.0, angle, 0.0]))

    expected = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    np.testing.assert_allclose(matrix, expected, atol=1e-12)


def test_identity_by_name_and_unknown_names(face):
    np.testing.assert_array_equal(identity_vector(face, {"tall": 0.5}), [0.0, 0.5])
    with pytest.raises(KeyError):
        identity_vector(face, {"nosiness": 1.0})
