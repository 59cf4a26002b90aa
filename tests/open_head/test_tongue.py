"""A tongue that is seen where speech shows it and passes between the teeth."""

import numpy as np
import pytest

from backend.face.skinning import axis_angle_to_matrix, joints

_MILLIMETRE = 1e-3
_SPEECH = [(0.15, 0.1), (0.2, 0.1), (0.2, 0.2), (0.25, 0.25), (0.3, 0.25)]
"""Jaw and tongueOut of L and TH."""


@pytest.fixture(scope="module")
def parts(face):
    return {name: np.array(face.regions[name]) for name in ("tongue", "teeth_upper", "teeth_lower")}


def _tip(vertices, parts):
    """[n, 3] the foremost five millimetres of the tongue."""
    tongue = vertices[parts["tongue"]]
    return tongue[tongue[:, 2] > tongue[:, 2].max() - 5 * _MILLIMETRE]


def _edges(vertices, parts):
    """The heights of the upper and the lower incisors' edges in the middle."""
    upper, lower = vertices[parts["teeth_upper"]], vertices[parts["teeth_lower"]]
    middle = [surface[(np.abs(surface[:, 0]) < 6 * _MILLIMETRE) & (surface[:, 2] > 0.0)] for surface in (upper, lower)]
    return middle[0][:, 1].min(), middle[1][:, 1].max()


@pytest.mark.parametrize(("jaw", "out"), _SPEECH)
def test_tip_shows_between_the_teeth_in_l_and_th(mean_head, parts, jaw, out):
    vertices = mean_head.vertices(jaw=jaw, tongueOut=out)

    above, below = _edges(vertices, parts)
    tip = _tip(vertices, parts)
    assert above > below + 2 * _MILLIMETRE
    shown = np.minimum(tip[:, 1].max(), above) - max(tip[:, 1].min(), below)
    assert shown > 1.5 * _MILLIMETRE


@pytest.mark.parametrize(("jaw", "out"), [*_SPEECH, (0.3, 0.6), (0.35, 1.0)])
def test_tongue_goes_over_the_lower_teeth_and_not_through_them(mean_head, parts, jaw, out):
    vertices = mean_head.vertices(jaw=jaw, tongueOut=out)

    _, below = _edges(vertices, parts)
    lower = vertices[parts["teeth_lower"]]
    row = lower[(np.abs(lower[:, 0]) < 6 * _MILLIMETRE) & (lower[:, 2] > 0.0)]
    tongue = vertices[parts["tongue"]]
    edge = row[np.argmax(row[:, 1]), 2]
    over = tongue[(np.abs(tongue[:, 0]) < 8 * _MILLIMETRE) & (tongue[:, 2] > edge - 2.0 * _MILLIMETRE)]
    over = over[over[:, 2] < edge + 3 * _MILLIMETRE]
    assert not len(over) or over[:, 1].min() > below - 0.8 * _MILLIMETRE


def test_tongue_stuck_out_lies_between_the_lips(mean_head, parts):
    vertices = mean_head.vertices(jaw=0.35, tongueOut=1.0)

    marks = mean_head.face.landmarks
    above, below = (vertices[marks[name]] for name in ("lip_upper_inner", "lip_lower_inner"))
    tongue = vertices[parts["tongue"]]
    assert tongue[:, 2].max() > vertices[marks["lip_lower_outer"], 2] + 8 * _MILLIMETRE
    passing = tongue[(np.abs(tongue[:, 2] - 0.5 * (above + below)[2]) < 6 * _MILLIMETRE)]
    passing = passing[np.abs(passing[:, 0]) < 6 * _MILLIMETRE]
    assert len(passing)
    assert passing[:, 1].max() < above[1] + 0.5 * _MILLIMETRE
    assert passing[:, 1].min() > below[1] - 0.5 * _MILLIMETRE


def test_tongue_rests_behind_the_teeth(head, parts):
    vertices = head.vertices()

    assert vertices[parts["tongue"], 2].max() < vertices[parts["teeth_lower"], 2].max() - 4 * _MILLIMETRE


def test_tongue_goes_down_with_the_jaw(mean_head, parts):
    moved = mean_head.vertices(jaw=1.0)[parts["tongue"]] - mean_head.vertices()[parts["tongue"]]

    rest = mean_head.vertices()[parts["tongue"]]
    front = rest[:, 2] > np.quantile(rest[:, 2], 0.6)
    assert moved[front, 1].max() < -20 * _MILLIMETRE


def test_lower_teeth_turn_with_the_jaw_as_one_piece(head, parts):
    rest, opened = head.vertices(), head.vertices(jaw=0.5)

    pivot = joints(head.face, head.identity)[2]
    turn = axis_angle_to_matrix(np.array([0.5 * head.face.extras["jaw_open_radians"], 0.0, 0.0]))
    expected = (rest[parts["teeth_lower"]] - pivot) @ turn.T + pivot
    assert np.abs(opened[parts["teeth_lower"]] - expected).max() < 1.0 * _MILLIMETRE
    np.testing.assert_allclose(opened[parts["teeth_upper"]], rest[parts["teeth_upper"]], atol=1e-6)
