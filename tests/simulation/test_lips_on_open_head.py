"""Lips where they can be seen: on the vertices of the open head."""

import numpy as np
import pytest

from backend.animation.lips import WIDTH_OF
from backend.animation.phones import VISEMES
from backend.contract.face import load_face
from backend.face.skinning import pose_vertices
from lab.evaluation.measures.landmarks import mouth_curves
from tests.support.open_head import FACE_FILE


@pytest.fixture(scope="module")
def lip_gap(rehearsal):
    """[2, T] millimetres between the inner lips beyond rest."""
    face = load_face(FACE_FILE)
    inner = [face.landmarks["lip_upper_inner"], face.landmarks["lip_lower_inner"]]
    rest = np.subtract(*face.v_template[inner, 1])
    pose = np.zeros((*rehearsal.motion.jaw.shape[:2], 5, 3))
    pose[:, :, 2] = rehearsal.motion.jaw
    gaps = np.zeros(pose.shape[:2])
    for person in range(2):
        for begin in range(0, pose.shape[1], 100):
            part = slice(begin, begin + 100)
            vertices = pose_vertices(
                face,
                np.zeros(len(face.identity_names)),
                rehearsal.motion.expression[person, part],
                pose[person, part],
                np.zeros(3),
            )[:, inner, 1]
            gaps[person, part] = (vertices[:, 0] - vertices[:, 1] - rest) * 1000
    return gaps


def test_lips_meet_in_every_closure(rehearsal, lip_gap):
    assert lip_gap[rehearsal.events["closure"]].max() < 0.3


def test_lips_stay_together_in_silence(rehearsal, lip_gap):
    silent = np.stack([np.convolve(activity, np.ones(31), mode="same") == 0 for activity in rehearsal.speaking])
    assert np.percentile(np.abs(lip_gap[silent]), 99) < 1.5


def test_open_vowels_open_the_mouth(rehearsal, lip_gap):
    open_vowels = rehearsal.events["viseme"] == VISEMES.index("aa")
    assert np.median(lip_gap[open_vowels]) > 6.0


def test_labiodentals_bring_the_lower_lip_to_the_teeth(rehearsal, lip_gap):
    assert np.median(lip_gap[rehearsal.events["touch"]]) < 2.6


@pytest.mark.parametrize("name", sorted(WIDTH_OF))
def test_a_component_widens_the_mouth_as_the_training_reckons(name):
    face = load_face(FACE_FILE)
    expression = np.zeros((1, len(face.expression_names)))
    for index, component in enumerate(face.expression_names):
        if component.removesuffix("Left").removesuffix("Right") == name:
            expression[0, index] = 0.5

    _, width = mouth_curves(face, expression, np.zeros((1, 3)))

    assert width[0] == pytest.approx(0.5 * WIDTH_OF[name], abs=0.3)
