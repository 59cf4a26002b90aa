"""Lips that meet, part and press without one passing through the other."""

import numpy as np
import pytest

from backend.face.surface import edges
from backend.open_head.lips import COLUMNS, CONTACT, find_lips
from tests.support.surfaces import depth_behind

_MILLIMETRE = 1e-3
_SHUT = (
    {},
    {"mouthPucker": 1.0},
    {"mouthPress": 1.0},
    {"mouthPressLeft": 1.0},
    {"mouthRollLower": 1.0},
    {"mouthRollUpper": 1.0},
    {"mouthSmile": 1.0},
    {"mouthFrown": 1.0},
    {"mouthPress": 0.3, "mouthRollLower": 0.16, "mouthSmile": 0.3},
)
_PARTED = (
    {"mouthRollLower": 0.5, "mouthRollUpper": 0.5},
    {"jaw": 0.1},
    {"jaw": 0.5},
    {"jaw": 1.0},
    {"mouthFunnel": 1.0},
    {"mouthStretch": 1.0},
    {"mouthLowerDown": 1.0, "mouthUpperUp": 1.0},
    {"mouthShrugLower": 1.0},
    {"jaw": 0.3, "mouthFunnel": 0.6},
)
_CLOSED_JAW = tuple({"jaw": value, "mouthClose": value} for value in (0.1, 0.25, 0.35, 0.5))


def _named(state):
    return "+".join(f"{name}{value:g}" for name, value in state.items()) or "rest"


@pytest.fixture(scope="module")
def lips(face):
    skin = np.zeros(len(face.v_template), bool)
    skin[face.regions["skin"]] = True
    return find_lips(face.quads[skin[face.quads[:, 0]]], face.v_template)


def _gap(lips, vertices):
    """[n] metres between the lips as seen from the front, from near one corner to near the other."""
    places, above, below = lips.edges(vertices)
    within = np.abs(places - places.mean()) < 0.5 * np.ptp(places) - 2 * _MILLIMETRE
    return (above - below)[within]


def _crossing(lips, vertices):
    """Metres by which the lower lip reaches deepest into the upper one, away from the corners where they are one."""
    upper = np.flatnonzero(~lips.lower())
    upper = upper[np.argsort((upper + COLUMNS // 2) % COLUMNS)]  # from one corner over the middle to the other
    lower = lips.grid[CONTACT, 14:25]
    return depth_behind(vertices[lower].reshape(-1, 3), vertices[lips.grid[2:11][:, upper]], reach=4 * _MILLIMETRE)


@pytest.mark.parametrize("state", _SHUT, ids=_named)
def test_lips_touch_softly_along_their_whole_width(mean_head, lips, state):
    gap = _gap(lips, mean_head.vertices(**state))

    assert gap.max() < 0.4 * _MILLIMETRE
    assert gap.min() > -0.2 * _MILLIMETRE


def test_lips_touch_at_rest_whoever_it_is(head, lips):
    vertices = head.vertices()

    assert _gap(lips, vertices).max() < 0.4 * _MILLIMETRE
    assert _crossing(lips, vertices) < 0.6 * _MILLIMETRE


@pytest.mark.parametrize("state", _CLOSED_JAW, ids=_named)
def test_mouth_close_seals_the_lips_of_an_open_jaw(mean_head, lips, state):
    gap = _gap(lips, mean_head.vertices(**state))

    assert gap.max() < 0.5 * _MILLIMETRE
    assert gap.min() > -0.3 * _MILLIMETRE


@pytest.mark.parametrize("state", _CLOSED_JAW[1:], ids=_named)
def test_mouth_close_seals_everybody(head, lips, state):
    vertices = head.vertices(**state)

    assert _gap(lips, vertices).max() < 0.7 * _MILLIMETRE
    assert _crossing(lips, vertices) < 0.5 * _MILLIMETRE


@pytest.mark.parametrize("state", _SHUT + _PARTED + _CLOSED_JAW, ids=_named)
def test_lower_lip_never_passes_through_the_upper(mean_head, lips, state):
    assert _crossing(lips, mean_head.vertices(**state)) < 0.2 * _MILLIMETRE


def test_crossing_is_noticed(mean_head, lips):
    vertices = mean_head.vertices()
    vertices[lips.grid[:, 13:26]] += [0.0, 1.5 * _MILLIMETRE, 0.0]

    assert _crossing(lips, vertices) > 0.5 * _MILLIMETRE


@pytest.mark.parametrize(
    "state", [{}, {"mouthSmile": 1.0}, {"mouthPress": 1.0}, {"mouthRollLower": 1.0, "mouthRollUpper": 1.0}], ids=_named
)
def test_teeth_stay_behind_the_lips(mean_head, lips, state):
    vertices = mean_head.vertices(**state)
    teeth = vertices[mean_head.face.regions["teeth_upper"] + mean_head.face.regions["teeth_lower"]]
    front = teeth[(np.abs(teeth[:, 0]) < 25 * _MILLIMETRE) & (teeth[:, 2] > 0.0)]
    skin = vertices[lips.grid[:8]].reshape(-1, 3)

    for tooth in front:
        near = np.hypot(*(skin[:, :2] - tooth[:2]).T) < 6 * _MILLIMETRE
        assert not near.any() or skin[near, 2].max() > tooth[2] + 1.5 * _MILLIMETRE


def test_gap_between_the_landmarks_is_the_gap_between_the_lips(mean_head, lips):
    marks = [mean_head.face.landmarks[name] for name in ("lip_upper_inner", "lip_lower_inner")]

    def between(**state):
        vertices = mean_head.vertices(**state)
        places, above, below = lips.edges(vertices)
        return np.subtract(*vertices[marks, 1]), np.interp(0.0, places, above - below)

    for state in (*_SHUT, {"jaw": 0.3}, {"jaw": 0.3, "mouthClose": 0.3}):
        marked, seen = between(**state)
        assert abs(marked - seen) < 1.0 * _MILLIMETRE


def test_lip_skin_does_not_tear(mean_head, lips):
    beside = edges(np.stack([lips.grid[:-1], np.roll(lips.grid, -1, 1)[:-1], np.roll(lips.grid, -1, 1)[1:],
                             lips.grid[1:]], axis=-1).reshape(-1, 4))  # fmt: skip
    rest, shut = mean_head.vertices(), mean_head.vertices(jaw=0.5, mouthClose=0.5)

    stretch = [np.linalg.norm(posed[beside[:, 0]] - posed[beside[:, 1]], axis=1) for posed in (rest, shut)]
    assert (stretch[1] < 3.0 * stretch[0] + 2 * _MILLIMETRE).all()
