"""Measures of gaze on made-up eyes and heads, whose numbers are known."""

import numpy as np
import pytest

from backend.animation.head_following import follow
from backend.animation.moments import moments_of
from backend.prosody.phrases import Phrase
from backend.staging.rotation import directions, level_orientation
from lab.evaluation.measures.gaze import (
    answer_seconds,
    blinks_with_large_shifts,
    contact_at_last_words,
    gaze_numbers,
    gaze_shifts,
    head_turns,
    longest_spot,
    looks_away,
)

FRAMES, AHEAD = 300, np.array([0.0, 0.0, 1.0])


def eyes_at(*spots):
    """Yaw in degrees from a frame on, for each of `spots`: [T, 3] unit."""
    yaw = np.zeros(FRAMES)
    for frame, degrees in spots:
        yaw[frame:] = np.radians(degrees)
    return directions(yaw, np.zeros(FRAMES))


def head_at(yaw):
    return level_orientation(np.radians(yaw), np.zeros(FRAMES))


def angle_of(sight):
    return np.arccos(np.clip(sight @ AHEAD, -1.0, 1.0))


def stepped(frame, degrees, shift=0):
    goal = np.zeros((FRAMES, 1))
    goal[frame + shift :] = np.radians(degrees)
    return np.degrees(follow(goal)[:, 0])


def test_a_head_that_follows_by_the_rule_is_found_to():
    (turn,) = head_turns(eyes_at((100, 25.0)), head_at(stepped(100, 10.0)), 25.0)

    assert turn.degrees == pytest.approx(25.0)
    assert 0.04 <= turn.lag <= 0.16
    assert 0.2 <= turn.seconds <= 0.45
    assert 0.04 <= turn.overshoot <= 0.1


def test_a_head_that_leads_has_a_negative_lag():
    (turn,) = head_turns(eyes_at((100, 25.0)), head_at(stepped(100, 10.0, shift=-10)), 25.0)

    assert -0.4 <= turn.lag <= -0.2


def test_a_head_that_stays_and_eyes_that_hardly_move_are_no_turn():
    assert head_turns(eyes_at((100, 25.0)), head_at(np.zeros(FRAMES)), 25.0) == []
    assert head_turns(eyes_at((100, 6.0)), head_at(stepped(100, 10.0)), 25.0) == []


def test_a_jump_over_two_frames_is_one_shift():
    assert gaze_shifts(eyes_at((100, 12.0), (101, 24.0), (200, 0.0))) == [(100, 101), (200, 200)]


def test_looks_away_have_their_lengths_and_the_longest_spot_is_that_between_jumps():
    sight = eyes_at((50, 20.0), (70, 30.0), (100, 0.0), (150, -15.0), (175, 0.0))

    assert looks_away(angle_of(sight), 25.0).tolist() == [2.0, 1.0]
    assert longest_spot(sight, np.tile(AHEAD, (FRAMES, 1)), 25.0) == pytest.approx(30 / 25)


def test_last_words_are_landed_where_the_eyes_are_at_the_partner_around_them():
    moments = moments_of(((Phrase(1.0, 4.0), Phrase(7.0, 9.0)), (Phrase(4.2, 6.8), Phrase(9.3, 11.0))))

    landed = contact_at_last_words(angle_of(eyes_at((212, 20.0))), moments, 0, 25.0)

    assert landed == 0.5


def test_an_answer_counts_from_the_onset_and_only_where_the_eyes_were_away():
    angle = angle_of(eyes_at((40, 20.0), (106, 0.0), (200, 20.0)))

    found = answer_seconds(angle, [20, 100, 210], 25.0)

    assert found.tolist() == [pytest.approx(0.24), np.inf]


def test_a_blink_counts_at_large_shifts_alone():
    sight = eyes_at((100, 25.0), (150, 12.0), (200, 40.0))

    assert blinks_with_large_shifts(sight, np.array([4.1]), 25.0) == 0.5
    assert np.isnan(blinks_with_large_shifts(eyes_at((100, 12.0)), np.array([4.1]), 25.0))


def test_a_person_who_never_looks_away_has_no_numbers_for_it():
    numbers = gaze_numbers(
        eyes_at(), np.tile(AHEAD, (FRAMES, 1)), head_at(np.zeros(FRAMES)), np.zeros(0), moments_of(((), ())), 0, 25.0
    )

    assert numbers["away"] == 0.0
    assert numbers["longest_spot"] == 0.0
    assert all(np.isnan(numbers[name]) for name in ("look_away_seconds", "head_after_eyes", "answers_interruptions"))
