"""Teeth where speech shows them: the upper ones first, the lower ones hardly."""

import numpy as np
import pytest

from backend.open_head.lips import find_lips
from backend.open_head.teeth import gum_share, moved_lower, moved_upper

_MILLIMETRE = 1e-3


@pytest.fixture(scope="module")
def lips(face):
    skin = np.zeros(len(face.v_template), bool)
    skin[face.regions["skin"]] = True
    return find_lips(face.quads[skin[face.quads[:, 0]]], face.v_template)


def _incisors(vertices, face, region):
    teeth = vertices[face.regions[region]]
    return teeth[(np.abs(teeth[:, 0]) < 6 * _MILLIMETRE) & (teeth[:, 2] > 0.0)]


def _shown(head, lips, **state):
    """Millimetres of the upper and of the lower incisors that are seen from the front, in the middle."""
    vertices = head.vertices(**state)
    places, above, below = lips.edges(vertices)
    upper_lip, lower_lip = np.interp(0.0, places, above), np.interp(0.0, places, below)
    upper, lower = (_incisors(vertices, head.face, f"teeth_{row}")[:, 1] for row in ("upper", "lower"))
    return (upper_lip - upper.min()) / _MILLIMETRE, (lower.max() - lower_lip) / _MILLIMETRE


def test_upper_edges_lie_a_little_below_the_line_of_the_resting_lips(mean_head, lips):
    shown, _ = _shown(mean_head, lips)

    assert 0.8 < shown < 3.0


def test_upper_incisors_stand_close_behind_the_lips(mean_head):
    front = _incisors(mean_head.vertices(), mean_head.face, "teeth_upper")[:, 2].max()

    lip = mean_head.face.v_template[mean_head.face.landmarks["lip_upper_inner"], 2]
    assert 2.0 < (lip - front) / _MILLIMETRE < 5.5


@pytest.mark.parametrize("jaw", [0.1, 0.2, 0.3])
def test_an_open_mouth_shows_more_of_the_upper_teeth_than_of_the_lower(head, lips, jaw):
    upper, lower = _shown(head, lips, jaw=jaw)

    assert upper > lower


@pytest.mark.parametrize(("jaw", "raised"), [(0.07, 0.3), (0.19, 0.3), (0.28, 0.35)])
def test_a_raised_upper_lip_shows_a_quarter_of_the_incisors(mean_head, lips, jaw, raised):
    upper, _ = _shown(mean_head, lips, jaw=jaw, mouthUpperUp=raised)

    assert upper > 2.3


def test_lower_row_stays_behind_the_upper(head):
    vertices = head.vertices()
    upper, lower = (_incisors(vertices, head.face, f"teeth_{row}") for row in ("upper", "lower"))

    assert 1.5 < (upper[:, 2].max() - lower[:, 2].max()) / _MILLIMETRE < 6.0


def test_molars_go_down_but_not_forward():
    row = np.array([[0.0, -0.070, 0.020], [0.03, -0.066, -0.029]])

    for moved in (moved_upper(row), moved_lower(row)):
        change = (moved - row) / _MILLIMETRE
        assert change[0, 2] > 0.5
        assert change[1, 2] == 0.0
        assert change[0, 1] == pytest.approx(change[1, 1])
        assert change[0, 1] < -1.5


@pytest.mark.parametrize(("region", "way"), [("teeth_upper", 1.0), ("teeth_lower", -1.0)])
def test_gums_begin_where_crowns_end(face, region, way):
    teeth = face.v_template[face.regions[region]]
    gums = face.masks["gums"][face.regions[region]]
    front = (np.abs(teeth[:, 0]) < 6 * _MILLIMETRE) & (teeth[:, 2] > 0.015)
    height = way * teeth[front, 1]

    assert gums[front][np.argmin(height)] < 0.5 < gums[front][np.argmax(height)]
    np.testing.assert_allclose(gums, gum_share(teeth, region == "teeth_upper"), atol=2e-3)
