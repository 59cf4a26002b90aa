"""Creases run where faces fold, and their distances grow evenly between vertices."""

import numpy as np
import pytest

from backend.open_head.crease_masks import FOLD_SPAN, FOREHEAD_SPAN, GLABELLA_SPAN, crease_masks


def _at(*points):
    return np.array(points, float)


def _fold_at(height):
    """X in metres of the left fold at a height."""
    x = np.linspace(0.010, 0.045, 701)
    found = crease_masks(np.c_[x, np.full_like(x, height), np.full_like(x, 0.02)], np.ones(len(x)))
    return float(np.interp(0.5, found["fold_across"], x))


def test_fold_runs_from_beside_the_nose_past_the_corner_of_the_mouth():
    corner_of_mouth = _at([0.024, -0.073, 0.022])[0]

    assert 0.016 < _fold_at(-0.042) < 0.023
    assert 0.008 < _fold_at(corner_of_mouth[1]) - corner_of_mouth[0] < 0.016
    for height in (-0.055, -0.073):
        there = crease_masks(_at([_fold_at(height), height, 0.02], [-_fold_at(height), height, 0.02]), np.ones(2))
        np.testing.assert_allclose(there["fold_across"], 0.5, atol=0.001)
        assert there["fold"].min() > 0.7


@pytest.mark.parametrize(
    ("mask", "span", "low", "high"),
    [
        ("forehead_height", FOREHEAD_SPAN, (-0.045, 0.025), (0.045, 0.070)),
        ("fold_across", FOLD_SPAN, (0.020, -0.090), (0.032, -0.045)),
        ("glabella_across", GLABELLA_SPAN, (0.004, 0.005), (0.012, 0.030)),
    ],
)
def test_triangles_draw_lines_without_corners(mask, span, low, high):
    random = np.random.default_rng(0)
    middle = np.c_[random.uniform(low, high, (200, 2)), np.full(200, 0.03)]
    way = random.normal(size=(200, 3)) * [1.0, 1.0, 0.0]
    half_edge = 0.004 * way / np.linalg.norm(way, axis=1, keepdims=True)

    at = [crease_masks(points, np.ones(200))[mask] for points in (middle - half_edge, middle, middle + half_edge)]

    inside = (np.min(at, axis=0) > 0.0) & (np.max(at, axis=0) < 1.0)
    assert inside.sum() > 100
    assert span * np.abs(at[1] - (at[0] + at[2]) / 2)[inside].max() < 0.0003


@pytest.mark.parametrize(
    "point",
    [[0.0, -0.10, 0.03], [0.06, -0.06, 0.0], [0.0, 0.09, 0.0], [0.03, 0.0, 0.015]],
    ids=["chin", "jaw", "crown", "eye"],
)
def test_nothing_creases_elsewhere(point):
    found = crease_masks(_at(point), np.ones(1))

    assert max(found[name][0] for name in ("forehead", "fold", "glabella")) < 0.02


def test_distances_are_metres():
    steps = _at([0.020, -0.060, 0.02], [0.026, -0.060, 0.02])
    across = crease_masks(steps, np.ones(2))["fold_across"]
    heights = _at([0.0, 0.03, 0.03], [0.0, 0.05, 0.03])
    above = crease_masks(heights, np.ones(2))["forehead_height"]

    assert FOLD_SPAN * np.diff(across)[0] == pytest.approx(0.006, rel=0.15)
    assert FOREHEAD_SPAN * np.diff(above)[0] == pytest.approx(0.02, rel=0.01)


def test_masks_are_shares_and_nothing_off_the_skin():
    random = np.random.default_rng(1)
    points = random.uniform(-0.1, 0.1, (500, 3))
    on_skin = (random.random(500) < 0.5).astype(float)

    for mask in crease_masks(points, on_skin).values():
        assert mask.min() >= 0.0
        assert mask.max() <= 1.0
        assert not mask[on_skin == 0.0].any()
