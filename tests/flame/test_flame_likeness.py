"""A FLAME-shaped head takes over the open head's masks, and a character's proportions in its own components."""

import json
from pathlib import Path

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.contract.face import IDENTITY_MAP, load_face, save_face
from backend.face.correspondence import correspond
from backend.flame.flame_likeness import with_likeness
from backend.flame.flame_shaped import flame_shaped

ROOT = Path(__file__).resolve().parents[2]
OPEN_HEAD = assets_folder() / "faces" / "open-head-1.npz"

pytestmark = pytest.mark.skipif(not OPEN_HEAD.is_file(), reason="python3 build.py setup derives the open head")


@pytest.fixture(scope="module")
def open_head():
    return load_face(OPEN_HEAD)


@pytest.fixture(scope="module")
def face(open_head):
    return with_likeness(flame_shaped(open_head), open_head)


def middle(face, name, side=None):
    """[3] metres: the mean of the skin where a mask is more than a half, on one side or both."""
    there = face.masks[name] > 0.5
    if side is not None:
        there &= side * face.v_template[:, 0] > 0
    return face.v_template[there].mean(axis=0)


def test_masks_are_where_the_landmarks_are(face):
    marks = {name: face.v_template[vertex] for name, vertex in face.landmarks.items()}

    mouth = 0.5 * (marks["mouth_left"] + marks["mouth_right"])
    assert np.linalg.norm(middle(face, "lips")[:2] - mouth[:2]) < 0.008
    assert np.linalg.norm(middle(face, "nose") - marks["nose_tip"]) < 0.02
    for side, sign in (("left", 1), ("right", -1)):
        lid = marks[f"eyelid_upper_{side}"]
        brow = middle(face, "brows", sign)
        assert 0.008 < brow[1] - lid[1] < 0.03
        assert abs(brow[0] - lid[0]) < 0.015
        assert abs(middle(face, "ears", sign)[0]) > abs(lid[0]) + 0.02
    assert middle(face, "scalp")[1] > marks["forehead"][1] - 0.01


def test_masks_are_shares_of_the_skin_alone(face):
    for name, mask in face.masks.items():
        assert mask.shape == (len(face.v_template),)
        if name != "eye_angle":
            assert mask.min() >= 0.0
            assert mask.max() <= 1.0 + 1e-6
            assert np.abs(mask[face.regions["eye_left"]]).max() == 0.0


@pytest.mark.parametrize("name", ["anna", "ben"])
def test_a_characters_proportions_arrive(name, face, open_head):
    identity = json.loads((ROOT / "presets" / "characters" / f"{name}.json").read_text(encoding="utf-8"))["identity"]
    wanted = open_head.identity_directions @ [identity.get(word, 0.0) for word in open_head.identity_names]
    coefficients = sum(
        value * np.array(face.extras[IDENTITY_MAP][proportion]) for proportion, value in identity.items()
    )
    pairs = correspond(open_head, face)
    turn = pairs.alignment.scale * pairs.alignment.rotation

    missed = pairs.source.of(wanted) @ turn.T - pairs.target.of(face.identity_directions @ coefficients)

    def size(fields):
        return np.sqrt(np.average((fields**2).sum(axis=1), weights=pairs.weights))

    assert size(pairs.source.of(wanted)) > 0.004
    assert size(missed) < 0.25 * size(pairs.source.of(wanted))
    assert np.abs(coefficients).max() < 4.0, "standard deviations: a person, not a monster"


def test_it_is_all_kept_in_the_faces_file(face, tmp_path):
    save_face(tmp_path / "face.npz", face)

    again = load_face(tmp_path / "face.npz")

    assert again.extras[IDENTITY_MAP] == face.extras[IDENTITY_MAP]
    np.testing.assert_allclose(again.masks["scalp"], face.masks["scalp"], atol=1e-3)
