"""The loss's few vertices move as the whole face does."""

import numpy as np
import pytest
import torch

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.face import load_face
from backend.face.skinning import axis_angle_to_matrix, pose_vertices
from lab.training.colocated.skinning import MovingSkin, rotations, visible_vertices
from tests.support.open_head import FACE_FILE


@pytest.fixture(scope="module")
def face():
    if not FACE_FILE.is_file():
        pytest.skip("the open head is not prepared")
    return load_face(FACE_FILE)


def test_skin_moves_as_the_face_s_own_skinning_has_it(face):
    rng = np.random.default_rng(0)
    expression = rng.uniform(0, 1, (40, 52))  # [T, 52]
    neck, jaw = rng.normal(0, 0.3, (40, 3)), rng.normal(0, 0.2, (40, 3))  # [T, 3]
    translation = rng.normal(0, 0.05, (40, 3))  # [T, 3]
    skin = MovingSkin(face)
    pose = np.zeros((40, 5, 3))
    pose[:, 1], pose[:, 2] = neck, jaw
    order = [ARKIT_INDEX[name] for name in face.expression_names]

    found = skin(*(torch.from_numpy(array).float() for array in (expression, jaw, neck, translation)))

    identity = np.zeros(len(face.identity_names))
    wanted = 1000 * pose_vertices(face, identity, expression[:, order], pose, translation)[:, skin.chosen]
    np.testing.assert_allclose(found.numpy(), wanted, atol=0.01)
    np.testing.assert_allclose(np.diff(found.numpy(), axis=0), np.diff(wanted, axis=0), atol=0.01)


def test_what_is_seen_moving_is_looked_at(face):
    chosen = visible_vertices(face)

    assert 50 <= len(chosen) <= 70
    assert len(set(chosen)) == len(chosen)
    assert set(face.landmarks.values()) <= set(chosen.tolist())
    assert (face.masks["lips"][chosen] > 0.5).sum() >= 20


def test_rotations_have_a_gradient_where_nothing_turns():
    still = torch.zeros(3, requires_grad=True)

    rotations(still)[2, 1].backward()

    torch.testing.assert_close(still.grad, torch.tensor([1.0, 0.0, 0.0]))


def test_rotations_are_rodrigues():
    vectors = np.random.default_rng(1).normal(0, 1, (50, 3))

    found = rotations(torch.from_numpy(vectors))

    np.testing.assert_allclose(found.numpy(), axis_angle_to_matrix(vectors), atol=1e-6)
