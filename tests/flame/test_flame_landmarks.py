"""Landmarks, eyes and lips are found on FLAME's head as on a real one."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.contract.face import load_face
from backend.flame.flame_landmarks import eye_angles, head_shape, landmarks, lips_mask
from backend.open_head.eyeball import IRIS_ANGLE, PUPIL_ANGLE
from tests.support.flame_arrays import JOINTS, MOUTH_HALF, MOUTH_HEIGHT, VERTICES, flame_arrays
from tests.support.flame_pickles import pickle_of_2023


def _where(face):
    return {name: face.v_template[vertex] for name, vertex in face.landmarks.items()}


@pytest.mark.parametrize("jaw", [True, False])
def test_landmarks_are_where_the_mouth_and_the_eyes_are(jaw, flame):
    found = _where(flame(pickle_of_2023(flame_arrays(jaw=jaw))))

    assert found["lip_lower_outer"][1] < found["lip_lower_inner"][1] < MOUTH_HEIGHT < found["lip_upper_inner"][1]
    assert found["lip_upper_inner"][1] < found["lip_upper_outer"][1] < found["nose_tip"][1]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        assert abs(sign * found[f"mouth_{side}"][0] - MOUTH_HALF) < 0.004
        assert abs(found[f"mouth_{side}"][1] - MOUTH_HEIGHT) < 0.006
        assert found[f"eyelid_upper_{side}"][1] > JOINTS[3, 1] > found[f"eyelid_lower_{side}"][1]
    assert found["chin"][1] < found["lip_lower_outer"][1]


def test_eyes_are_found_by_what_follows_their_joints(small, flame):
    face = flame(pickle.dumps(small))

    for side, joint in (("left", 3), ("right", 4)):
        eye = face.v_template[face.regions[f"eye_{side}"]]
        assert len(eye) == 546
        np.testing.assert_allclose(eye.mean(axis=0), JOINTS[joint], atol=1e-6)
    assert len(face.regions["skin"]) == VERTICES - 2 * 546


def test_iris_and_pupil_end_on_rings_of_the_eyeball(small, flame):
    face = flame(pickle.dumps(small))
    eye = face.regions["eye_left"]
    angles = face.masks["eye_angle"][eye]

    # Rings are ten degrees apart: a pupil of one ring, an iris of three (26 degrees is nearest to the third).
    assert (angles <= PUPIL_ANGLE + 1e-5).sum() == 1 + 32
    assert (angles <= IRIS_ANGLE + 1e-5).sum() == 1 + 3 * 32
    assert face.extras["iris_angle"] == IRIS_ANGLE


OPEN_HEAD = assets_folder() / "faces" / "open-head-1.npz"


@pytest.fixture(scope="module")
def bare():
    """The open head's skin and eyes alone, as FLAME has them: its arrays, its own landmarks and its lips."""
    if not OPEN_HEAD.is_file():
        pytest.skip("python3 build.py setup derives the open head")
    face = load_face(OPEN_HEAD)
    kept = np.unique(np.concatenate([face.regions[name] for name in ("skin", "eye_left", "eye_right")]))
    joints = face.J_regressor @ face.v_template
    shape = head_shape(
        face.v_template[kept].astype(float), face.weights[kept], joints, face.expression_directions[kept]
    )
    known = {name: face.v_template[vertex] for name, vertex in face.landmarks.items() if vertex in set(kept.tolist())}
    return shape, known, {name: face.masks[name][kept] for name in ("lips", "eye_angle")}


def test_landmarks_of_a_real_head_are_found_within_millimetres(bare):
    shape, known, _ = bare
    found = landmarks(shape)

    wide = {"lip_upper_outer": 5.0, "lip_lower_outer": 5.0}
    for name in set(known) & set(found):
        off = 1e3 * np.linalg.norm(shape.template[found[name]] - known[name])
        assert off < wide.get(name, 4.0), name
    assert {"lip_upper_inner", "lip_lower_inner", "mouth_left", "mouth_right", "nose_tip", "chin"} <= set(found)


def test_lips_and_irises_of_a_real_head_are_where_its_makers_painted_them(bare):
    shape, _, masks = bare
    lips = lips_mask(shape, landmarks(shape)) > 0.5
    painted = masks["lips"] > 0.5

    assert (lips & painted).sum() / (lips | painted).sum() > 0.5
    np.testing.assert_allclose(eye_angles(shape), masks["eye_angle"], atol=0.02)


def test_a_head_whose_mouth_nothing_opens_gets_a_usual_mouth(bare):
    shape, known, _ = bare
    found = landmarks(replace(shape, opened=np.zeros_like(shape.template)))

    assert np.linalg.norm(shape.template[found["lip_upper_inner"]] - known["lip_upper_inner"]) < 0.012
    assert shape.template[found["mouth_left"], 0] > 0.015 > -0.015 > shape.template[found["mouth_right"], 0]
