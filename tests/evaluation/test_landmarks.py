"""Landmarks posed alone lie where the whole face has them."""

from dataclasses import replace

import numpy as np
import pytest

from backend.contract.errors import ExitCode
from backend.face.skinning import pose_vertices
from lab.evaluation.measures.landmarks import mouth_curves, seen_heads
from tests.support.made_dialogue import BLINK, NARROW, OPEN, good_performance, random_phones, small_face
from tests.support.refusals import refused


@pytest.fixture(scope="module")
def performance():
    return good_performance((random_phones(1), random_phones(2)))


def _wild_face():
    """A face whose every part follows every joint and component a little, with vertices that are no landmarks."""
    rng = np.random.default_rng(0)
    face = small_face()
    more = rng.uniform(-0.1, 0.1, (20, 3))
    weights = rng.dirichlet(np.ones(5), 33)
    return replace(
        face,
        v_template=np.vstack((face.v_template, more)),
        shapedirs=rng.normal(0, 0.004, (33, 3, 3)),
        posedirs=rng.normal(0, 0.002, (33, 3, 36)),
        J_regressor=rng.dirichlet(np.ones(33), 5),
        weights=weights,
    )


def test_landmarks_and_eyes_lie_where_the_whole_face_has_them(performance):
    face = _wild_face()

    head = seen_heads(performance, face)[1]

    chosen = slice(100, 130)
    arrays = (performance.expression[1], performance.pose[1], performance.translation[1])
    whole = pose_vertices(face, np.zeros(0), *(array[chosen].astype(float) for array in arrays))
    np.testing.assert_allclose(head.landmarks[chosen], whole[:, list(face.landmarks.values())], atol=1e-12)


def test_one_unit_opens_narrows_and_shuts_as_made():
    expression = np.zeros((4, 3))
    expression[1, OPEN], expression[2, NARROW], expression[3, BLINK] = 1, 1, 1

    gap, width = mouth_curves(small_face(), expression, np.zeros((4, 3)))

    np.testing.assert_allclose(gap, [0, 10, 0, 0], atol=1e-9)
    np.testing.assert_allclose(width, [0, 0, -10, 0], atol=1e-9)


def test_a_turned_head_does_not_change_its_mouth(performance):
    turned = replace(
        performance, pose=performance.pose + np.array([0.3, 0.4, 0.2])[None, None, None] * [[[[1]] * 2 + [[0]] * 3]]
    )

    before, after = seen_heads(performance, small_face())[0], seen_heads(turned, small_face())[0]

    np.testing.assert_allclose(after.gap, before.gap, atol=1e-9)
    np.testing.assert_allclose(after.lids, before.lids, atol=1e-9)


def test_a_face_without_lids_has_no_blinks_and_one_without_lips_is_refused(performance):
    face = small_face()
    lidless = {name: index for name, index in face.landmarks.items() if "eyelid" not in name}
    lipless = {name: index for name, index in face.landmarks.items() if "lip" not in name}

    assert np.isnan(seen_heads(performance, replace(face, landmarks=lidless))[0].lids).all()
    with refused(ExitCode.FACE_INVALID, "lip_upper_inner"):
        seen_heads(performance, replace(face, landmarks=lipless))
