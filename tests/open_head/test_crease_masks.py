"""Creases run where faces fold, and their distances grow evenly between vertices."""

import numpy as np
import pytest

from backend.open_head.crease_masks import FOLD_SPAN, FOREHEAD_SPAN, crease_masks


def _at(*points):
    return np.array(points, float)


def test_fold_runs_from_beside_the_nose_past_the_corner_of_the_mouth():
    on_it = _at([0.0275, -0.057, 0.02], [-0.0275, -0.057, 0.02], [0.0330, -0.066, 0.02])

    found = crease_masks(on_it, np.ones(3))

    np.testing.assert_allclose(found["fold_across"], 0.5, atol=0.02)
    assert found["fold"].min() > 0.85


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
