"""Nothing is perfectly symmetric, and nothing of it is noise."""

import numpy as np
import pytest

from backend.animation.asymmetry import (
    OFFSET_RANGE,
    draw_blink_depths,
    draw_lid_delays,
    draw_lopsidedness,
    jaw_with_swing,
    lopsided,
    with_single_brows,
)
from backend.animation.events import draw_blink_lengths, render_blinks
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import JAW_SIDE_RADIANS
from lab.evaluation.measures.face_motion import blink_measures, brow_measures

FRAMES = 3000
SMILE = [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]
BROWS = [ARKIT_INDEX["browOuterUpLeft"], ARKIT_INDEX["browOuterUpRight"]]
SEEDS = range(6)


def _raising():
    """Both brows go up every four seconds."""
    expression = np.zeros((FRAMES, 52))
    since = (np.arange(FRAMES) % 100 - 50) / 8
    expression[:, [*BROWS, ARKIT_INDEX["browInnerUp"]]] = 0.5 * np.exp(-(since**2))[:, None]
    return expression


@pytest.mark.parametrize("seed", SEEDS)
def test_one_side_leads_by_a_slow_share_of_a_twentieth_to_a_seventh(seed):
    expression = np.zeros((FRAMES, 52))
    expression[:, SMILE] = 0.4

    left, right = lopsided(expression, draw_lopsidedness(np.random.default_rng(seed), FRAMES))[:, SMILE].T

    share = (left - right) / (left + right)
    assert OFFSET_RANGE[0] - 1e-6 <= np.abs(share).min() <= np.abs(share).max() <= OFFSET_RANGE[1] + 1e-6
    assert np.abs(np.diff(share)).max() < 0.01
    np.testing.assert_allclose((left + right) / 2, 0.4, atol=1e-6)


def test_a_full_smile_has_no_more_than_its_whole():
    expression = np.zeros((FRAMES, 52))
    expression[:, SMILE] = 0.98

    shown = lopsided(expression, draw_lopsidedness(np.random.default_rng(0), FRAMES))

    assert shown.max() <= 1
    np.testing.assert_allclose(shown[:, SMILE].mean(axis=1), 0.98, atol=1e-6)


def test_a_quarter_of_the_raises_is_one_brows_and_mostly_the_same():
    singles, favoured = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        how = draw_lopsidedness(rng, FRAMES)
        shown = with_single_brows(_raising(), how, rng)
        singles.append(brow_measures(_named(shown))["single_brows"])
        left, right = shown[50::100, BROWS].T
        alone = np.abs(left - right) > 0.2
        favoured += ((left > right) == (how.favourite > 0))[alone].tolist()

    assert np.mean(singles) == pytest.approx(0.25, abs=0.06)
    assert np.mean(favoured) == pytest.approx(0.75, abs=0.12)


def test_a_single_brow_leaves_no_step():
    rng = np.random.default_rng(1)
    shown = with_single_brows(_raising(), draw_lopsidedness(rng, FRAMES), rng, share=1.0)

    assert np.abs(np.diff(shown, axis=0)).max() < 1.5 * np.abs(np.diff(_raising(), axis=0)).max()
    assert np.minimum(*shown[50::100, BROWS].T).max() < 0.2


def test_lids_shut_a_few_hundredths_apart_and_an_eighth_of_blinks_stays_open():
    rng = np.random.default_rng(2)
    onsets = np.zeros(20 * FRAMES, np.float32)
    onsets[20::50] = 1
    lengths, depths, delays = (
        draw_blink_lengths(rng, onsets, 1.0),
        draw_blink_depths(rng, onsets),
        draw_lid_delays(rng, onsets),
    )
    left, right = (render_blinks(depths, lengths, delays[:, side]) for side in range(2))

    found = blink_measures(left, right, 25)

    assert 0.004 < found["lids_apart"] < 0.03
    assert found["partial_blinks"] == pytest.approx(0.12, abs=0.03)


def test_a_whole_blink_shuts_both_lids_for_a_key_whenever_it_begins():
    rng = np.random.default_rng(3)
    onsets = np.zeros(FRAMES, np.float32)
    onsets[20::50] = 1
    for delay in np.linspace(0, 0.04, 9):
        lids = render_blinks(onsets, draw_blink_lengths(rng, onsets, 1.0), np.full(FRAMES, delay))
        assert lids.reshape(-1, 50).max(axis=1).min() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_open_jaw_swings_aside_by_a_millimetre_at_most(seed):
    rng = np.random.default_rng(seed)
    how = draw_lopsidedness(rng, FRAMES)
    opening = np.radians(5 + 5 * np.sin(np.arange(FRAMES) / 4))

    jaw = jaw_with_swing(opening, how, rng)

    np.testing.assert_allclose(jaw[:, 0], opening, atol=1e-6)
    aside = jaw[:, 1] / JAW_SIDE_RADIANS
    assert 0.03 < np.percentile(np.abs(aside), 95) < 0.3
    assert np.sign(aside[np.abs(aside) > 0.1]).mean() == pytest.approx(np.sign(how.swing), abs=0.1)
    assert jaw[:, 2].max() == 0


def _named(expression):
    return {name: expression[:, index] for name, index in ARKIT_INDEX.items()}
