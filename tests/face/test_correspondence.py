"""Correspondences between two faces, against a FLAME-shaped head whose every point is known on the open head."""

from dataclasses import replace

import numpy as np
import pytest

from backend.contract.errors import ExitCode
from backend.face.correspondence import correspond, fitted_similarity
from backend.face.on_surface import Surface, closest_on_triangles
from backend.face.skinning import axis_angle_to_matrix
from backend.flame.flame_shaped import TRIANGLES, VERTICES, flame_shaped
from backend.flame.retessellation import retessellated
from tests.support.refusals import refused


@pytest.fixture(scope="module")
def stand_in(open_head):
    return flame_shaped(open_head)


def test_the_stand_in_has_flames_counts_origin_and_arrays(stand_in):
    joints = stand_in.J_regressor @ stand_in.v_template

    assert stand_in.v_template.shape == (VERTICES, 3) == (5023, 3)
    assert stand_in.f.shape == (TRIANGLES, 3) == (9976, 3)
    assert len(stand_in.identity_names) == 300
    assert len(stand_in.expression_names) == 100
    assert joints[3:].mean(axis=0) == pytest.approx([0.0, 0.03, 0.06], abs=1e-4)
    assert stand_in.weights.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert stand_in.posedirs.any(axis=(0, 1)).all()
    sizes = np.linalg.norm(stand_in.expression_directions, axis=(0, 1))
    assert (np.diff(sizes) <= 1e-6).all()


def test_the_stand_in_is_the_same_each_time_and_another_for_another_seed(open_head, stand_in):
    again, other = flame_shaped(open_head), flame_shaped(open_head, seed=1)

    assert np.array_equal(again.shapedirs, stand_in.shapedirs)
    assert np.abs(other.v_template - stand_in.v_template).max() > 0.002


def test_a_head_in_centimetres_is_refused(open_head, stand_in):
    with refused(ExitCode.FACE_INVALID):
        correspond(open_head, replace(stand_in, v_template=100.0 * stand_in.v_template))


@pytest.mark.parametrize("way", ["to the stand-in", "from the stand-in"])
def test_points_around_mouth_and_eyes_are_found_to_a_millimetre(open_head, stand_in, way):
    points, _ = retessellated(open_head, VERTICES, TRIANGLES)

    found = correspond(open_head, stand_in) if way == "to the stand-in" else correspond(stand_in, open_head)

    on_open, on_stand_in = (found.source, found.target) if way == "to the stand-in" else (found.target, found.source)
    true = on_stand_in.of(points.of(open_head.v_template))
    missed = 1e3 * np.linalg.norm(on_open.of(open_head.v_template) - true, axis=1)
    eyes = (open_head.J_regressor @ open_head.v_template)[3:]
    near_eyes = np.min([np.linalg.norm(true - eye, axis=1) for eye in eyes], axis=0) < 0.025
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.mouth.sum() > 300
    assert np.median(missed[found.mouth]) < 1.2
    assert np.median(missed[near_eyes]) < 1.5
    assert found.millimetres < 0.8


def test_a_lip_is_never_taken_for_the_other(open_head, stand_in):
    found = correspond(open_head, stand_in)

    upper, lower = (
        np.array([face.landmarks[f"lip_{side}_inner"] for face in (open_head, stand_in)]) for side in ("upper", "lower")
    )
    jaw_here, jaw_there = found.source.of(open_head.weights[:, 2]), found.target.of(stand_in.weights[:, 2])
    middle = stand_in.v_template[[upper[1], lower[1]]].mean(axis=0)
    lips = np.linalg.norm(found.target.of(stand_in.v_template) - middle, axis=1) < 0.012
    assert lips.sum() > 50
    assert np.mean((jaw_here[lips] > 0.5) != (jaw_there[lips] > 0.5)) < 0.02


def test_a_head_that_was_only_moved_is_recovered(open_head):
    turn = axis_angle_to_matrix(np.array([0.08, -0.05, 0.03]))
    shift = np.array([0.01, 0.2, -0.07])
    moved = replace(open_head, id="moved", v_template=(1.1 * open_head.v_template @ turn.T + shift).astype(np.float32))

    found = correspond(open_head, moved)

    assert found.alignment.scale == pytest.approx(1.1, abs=1e-3)
    assert found.alignment.rotation == pytest.approx(turn, abs=1e-3)
    assert found.alignment.shift == pytest.approx(shift, abs=1e-3)
    assert found.millimetres < 0.05


def test_landmarks_are_a_help_and_no_need(open_head, stand_in):
    with_them, without = (
        correspond(open_head, replace(stand_in, landmarks=marks)) for marks in (stand_in.landmarks, {})
    )

    assert without.millimetres < 1.0
    assert without.alignment.scale == pytest.approx(with_them.alignment.scale, abs=0.03)


def test_a_face_that_is_no_head_is_refused(open_head, stand_in):
    ball = stand_in.v_template / np.linalg.norm(stand_in.v_template, axis=1, keepdims=True)

    with refused(ExitCode.FACE_INVALID):
        correspond(open_head, replace(stand_in, v_template=ball[::-1].copy(), landmarks={}))


def test_the_similarity_is_exact_for_points_that_have_one():
    random = np.random.default_rng(0)
    points = random.normal(size=(7, 3))
    turn = axis_angle_to_matrix(np.array([0.4, 1.2, -0.3]))

    found = fitted_similarity(points, 0.7 * points @ turn.T + [1.0, 2.0, 3.0], random.uniform(0.1, 1.0, 7))

    assert found.moved(points) == pytest.approx(0.7 * points @ turn.T + [1.0, 2.0, 3.0])


def test_the_closest_point_is_no_farther_than_any_other_of_the_triangle():
    random = np.random.default_rng(1)
    points, a, b, c = random.normal(size=(4, 200, 3))
    a[:5] = b[:5]  # without area

    shares = closest_on_triangles(points, a, b, c)

    tried = random.dirichlet(np.ones(3), size=(500, 200))
    corners = np.stack([a, b, c], axis=1)
    distance = np.linalg.norm(np.einsum("nc,nca->na", shares, corners) - points, axis=1)
    others = np.linalg.norm(np.einsum("snc,nca->sna", tried, corners) - points, axis=2)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert (shares >= 0.0).all()
    assert (distance <= others.min(axis=0) + 1e-9).all()


def test_marks_choose_between_two_surfaces_at_one_place():
    square = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    vertices = np.concatenate([square, square + np.array([0, 0, 0.1])])
    triangles = np.tile([[0, 1, 2], [3, 4, 5]], (6, 1))  # as many as are searched
    marks = np.repeat([[0.0], [1.0]], 3, axis=0)

    found = Surface(vertices, triangles, marks).closest(np.array([[0.2, 0.2, 0.01]]), np.array([[1.0]]))

    assert found.of(vertices)[0] == pytest.approx([0.2, 0.2, 0.1])
