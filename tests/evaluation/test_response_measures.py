"""Answers and breaths of people whose numbers are known."""

import numpy as np
import pytest

from backend.animation.curves import swell
from lab.evaluation.measures.responses import at_frame_rate, breath_numbers, response_numbers

FPS, FRAMES = 25, 1500
TIME = np.arange(FRAMES) / FPS
SILENT = np.zeros(FRAMES, bool)
HEARD = [(start, start + 2.0) for start in np.arange(4.0, 56.0, 4.0)]


def test_smiles_after_phrases_are_answers_with_a_latency():
    width = sum(7.0 * swell(TIME - end - 0.3, 0.4, 0.5, 0.5) for _, end in HEARD[::2])

    found = response_numbers(width, np.zeros(FRAMES), SILENT, HEARD, FPS)

    assert found["phrases_answered"] == pytest.approx(7 / 13, abs=0.01)
    assert found["smile_after_phrase"] == pytest.approx(0.5, abs=0.05)


def test_nods_are_answers_and_who_takes_the_turn_need_not_answer():
    pitch = sum(np.radians(4.0) * np.exp(-(((TIME - end - 0.4) / 0.12) ** 2)) for _, end in HEARD[:3])
    speech = SILENT.copy()
    for _, end in HEARD[6:]:
        speech[round((end + 0.3) * FPS) : round((end + 1.0) * FPS)] = True

    found = response_numbers(np.zeros(FRAMES), pitch, speech, HEARD, FPS)

    assert found["phrases_answered"] == pytest.approx(0.5)
    assert np.isnan(found["smile_after_phrase"])


def test_breaths_before_phrases_are_measured_in_millimetres():
    said = [(start + 1.0, start + 3.0) for start, _ in HEARD]
    gap = sum(3.0 * swell(TIME - start + 0.45, 0.15, 0.1, 0.1) for start, _ in said[:10])
    height = sum(0.004 * swell(TIME - start + 0.4, 0.35, 0.0, 2.0) for start, _ in said)

    found = breath_numbers(gap, height, said, FPS)

    assert found["breaths_before_phrases"] == pytest.approx(10 / 13)
    assert found["breath_parts_lips"] == pytest.approx(3.0, abs=0.1)
    assert found["breath_rise"] == pytest.approx(4.0, abs=0.3)


def test_who_says_nothing_does_not_breathe_for_it():
    assert np.isnan(list(breath_numbers(np.zeros(FRAMES), np.zeros(FRAMES), [], FPS).values())).all()


def test_flags_of_another_rate_are_read_at_their_time():
    flags = np.zeros(600, bool)
    flags[240:360] = True

    assert np.flatnonzero(at_frame_rate(flags, 60)).tolist() == list(range(100, 150))


@pytest.mark.parametrize(("count", "fps", "frames"), [(29, 25.0, 29), (57, 25.0, 57), (720, 24.0, 750), (0, 30.0, 0)])
def test_no_frame_is_lost_to_rounding(count, fps, frames):
    assert at_frame_rate(np.ones(count, bool), fps).tolist() == [True] * frames
