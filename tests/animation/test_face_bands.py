"""Corners of a mouth do not buzz, both sides are one movement, and what shapes phones stays as sharp as it is."""

import numpy as np
import pytest

from backend.animation.curves import bell, low_passed, swell
from backend.animation.face_bands import BANDS, sides_like, tied_sides, within_bands
from backend.contract.arkit import ARKIT_INDEX
from lab.evaluation.measures.face_motion import direction_changes

FRAMES, FPS = 500, 25
LEFT, RIGHT, CLOSE = (ARKIT_INDEX[name] for name in ("mouthSmileLeft", "mouthSmileRight", "mouthClose"))
ALWAYS = np.ones(FRAMES, bool)


def _buzzing(seed=0):
    """A smile that comes and goes, with tremor of its own on each side."""
    rng = np.random.default_rng(seed)
    expression = np.zeros((FRAMES, 52))
    smile = 0.3 + 0.2 * np.sin(2 * np.pi * 0.5 * np.arange(FRAMES) / FPS)
    for column in (LEFT, RIGHT):
        expression[:, column] = np.clip(smile + rng.normal(0, 0.08, FRAMES), 0, 1)
    expression[:, CLOSE] = rng.uniform(0, 0.1, FRAMES)
    return expression


def test_a_buzzing_mouth_turns_round_less_than_five_times_a_second():
    buzz = _buzzing()

    calm = within_bands(tied_sides(buzz))

    assert direction_changes(buzz[:, LEFT], FPS, ALWAYS) > 10
    assert direction_changes(calm[:, LEFT], FPS, ALWAYS) < 5


def test_left_and_right_correlate_by_more_than_nine_tenths():
    calm = within_bands(tied_sides(_buzzing()))

    assert np.corrcoef(calm[:, LEFT], calm[:, RIGHT])[0, 1] > 0.9


def test_tying_keeps_the_mean_of_both_sides_and_a_lasting_difference():
    expression = np.zeros((FRAMES, 52))
    expression[:, LEFT], expression[:, RIGHT] = 0.4, 0.3

    tied = tied_sides(expression)

    np.testing.assert_allclose(tied[:, LEFT], 0.4, atol=1e-6)
    np.testing.assert_allclose(tied[:, RIGHT], 0.3, atol=1e-6)
    buzz = _buzzing()
    np.testing.assert_allclose(tied_sides(buzz)[:, [LEFT, RIGHT]].sum(1), buzz[:, [LEFT, RIGHT]].sum(1), atol=1e-9)


def test_a_mouth_takes_over_how_lopsided_another_is():
    model, spoken = np.zeros((FRAMES, 52)), np.zeros((FRAMES, 52))
    model[:, LEFT], model[:, RIGHT] = 0.33, 0.27
    spoken[:, [LEFT, RIGHT]] = 0.1

    np.testing.assert_allclose(sides_like(spoken, model)[250, [LEFT, RIGHT]], (0.11, 0.09), atol=1e-6)


def test_what_shapes_phones_is_as_sharp_as_before():
    buzz = _buzzing()

    assert np.array_equal(within_bands(tied_sides(buzz))[:, CLOSE], buzz[:, CLOSE])


@pytest.mark.parametrize(("hertz", "kept"), [(1.0, 0.95), (3.0, 0.5), (6.0, 0.02)])
def test_a_band_of_three_hertz_keeps_what_is_slower(hertz, kept):
    wave = np.sin(2 * np.pi * hertz * np.arange(FRAMES) / FPS)

    passed = low_passed(wave, BANDS["mouthSmile"])[100:-100]

    assert np.ptp(passed) / 2 == pytest.approx(kept, abs=0.06)


def test_a_step_overshoots_by_six_percent_at_most_and_a_single_frame_passes():
    step = (np.arange(100) >= 50).astype(float)

    assert low_passed(step, 3.0).max() < 1.07
    assert low_passed(np.array([0.3]), 3.0) == pytest.approx(0.3)


def test_a_bell_is_above_a_half_when_a_swell_is_and_has_its_area_without_its_flat_top():
    since = np.arange(-2, 6, 0.001)
    times = (0.16, 0.6, 0.35)

    bent, flat = bell(since, *times), swell(since, *times)

    assert bent.sum() == pytest.approx(flat.sum(), rel=0.01)
    assert since[bent > 0.5][0] == pytest.approx(since[flat > 0.5][0], abs=0.01)
    assert since[bent > 0.5][-1] == pytest.approx(since[flat > 0.5][-1], abs=0.01)
    tops = [(curve > 0.98).sum() / (curve > 0.5).sum() for curve in (bent, flat)]
    assert tops[0] < 0.2
    assert tops[1] > 0.6
