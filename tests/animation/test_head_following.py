"""The head behind the eyes: when it starts, how long it turns, how far it goes too far."""

import numpy as np
import pytest

from backend.animation.gaze import Gaze, head_share
from backend.animation.head_following import follow, head_goal, head_goals, turn_seconds
from backend.contract.constants import FRAME_RATE

STEP = 50


def jump(degrees, frames=150):
    goal = np.zeros((frames, 2))
    goal[STEP:, 0] = np.radians(degrees)
    return goal


@pytest.mark.parametrize("degrees", [0.5, 2.0, 5.0, 10.0, 20.0])
def test_the_head_starts_40_to_120_ms_after_the_eyes_and_turns_for_250_to_450_ms(degrees):
    lag, seconds = turn_seconds(np.radians(degrees))
    path = np.degrees(follow(jump(degrees))[:, 0]) / degrees

    assert 0.04 <= lag <= 0.12
    assert 0.25 <= seconds <= 0.45
    assert path[: STEP + 1].max() == 0.0
    assert path[STEP + int(lag * FRAME_RATE)] < 0.01
    assert path[STEP + int(np.ceil((lag + seconds) * FRAME_RATE))] > 0.99


@pytest.mark.parametrize("degrees", [1.0, 5.0, 12.0, 30.0])
def test_it_goes_5_to_10_percent_too_far_and_settles_within_300_ms(degrees):
    lag, seconds = turn_seconds(np.radians(degrees))

    path = np.degrees(follow(jump(degrees))[:, 0]) / degrees

    assert 1.04 < path.max() <= 1.1001
    assert np.allclose(path[STEP + int(np.ceil((lag + seconds + 0.3) * FRAME_RATE)) :], 1.0)


def test_a_small_turn_comes_later_and_is_shorter_than_a_large_one():
    small, large = turn_seconds(np.radians(2.0)), turn_seconds(np.radians(20.0))

    assert small[0] > large[0]
    assert small[1] < large[1]


def test_what_changes_slowly_is_followed_a_quarter_of_a_second_behind():
    times = np.arange(500) / FRAME_RATE
    goal = np.stack((np.radians(10.0) * np.sin(2 * np.pi * times / 8.0), np.zeros(500)), axis=1)

    path = follow(goal)[100:, 0]

    behind = [float(np.corrcoef(path, goal[100 - lag : 500 - lag, 0])[0, 1]) for lag in range(15)]
    assert 4 <= int(np.argmax(behind)) <= 8
    assert np.abs(path).max() == pytest.approx(np.radians(10.0), rel=0.05)


def test_nothing_moves_before_it_is_wanted_whatever_comes_later():
    rng = np.random.default_rng(1)
    early, late = rng.normal(0, 0.1, (100, 2)).repeat(5, axis=0), rng.normal(0, 0.1, (100, 2)).repeat(5, axis=0)
    late[:300] = early[:300]

    assert np.array_equal(follow(early)[:300], follow(late)[:300])


def test_eyes_do_small_shifts_alone_and_the_head_takes_its_part_of_large_ones():
    share = np.degrees(head_goal(np.radians(np.array([[5.0, 0.0], [20.0, 0.0], [30.0, 0.0]]))))[:, 0]

    assert share[0] < 1.0
    assert 6.0 < share[1] < 9.0
    assert 11.0 < share[2] < 15.0


def test_a_target_to_the_left_and_down_turns_the_head_left_and_down():
    target = np.zeros((100, 2))
    target[STEP:] = np.radians((20.0, -12.0))
    flat = np.zeros(100)

    turn = head_share(Gaze(flat, target, np.zeros((100, 2)), flat, flat))

    assert turn[-1, 0] > 0.0
    assert turn[-1, 1] > 0.0
    assert not turn[:, 2].any()
    assert not turn[: STEP + 1].any()


def test_a_take_of_no_frames_or_one_is_none_or_one():
    assert follow(np.zeros((0, 2))).shape == (0, 2)
    assert follow(np.ones((1, 2))).tolist() == [[1.0, 1.0]]


def _target(*looks):
    """[T, 2] radians: each look of so many seconds at so many degrees to the left."""
    return np.concatenate([np.tile(np.radians((degrees, 0.0)), (round(seconds * 25), 1)) for seconds, degrees in looks])


def test_the_head_stays_while_the_eyes_glance_away_and_back():
    glance = head_goals(_target((2.0, 0.0), (0.5, 25.0), (2.0, 0.0)))
    look = head_goals(_target((2.0, 0.0), (1.2, 25.0), (2.0, 0.0)))

    assert np.abs(glance).max() == 0.0
    assert np.degrees(look[:, 0].max()) > 5.0


def test_the_head_stays_for_a_check_back_and_for_what_is_beside_its_place():
    checked = head_goals(_target((1.0, 0.0), (1.5, 25.0), (0.4, 0.0), (1.5, 27.0), (2.0, 0.0)))

    assert (np.diff(checked, axis=0) != 0).any(axis=1).sum() == 2
    assert np.array_equal(checked[30], checked[90])
