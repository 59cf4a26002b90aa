"""Heads stress what voices stress, as animators time it, and hold still in between."""

import numpy as np
import pytest

from backend.animation.head_accents import (
    draw_accents,
    draw_brow_accents,
    draw_phrase_poses,
    render_accents,
)
from backend.animation.head_poses import held, pose_life
from backend.contract.arkit import ARKIT_INDEX
from lab.evaluation.measures.behaviour import longest_run
from tests.support.made_phrases import phrase

FPS, FRAMES = 25, 1500
STILL = np.zeros((FRAMES, 3))
TIMES = np.arange(4.0, 56.0, 4.0)
PHRASES = tuple(phrase(time - 1.0, time + 1.0, time) for time in TIMES)


def _accents(neck=STILL, activity=1.0, seed=0):
    return render_accents(draw_accents(np.random.default_rng(seed), PHRASES, neck, activity), FRAMES)


def _around(path, time, before=0.4, after=0.5):
    return path[round((time - before) * FPS) : round((time + after) * FPS)]


def test_an_accent_is_4_to_7_degrees_at_60_to_90_a_second_and_lands_before_the_vowel():
    pitch = np.degrees(_accents()[:, 0])

    for time in TIMES:
        there = _around(pitch, time)
        size, furthest = np.abs(there).max(), np.abs(there).argmax() / FPS - 0.4
        speed = np.abs(np.diff(there)).max() * FPS
        assert 2.5 < size < 7.5  # those upwards are smaller
        assert furthest == pytest.approx(-0.04, abs=0.021)
        assert 30 < speed < 95  # a mean over 40 ms is less than the highest
    sizes = [np.abs(_around(pitch, time)).max() for time in TIMES]
    assert 4.0 < np.median(sizes) < 7.0


def test_an_accent_has_settled_after_300_ms():
    accents = _accents()

    for time in TIMES:
        assert np.degrees(np.abs(accents[round((time + 0.28) * FPS)])).max() < 0.2


def test_turn_and_tilt_are_a_fifth_to_a_third_of_the_nod():
    accents = _accents()

    for time in TIMES:
        pitch, yaw, roll = np.abs(_around(accents, time)).max(axis=0)
        assert 0.15 < yaw / pitch < 0.55
        assert 0.15 < roll / pitch < 0.55


def test_where_the_head_nods_on_the_vowel_already_only_the_rest_is_added():
    nodding = STILL.copy()
    for time in TIMES:
        at = np.arange(FRAMES) / FPS - time + 0.04
        nodding[:, 0] += np.radians(9.0) * np.exp(-((at / 0.1) ** 2))

    assert np.abs(_accents(nodding)).max() == 0


def test_lively_people_nod_further():
    calm, lively = (np.abs(_accents(activity=activity)).max() for activity in (0.6, 1.4))

    assert lively > 1.5 * calm


def test_brows_are_up_80_ms_before_the_head_and_not_on_every_accent():
    brows = draw_brow_accents(np.random.default_rng(1), PHRASES, FRAMES, 1.0)[:, ARKIT_INDEX["browInnerUp"]]

    raised = [time for time in TIMES if _around(brows, time).max() > 0.1]
    assert 2 <= len(raised) < len(TIMES)
    for time in raised:
        there = _around(brows, time)
        up = np.flatnonzero(there > 0.97 * there.max())[0] / FPS - 0.4
        assert up == pytest.approx(-0.12, abs=0.041)


def test_every_phrase_has_a_pose_of_its_own_that_is_held():
    poses = np.degrees(draw_phrase_poses(np.random.default_rng(2), PHRASES, STILL, 1.0))

    middles = np.stack([poses[round(time * FPS)] for time in TIMES])
    assert (middles.std(axis=0) > 0.5).all()
    for time in TIMES:
        assert np.abs(np.diff(_around(poses, time, 0.6, 0.9), axis=0)).max() < 1e-6


def test_a_head_that_changes_its_pose_with_every_phrase_already_gets_no_more():
    poses = draw_phrase_poses(np.random.default_rng(2), PHRASES, STILL, 1.6)

    more = draw_phrase_poses(np.random.default_rng(3), PHRASES, 2 * poses, 1.0)

    assert np.abs(more).max() < 0.6 * np.abs(poses).max()
    assert draw_phrase_poses(np.random.default_rng(3), (), STILL, 1.0).max() == 0


def test_a_head_that_floats_comes_to_hold_poses():
    time = np.arange(FRAMES) / FPS
    path = np.radians(3.0) * np.stack([np.sin(2 * np.pi * hertz * time) for hertz in (0.19, 0.14, 0.11)], axis=1)

    still = np.linalg.norm(np.diff(np.degrees(held(path)), axis=0), axis=1) * FPS < 3.0

    floating = np.linalg.norm(np.diff(np.degrees(path), axis=0), axis=1) * FPS < 3.0
    assert still.mean() > floating.mean() + 0.2
    assert still.mean() > 0.6
    assert np.degrees(np.abs(held(path) - path)).max() < 4.0


def test_poses_change_where_the_head_moves_anyway():
    time = np.arange(FRAMES) / FPS
    path = np.radians(1.8) * np.tanh((time - 30.0) / 4.0)[:, None] * np.array((0.0, 1.0, 0.0))

    moving = np.flatnonzero(np.abs(np.diff(held(path, moves=(30.0,))[:, 1])) > np.radians(0.05))

    assert moving[0] > 29.9 * FPS
    assert moving[-1] < 30.6 * FPS


def test_nods_stay_and_tremor_goes():
    time = np.arange(FRAMES) / FPS
    nod = np.radians(5.0) * np.exp(-(((time - 20.0) / 0.12) ** 2))
    tremor = np.radians(0.4) * np.sin(2 * np.pi * 4.0 * time)
    path = np.stack((nod + tremor, 0 * nod, 0 * nod), axis=1)

    kept = np.degrees(held(path)[:, 0])

    assert kept[480:520].max() - np.median(kept) > 3.8
    assert np.abs(kept[600:]).max() < 0.05


def test_a_pose_lives_and_is_slow():
    life = np.degrees(pose_life(np.random.default_rng(3), 6000))

    speed = np.linalg.norm(np.diff(life, axis=0), axis=1) * FPS
    assert np.quantile(speed, 0.95) < 3.0
    assert longest_run(speed < 0.5) < 0.3 * FPS
    assert (life.std(axis=0) > 0.15).all()
    assert np.abs(life).max() < 2.0


def test_nobody_moves_for_no_frames():
    assert held(np.zeros((0, 3))).shape == (0, 3)
    assert pose_life(np.random.default_rng(0), 0).shape == (0, 3)
