"""Lids that meet, follow the eyes and never let the ball through."""

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.face.skinning import axis_angle_to_matrix
from backend.open_head.eyeball import CORNEA_RISE, IRIS_ANGLE, iris_ring, ring_vertices, sphere_fit
from backend.open_head.eyelids import COLUMNS, FRONT_EDGE, INNER_CORNER, MARGIN, find_lids
from backend.staging.expression import add_lid_motion
from tests.support.posed_head import turn_to

_MILLIMETRE = 1e-3
_SIDES = ("left", "right")
_GAZES = [(up, left) for up in (-25.0, 0.0, 25.0) for left in (-30.0, 0.0, 30.0)]


@pytest.fixture(scope="module")
def lids(face):
    """Side → the lids' grid of vertices [13, 28]."""
    skin = np.zeros(len(face.v_template), bool)
    skin[face.regions["skin"]] = True
    quads = face.quads[skin[face.quads[:, 0]]]
    return {side: find_lids(quads, face.v_template, *_ball(face, face.v_template, side)).grid for side in _SIDES}


def _ball(face, vertices, side):
    """Centre [3] and radius of an eyeball from the white just behind its iris."""
    region = np.array(face.regions[f"eye_{side}"])
    return sphere_fit(vertices[region[ring_vertices(iris_ring(), iris_ring() + 6)]])


def _height_over_ball(face, vertices, side, gaze, points):
    """[n] metres between `points` [n, 3] and the ball, whose cornea stands out where the eye looks."""
    centre, radius = _ball(face, vertices, side)
    offset = points - centre
    distance = np.linalg.norm(offset, axis=1)
    sight = axis_angle_to_matrix(turn_to(*gaze)) @ [0.0, 0.0, 1.0]
    angle = np.arccos(np.clip(offset @ sight / distance, -1.0, 1.0))
    return distance - radius * (1.0 + CORNEA_RISE * np.maximum(0.0, 1.0 - (angle / IRIS_ANGLE) ** 2))


def _skin_samples(vertices, grid):
    """[n, 3] points all over the lids' skin, corners and insides of its facets."""
    rings = vertices[grid[FRONT_EDGE:]]  # [9, 28, 3]
    beside = np.roll(rings, -1, axis=1)
    shares = np.linspace(0.0, 1.0, 4)
    across = [rings + share * (beside - rings) for share in shares]
    return np.concatenate(
        [(points[:-1] + share * (points[1:] - points[:-1])).reshape(-1, 3) for points in across for share in shares]
    )


def _opening(vertices, grid):
    """[n] metres seen from the front between the margins, side by side from near one corner to near the other."""
    upper, lower = np.arange(1, INNER_CORNER), COLUMNS - np.arange(1, INNER_CORNER)
    corners = np.sort(vertices[grid[MARGIN, [0, INNER_CORNER]], 0])
    places = np.linspace(corners[0] + 1.5 * _MILLIMETRE, corners[1] - 1.5 * _MILLIMETRE, 60)

    def line(columns, ring):
        points = vertices[grid[ring, columns]]
        order = np.argsort(points[:, 0])
        return np.interp(places, points[order, 0], points[order, 1])

    above = np.minimum(line(upper, MARGIN), line(upper, FRONT_EDGE))
    below = np.maximum(line(lower, MARGIN), line(lower, FRONT_EDGE))
    return above - below


@pytest.mark.parametrize("side", _SIDES)
def test_eyes_are_open_at_rest(head, lids, side):
    assert _opening(head.vertices(), lids[side]).max() > 5.5 * _MILLIMETRE


@pytest.mark.parametrize("side", _SIDES)
def test_lids_meet_along_their_whole_width_in_a_blink(head, lids, side):
    assert _opening(head.vertices(eyeBlink=1.0), lids[side]).max() < 0.3 * _MILLIMETRE


@pytest.mark.parametrize("gaze", [(-25.0, 0.0), (-10.0, 20.0), (10.0, -20.0), (15.0, 0.0)])
def test_lids_meet_wherever_the_eyes_look(mean_head, lids, gaze):
    for side in _SIDES:
        assert _opening(mean_head.vertices(gaze=gaze, eyeBlink=1.0), lids[side]).max() < 0.3 * _MILLIMETRE


