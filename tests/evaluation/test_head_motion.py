"""Nods, blinks, spectrum, standstill and jumps of motions whose numbers are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.staging.rotation import about_x, about_y, about_z
from lab.evaluation.measures.behaviour import (
    BANDS,
    a_minute,
    band_shares,
    blink_times,
    largest_jump,
    longest_run,
    nod_times,
    pitch_yaw_roll,
    still_frames,
)
from tests.support.examples import examples

FPS = 25.0
TIME = np.arange(60 * 25) / FPS


def test_blinks_are_counted_and_closed_eyes_squints_and_flutter_are_not():
    lids = np.zeros(1500)
    for frame in (50, 200, 800):
        lids[frame - 1 : frame + 2] = (0.6, 1.0, 0.5)
    lids[1000:1100] = 1.0  # asleep
    lids[1200:1203] = 0.4  # squint

    assert blink_times(lids, FPS) == pytest.approx([2.0, 8.0, 32.0])


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_a_row_of_nods_is_one_at_any_rate(fps):
    time = np.arange(20 * fps) / fps
    pitch = np.zeros(len(time))
    for start in (3.0, 3.5, 12.0):
        since = np.clip(time - start, 0, 0.5)
        pitch += np.radians(5) * np.sin(2 * np.pi * since) ** 2

    assert len(nod_times(pitch, fps)) == 2


def test_slow_bows_are_no_nods():
    assert len(nod_times(np.radians(10) * np.sin(2 * np.pi * 0.2 * TIME), FPS)) == 0


def test_rates_are_of_the_minutes_listened_to():
    listening = np.zeros(1500, bool)
    listening[:750] = True

    assert a_minute(np.array([1.0, 2.0, 50.0]), FPS, listening) == pytest.approx(4)
    assert np.isnan(a_minute(np.array([1.0]), FPS, np.zeros(1500, bool)))


@settings(max_examples=examples(30), deadline=None)
@given(hertz=st.floats(0.2, 7.5), phase=st.floats(0, 6))
def test_a_swing_lies_in_its_band(hertz, phase):
    shares = band_shares(np.sin(2 * np.pi * hertz * TIME + phase), FPS)

    near = [low - 0.25 <= hertz <= high + 0.25 for low, high in BANDS]
    assert sum(shares) == pytest.approx(1)
    assert sum(share for share, inside in zip(shares, near, strict=True) if inside) > 0.95


def test_a_head_that_does_not_turn_has_no_spectrum():
    assert np.isnan(band_shares(np.full(1500, 0.3), FPS)).all()


@given(pitch=st.floats(-1.2, 1.2), yaw=st.floats(-3, 3), roll=st.floats(-1.2, 1.2))
def test_angles_are_those_the_head_was_turned_by(pitch, yaw, roll):
    head = (about_y(np.array(yaw)) @ about_x(np.array(pitch)) @ about_z(np.array(roll)))[None]

    np.testing.assert_allclose(pitch_yaw_roll(head)[0], (pitch, yaw, roll), atol=1e-9)


def test_standstill_counts_from_half_a_second():
    landmarks = np.zeros((200, 3, 3))
    landmarks[:, 1, 1] = np.cumsum(np.r_[np.full(50, 1e-4), np.zeros(10), np.full(40, 1e-4), np.zeros(100)])

    frozen = still_frames(landmarks, FPS)

    assert not frozen[:99].any()
    assert frozen[100:].all()
    assert longest_run(frozen) == pytest.approx(100, abs=1)


def test_the_largest_jump_can_leave_out_lids():
    landmarks = np.zeros((50, 2, 3))
    landmarks[20:, 0, 1] = 0.009
    landmarks[30:, 1, 0] = 0.004
    names = ("eyelid_upper_left", "chin")

    every, without = largest_jump(landmarks, names, FPS), largest_jump(landmarks, names, FPS, "eyelid")

    assert (every.landmark, every.millimetres, every.seconds) == ("eyelid_upper_left", pytest.approx(9), 0.8)
    assert (without.landmark, without.millimetres, without.seconds) == ("chin", pytest.approx(4), 1.2)
