"""Accents, moves and rests of heads whose numbers are known."""

import numpy as np
import pytest

from backend.animation.head_accents import draw_accents, render_accents
from lab.evaluation.measures.head_accents import head_numbers, holds, moves, stress_of
from lab.evaluation.report import PERFORMANCE_MEASURES
from tests.support.made_phrases import phrase

FPS, FRAMES = 25, 1500
TIME = np.arange(FRAMES) / FPS
VOWELS = np.arange(2.0, 58.0, 2.0)
SPEECH = np.ones(FRAMES, bool)


def test_slow_drift_is_no_movement_and_a_swing_is():
    drift, swing = (np.outer(np.sin(2 * np.pi * hertz * TIME), (1, 0, 0)) for hertz in (0.05, 1.0))

    assert moves(drift, SPEECH, FPS)[0] < 0.02
    assert moves(swing, SPEECH, FPS)[0] == pytest.approx(1 / np.sqrt(2), abs=0.02)
    assert np.isnan(moves(swing, ~SPEECH, FPS)).all()


def test_accents_are_found_with_their_size_speed_and_lead():
    pitch = np.zeros(FRAMES)
    for vowel in VOWELS[::2]:
        pitch += np.radians(5.0) * np.clip(1 - np.abs(TIME - vowel + 0.04) / 0.08, 0, 1)

    found = stress_of(pitch, VOWELS, FPS)

    assert (len(found.sizes), found.vowels) == (len(VOWELS[::2]), len(VOWELS))
    assert np.degrees(found.sizes) == pytest.approx(5.0, abs=0.1)
    assert np.degrees(found.speeds) == pytest.approx(62.5, abs=1.0)
    assert found.leads == pytest.approx(0.04, abs=0.001)


def test_a_floating_head_holds_nothing_and_a_resting_one_does():
    floating = np.outer(np.radians(8.0) * np.sin(2 * np.pi * 0.3 * TIME), (1, 0, 0))
    resting = np.outer(np.radians(1.0) * np.sin(2 * np.pi * 0.1 * TIME), (1, 0, 0))

    assert holds(floating, SPEECH, VOWELS, FPS)[0] < 0.25
    assert holds(resting, SPEECH, VOWELS, FPS)[0] == 1.0
    assert np.isnan(holds(resting, ~SPEECH, VOWELS, FPS)[0])


def test_what_accents_are_made_by_is_what_is_measured():
    phrases = tuple(phrase(vowel - 0.8, vowel + 0.8, vowel) for vowel in VOWELS)
    angles = render_accents(draw_accents(np.random.default_rng(0), phrases, np.zeros((FRAMES, 3)), 1.0), FRAMES)

    found = head_numbers(angles, SPEECH, VOWELS, FPS)

    for name in ("accent_degrees", "accent_speed", "accent_lead"):
        wanted = PERFORMANCE_MEASURES[name]
        assert wanted.low <= found[name] <= wanted.high
    assert found["accents_stressed"] > 0.8
    assert found["head_coupled_yaw"] > 0.2


def test_who_does_not_speak_has_no_accents():
    found = head_numbers(np.zeros((FRAMES, 3)), ~SPEECH, (), FPS)

    assert np.isnan([found["head_moves_pitch"], found["accents_stressed"], found["accent_degrees"]]).all()
