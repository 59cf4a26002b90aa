import numpy as np
import pytest
from duologue.addon.retargeting.character_axes import RestBone, character_axes, counterpart, eye_distance

Z = np.array([0.0, 0.0, 1.0])


def bones(places, parents=None):
    return {
        name: RestBone(name, (parents or {}).get(name), np.eye(3), np.asarray(place, float))
        for name, place in places.items()
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("eye.L", "eye.R"),
        ("eye_l", "eye_r"),
        ("lid.T.L.002", "lid.T.R.002"),
        ("CC_Base_L_Eye", "CC_Base_R_Eye"),
        ("J_Adj_L_FaceEye", "J_Adj_R_FaceEye"),
        ("LeftEye", "RightEye"),
        ("mixamorig:LeftHand", "mixamorig:RightHand"),
        ("leftEye", "rightEye"),
        ("左目", "右目"),
        ("L_eye", "R_eye"),
    ],
)
def test_left_bones_know_their_right_counterparts(left, right):
    assert counterpart(left) == right
    assert counterpart(right) is None


@pytest.mark.parametrize("name", ["Lid", "tail", "Hips", "jaw_master", "all"])
def test_names_without_a_side_have_none(name):
    assert counterpart(name) is None


def test_blender_s_own_characters_face_the_front_view():
    skeleton = bones(
        {"hips": (0, 0, 1), "head": (0, -0.05, 1.6), "eye.L": (0.03, -0.1, 1.7), "eye.R": (-0.03, -0.1, 1.7)},
        {"head": "hips"},
    )

    axes = character_axes(skeleton, "head", Z)

    np.testing.assert_allclose(axes, np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]).T, atol=1e-12)


def test_lying_character_s_up_is_along_the_spine():
    skeleton = bones(
        {"hips": (0, 0, 0.2), "head": (0, 0.7, 0.2), "hand.L": (0.5, 0.3, 0.2), "hand.R": (-0.5, 0.3, 0.2)},
        {"head": "hips"},
    )

    np.testing.assert_allclose(character_axes(skeleton, "head", Z)[:, 1], [0, 1, 0])


def test_root_above_the_neck_does_not_turn_the_head_over():
    skeleton = bones({"root": (0, 0, 0), "neck": (0, 0, -0.12)}, {"neck": "root"})

    np.testing.assert_allclose(character_axes(skeleton, "neck", Z)[:, 1], Z)


def test_leaning_neck_still_gives_an_upright_character():
    skeleton = bones({"neck": (0, 0, 0), "head": (0, -0.04, 0.1)}, {"head": "neck"})

    np.testing.assert_allclose(character_axes(skeleton, "head", Z)[:, 1], Z)


def test_skewed_skeleton_keeps_its_own_direction():
    turn = np.deg2rad(30.0)
    along = np.array([np.cos(turn), np.sin(turn), 0.0])
    skeleton = bones({"hips": (0, 0, 0), "head": (0, 0, 1), "a.L": 0.1 * along, "a.R": -0.1 * along}, {"head": "hips"})

    axes = character_axes(skeleton, "head", Z)

    np.testing.assert_allclose(axes[:, 0], along)
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_skeleton_without_sides_faces_the_front_view():
    np.testing.assert_allclose(character_axes(bones({"head": (0, 0, 1)}), "head", Z)[:, 2], [0, -1, 0])


def test_eyes_in_one_place_give_no_distance():
    skeleton = bones({"eye.L": (0.03, 0, 0), "eye.R": (-0.03, 0, 0), "left": (0, 0, 0), "right": (0, 0, 0)})

    assert eye_distance(skeleton, "eye.L", "eye.R") == pytest.approx(0.06)
    assert eye_distance(skeleton, "left", "right") is None
    assert eye_distance(skeleton, "eye.L", None) is None
