"""Brows that travel as far as people's and take the forehead along; hairs that lie instead of hanging."""

import numpy as np
import pytest

from backend.open_head.brows import LINE, _hair_points

_MILLIMETRE = 1e-3


def _raise(face, name):
    """[V, 3] millimetres."""
    return face.expression_directions[:, :, face.expression_names.index(name)] / _MILLIMETRE


def test_inner_ends_rise_by_nine_to_eleven_millimetres(face):
    hairs = np.array(face.regions["brows"])
    inner = hairs[np.abs(face.v_template[hairs, 0]) < 0.020]

    raised = _raise(face, "browInnerUp")[inner, 1]

    assert 9.0 < raised.max() < 11.0
    assert raised.mean() > 7.0


def test_outer_ends_rise_by_about_a_centimetre(face):
    hairs = np.array(face.regions["brows"])

    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        mine = hairs[sign * face.v_template[hairs, 0] > 0.0]
        assert 8.5 < _raise(face, f"browOuterUp{side}")[mine, 1].max() < 11.0


@pytest.mark.parametrize(("name", "aside"), [("browInnerUp", 0.0), ("browInnerUp", 0.024), ("browOuterUpLeft", 0.048)])
def test_forehead_rises_less_and_less_up_to_the_hairline(face, name, aside):
    skin = np.array(face.regions["skin"])
    points = face.v_template[skin]
    column = skin[(np.abs(points[:, 0] - aside) < 0.005) & (points[:, 1] > 0.026) & (points[:, 2] > -0.012)]
    column = column[np.argsort(face.v_template[column, 1])]
    height, raised = face.v_template[column, 1] / _MILLIMETRE, _raise(face, name)[column, 1]

    low, middle, high = (np.interp(place, height, raised) for place in (28.0, 42.0, 74.0))
    assert low > middle > 0.9
    assert abs(high) < 0.5
    # No strip of skin is pressed to less than half of its height, which would be a ridge.
    assert (np.diff(raised) > -0.55 * np.maximum(np.diff(height), 1.0) - 0.3).all()


def test_the_two_sides_move_alike(face):
    skin = np.array(face.regions["skin"])
    raised = _raise(face, "browInnerUp")[skin]
    left = face.v_template[skin, 0] > 0.0

    assert raised[left, 1].max() == pytest.approx(raised[~left, 1].max(), abs=0.05)


def test_no_hair_on_the_lower_edge_stands_upright_or_hangs():
    hairs = _hair_points()  # [hairs, 6, 2]
    root, tip = hairs[:, :2].mean(axis=1), hairs[:, 4:].mean(axis=1)
    lean = np.degrees(np.arctan2(tip[:, 1] - root[:, 1], tip[:, 0] - root[:, 0]))
    line = np.interp(root[:, 0], LINE[:, 0], LINE[:, 1])
    inner = root[:, 0] < 0.022
    below = root[:, 1] < line - 0.001

    assert lean[inner & below].max() < 75.0
    assert (tip[inner, 1] > root[inner, 1]).all()


def test_hairs_are_thinner_at_the_root_than_in_the_middle():
    hairs = _hair_points()
    widths = np.linalg.norm(hairs[:, 0::2] - hairs[:, 1::2], axis=2)  # [hairs, 3]

    assert (widths[:, 0] < 0.5 * widths[:, 1]).all()
