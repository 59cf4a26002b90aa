"""The measure of lips: hits, misses, chance, vowels and silence."""

import numpy as np
import pytest

from lab.evaluation.measures.lip_score import LipScore, score_lips, silent_frames

PHONES = ((1.0, 1.08, "b"), (1.08, 1.3, "aa"), (1.3, 1.38, "m"), (1.38, 1.6, "iy"), (1.6, 2.0, "pau"))


def _gap(*shut: int) -> np.ndarray:
    gap = np.full(100, 6.0)
    gap[list(shut)] = 0.0
    return gap


def test_a_closure_may_miss_its_phone_by_forty_milliseconds() -> None:
    assert score_lips(_gap(28), PHONES).closed == 1
    assert score_lips(_gap(29), PHONES).closed == 0
    assert score_lips(_gap(26, 33), PHONES).closed == 2


def test_lips_that_never_open_close_everything_by_chance_too() -> None:
    score = score_lips(np.zeros(100), PHONES)

    assert score.rates()["closures"] == 1
    assert score.rates()["closures_by_chance"] == pytest.approx(1)
    assert score.rates()["open_vowels"] == 0


def test_only_what_is_far_from_speech_is_silence() -> None:
    silent = silent_frames(100, PHONES)

    assert not silent[18:48].any()
    assert silent[:17].all()
    assert silent[50:].all()


def test_scores_of_clips_add_up() -> None:
    total = sum((score_lips(_gap(26), PHONES) for _ in range(2)), LipScore(0, 0, 0.0, 0, 0, 0, 0))

    assert (total.closed, total.closures) == (2, 4)
