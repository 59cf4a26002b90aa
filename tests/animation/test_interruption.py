"""What an interruption does to head, brows and lids, and a large gaze shift to the lids."""

import numpy as np
import pytest

from backend.animation.events import render_blinks
from backend.animation.interruption import (
    blinks_with_saccades,
    startled_blinks,
    stopped,
    with_blinks,
    with_brows_up,
)
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE

FRAMES, AT = 200, 80


def rng():
    return np.random.default_rng(3)


LEFT, RIGHT = (ARKIT_INDEX[f"eyeBlink{side}"] for side in ("Left", "Right"))


def swinging():
    return 0.1 * np.sin(np.arange(FRAMES) / 6.0)[:, None].repeat(3, axis=1)


def test_the_head_stops_within_a_quarter_second_for_half_a_second_and_goes_on_as_it_was():
    neck = swinging()

    path = stopped(neck, [AT])

    speed = np.degrees(np.abs(np.diff(path, axis=0)).max(axis=1)) * FRAME_RATE
    assert speed[AT + 7 : AT + 17].max() < 2.0
    assert np.array_equal(path[: AT + 3], neck[: AT + 3])
    assert np.allclose(path[AT + 33 :], neck[AT + 33 :])
    assert speed.max() < 80.0


def test_brows_rise_200_ms_after_it_and_a_frown_is_let_go():
    expression = np.zeros((FRAMES, 52))
    expression[:, ARKIT_INDEX["browDownLeft"]] = 0.4

    raised = with_brows_up(expression, [AT])

    inner = raised[:, ARKIT_INDEX["browInnerUp"]]
    assert inner[: AT + 6].max() == 0.0
    assert inner[AT + 10] > 0.4
    assert inner[AT + 40 :].max() == 0.0
    assert raised[AT + 10, ARKIT_INDEX["browDownLeft"]] < 0.05
    assert raised[AT + 40, ARKIT_INDEX["browDownLeft"]] == pytest.approx(0.4)


def test_the_lids_shut_after_it_but_not_where_they_have_just_blinked():
    expression = np.zeros((FRAMES, 52))
    blinked = expression.copy()
    blinked[AT + 4 : AT + 6, [LEFT, RIGHT]] = 1.0
    onsets = startled_blinks([AT], FRAMES)

    assert np.flatnonzero(onsets).tolist() == [AT + 5]
    assert with_blinks(expression, onsets, rng())[AT + 5 : AT + 12, LEFT].max() == 1.0
    assert np.array_equal(with_blinks(blinked, onsets, rng()), blinked)


def test_only_a_gaze_shift_of_20_degrees_takes_a_blink_along():
    gaze = np.zeros((FRAMES, 2))
    gaze[40:60, 0], gaze[90:120, 0] = np.radians(15.0), np.radians(24.0)
    gaze[90, 0] = np.radians(12.0)  # on its way

    frames = np.flatnonzero(with_blinks(np.zeros((FRAMES, 52)), blinks_with_saccades(gaze), rng())[:, LEFT] == 1.0)

    assert set(frames.tolist()) & set(range(88, 96))
    assert set(frames.tolist()) & set(range(118, 126))
    assert not set(frames.tolist()) & set(range(30, 80))


def test_an_interruption_in_the_last_frames_is_no_error():
    neck, expression = swinging(), np.zeros((FRAMES, 52))

    assert stopped(neck, [FRAMES - 1]).shape == neck.shape
    assert (
        with_blinks(with_brows_up(expression, [FRAMES - 1]), startled_blinks([FRAMES - 1], FRAMES), rng()).max() == 0.0
    )


def test_a_blink_just_before_gives_way_so_that_lids_do_not_flutter():
    expression = np.zeros((FRAMES, 52))
    expression[:, [LEFT, RIGHT]] = render_blinks(startled_blinks([AT - 20], FRAMES))[:, None]
    onsets = startled_blinks([AT], FRAMES)

    lids = with_blinks(expression, onsets, rng())[:, [LEFT, RIGHT]]

    assert lids[: AT + 4].max() < 0.05
    assert lids[AT + 5 : AT + 12].min(axis=1).max() == 1.0