@pytest.mark.parametrize("blink", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_ball_never_pokes_through_the_lids(head, lids, blink):
    for gaze in _GAZES:
        vertices = head.vertices(gaze=gaze, eyeBlink=blink)
        for side in _SIDES:
            points = _skin_samples(vertices, lids[side])
            assert _height_over_ball(head.face, vertices, side, gaze, points).min() > 0.0


@pytest.mark.parametrize("name", ["eyeWide", "eyeSquint", "eyeLookDown", "eyeLookUp", "browDown", "cheekSquint"])
def test_ball_stays_behind_the_lids_in_other_expressions(head, lids, name):
    for value in (0.5, 1.0):
        vertices = head.vertices(**{name: value})
        for side in _SIDES:
            points = _skin_samples(vertices, lids[side])
            assert _height_over_ball(head.face, vertices, side, (0.0, 0.0), points).min() > 0.0


@pytest.mark.parametrize("degrees", [-25.0, -12.0, 12.0, 20.0])
def test_upper_lid_follows_the_eye_by_two_thirds_and_the_lower_by_less(mean_head, lids, degrees):
    rest, turned = mean_head.vertices(), mean_head.vertices(gaze=(degrees, 0.0))

    for side in _SIDES:
        centre, _ = _ball(mean_head.face, rest, side)
        shares = []
        for column in (7, COLUMNS - 8):
            vertex = lids[side][MARGIN, column]
            before, after = (np.arctan2(*(points[vertex] - centre)[1:]) for points in (rest, turned))
            shares.append(np.degrees(after - before) / degrees)
        assert 0.58 < shares[0] < 0.75
        assert 0.35 < shares[1] < 0.5


@pytest.mark.parametrize("degrees", [-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 25.0])
@pytest.mark.parametrize("closing", [0.0, 1.0])
def test_staged_lids_shut_and_open_wherever_the_eyes_look(mean_head, lids, degrees, closing):
    expression = np.zeros((1, len(ARKIT_NAMES)))
    expression[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = closing
    pitch = np.full((1, 2), np.radians(degrees))

    staged = add_lid_motion(expression, np.zeros((1, 2)), pitch)[0]

    vertices = mean_head.vertices(gaze=(degrees, 0.0), **dict(zip(ARKIT_NAMES, staged, strict=True)))
    for side in _SIDES:
        opening = _opening(vertices, lids[side])
        if closing:
            assert opening.max() < 0.3 * _MILLIMETRE
            assert opening.min() > -4.5 * _MILLIMETRE
        else:
            assert 3.5 * _MILLIMETRE < opening.max() < 11.5 * _MILLIMETRE


def test_eyes_alone_move_the_lids_and_nothing_else_of_the_face(mean_head, lids):
    moved = np.linalg.norm(mean_head.vertices(gaze=(-20.0, 0.0)) - mean_head.vertices(), axis=1)
    mouth = [mean_head.face.landmarks[name] for name in ("mouth_left", "lip_upper_inner", "nose_tip", "chin")]

    assert moved[lids["left"][MARGIN]].max() > 3 * _MILLIMETRE
    assert moved[mouth].max() == 0.0


def test_gaze_costs_one_corrective_an_eye(face):
    driven = np.flatnonzero(np.abs(face.posedirs).max(axis=(0, 1)) > 0.0)

    assert list(driven) == [16, 25, 34]


@pytest.mark.parametrize("blink", [0.0, 0.5, 1.0])
def test_lashes_stay_outside_the_ball_and_with_their_lid(head, lids, blink):
    vertices = head.vertices(eyeBlink=blink)
    lashes = np.array(head.face.regions["lashes"])
    margins = np.concatenate([vertices[lids[side][FRONT_EDGE]] for side in _SIDES])

    for side in _SIDES:
        points = vertices[lashes]
        mine = points[np.sign(points[:, 0]) == np.sign(_ball(head.face, vertices, side)[0][0])]
        assert _height_over_ball(head.face, vertices, side, (0.0, 0.0), mine).min() > 0.0
    away = np.linalg.norm(vertices[lashes][:, None] - margins[None], axis=2).min(axis=1)
    assert away.max() < 12 * _MILLIMETRE


def _iris_hidden(vertices, face, grid, side):
    """Share of the iris, seen from the front, that the upper and that the lower lid hides."""
    centre, radius = _ball(face, vertices, side)
    iris = radius * np.sin(IRIS_ANGLE)
    places = np.linspace(-iris, iris, 101)
    across, up = np.meshgrid(places, places)
    upper, lower = np.arange(1, INNER_CORNER), COLUMNS - np.arange(1, INNER_CORNER)

    def line(columns, ring):
        points = vertices[grid[ring, columns]] - centre
        order = np.argsort(points[:, 0])
        return np.interp(places, points[order, 0], points[order, 1])

    inside = across**2 + up**2 <= iris**2
    above = np.minimum(line(upper, MARGIN), line(upper, FRONT_EDGE))
    below = np.maximum(line(lower, MARGIN), line(lower, FRONT_EDGE))
    return (inside & (up > above)).sum() / inside.sum(), (inside & (up < below)).sum() / inside.sum()


@pytest.mark.parametrize("side", _SIDES)
def test_open_lids_show_most_of_the_iris_whoever_it_is(head, lids, side):
    above, below = _iris_hidden(head.vertices(), head.face, lids[side], side)

    assert 0.02 < above < 0.30
    assert below < 0.12


def test_iris_is_as_wide_as_peoples(mean_head):
    _, radius = _ball(mean_head.face, mean_head.vertices(), "left")

    assert 11.0 < 2.0 * radius * np.sin(IRIS_ANGLE) / _MILLIMETRE < 13.0


def test_open_lids_are_as_far_apart_as_peoples(mean_head, lids):
    assert 8.5 < _opening(mean_head.vertices(), lids["left"]).max() / _MILLIMETRE < 11.0
