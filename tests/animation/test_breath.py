"""Breath before longer phrases: when, how long, how far chest and lips move."""

import numpy as np
import pytest

from backend.animation.breath import chest_rise, inhalations, part_lips
from backend.animation.lip_closure import lip_gap

FPS, FRAMES = 25, 500


def _speaking(*spans):
    speaking = np.zeros(FRAMES)
    for start, end in spans:
        speaking[round(start * FPS) : round(end * FPS)] = 1
    return speaking


@pytest.mark.parametrize("length", [1.3, 2.5, 6.0])
def test_people_breathe_in_for_300_to_400_ms_just_before_a_longer_phrase(length):
    (breath,) = inhalations(_speaking((4.0, 4.0 + length)))

    assert 0.3 <= breath.seconds <= 0.4
    assert breath.end == pytest.approx(3.95)


def test_short_phrases_and_short_pauses_have_no_breath():
    assert inhalations(_speaking((4.0, 4.8))) == ()
    assert len(inhalations(_speaking((4.0, 6.0), (6.3, 9.0)))) == 1
    assert len(inhalations(_speaking((4.0, 6.0), (6.6, 9.0)))) == 2


def test_a_file_that_begins_with_speech_has_no_room_for_a_breath():
    assert inhalations(_speaking((0.0, 3.0))) == ()


@pytest.mark.parametrize("length", [1.3, 2.5, 6.0])
def test_chest_and_shoulders_rise_3_to_5_mm_and_sink_while_the_air_is_spent(length):
    breaths = inhalations(_speaking((4.0, 4.0 + length)))

    rise = chest_rise(breaths, FRAMES) * 1000

    assert 2.9 < rise.max() <= 5.0
    assert rise.argmax() / FPS == pytest.approx(3.96, abs=0.05)
    assert rise[: round(3.5 * FPS)].max() == 0
    assert rise[round((4.0 + length) * FPS) + 1 :].max() < 0.05
    assert np.abs(np.diff(rise)).max() < 1.2


def test_lips_part_2_to_4_mm_and_are_shut_again_before_the_voice():
    breaths = inhalations(_speaking((4.0, 6.0), (10.0, 15.0)))
    shut, still = np.zeros((FRAMES, 52)), np.zeros(FRAMES)

    gap = lip_gap(shut, part_lips(np.random.default_rng(0), breaths, shut, still))

    for start in (4.0, 10.0):
        around = gap[round((start - 0.6) * FPS) : round((start - 0.08) * FPS) + 1]
        assert 2.0 < around.max() < 4.0
        assert around[-1] == pytest.approx(0.0, abs=0.1)
    assert np.flatnonzero(gap > 0.05).size < 2 * 0.45 * FPS


def test_lips_that_are_apart_already_stay_as_they_are():
    breaths = inhalations(_speaking((4.0, 6.0)))
    open_jaw = np.full(FRAMES, 0.3)

    assert part_lips(np.random.default_rng(0), breaths, np.zeros((FRAMES, 52)), open_jaw) == pytest.approx(open_jaw)
