"""Behaviour begins at the rates the network gives, once at a time, the same for the same dice."""

import numpy as np
import pytest

from backend.engines.dualtalk.events import sample_events
from backend.engines.dualtalk.model import AGES, EVENTS

MINUTES = 20
FRAMES = MINUTES * 60 * 25
BLINK, AWAY, BACK, ELSEWHERE = range(4)


def _dice(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(1e-9, 1, size=(FRAMES, len(EVENTS)))


def _logits(per_minute: float) -> np.ndarray:
    chance = per_minute / 60 / 25
    return np.full((FRAMES, len(EVENTS)), np.log(chance / (1 - chance)))


def test_events_come_at_the_rate_of_their_logits() -> None:
    onsets = sample_events(_logits(20), np.zeros((len(EVENTS), AGES)), _dice())

    assert onsets.began[:, BLINK].sum() / MINUTES == pytest.approx(20, rel=0.15)


def test_an_event_that_just_began_does_not_begin_again() -> None:
    ages = np.zeros((len(EVENTS), AGES))
    ages[:, :3] = -30

    onsets = sample_events(_logits(200), ages, _dice())

    assert np.diff(np.flatnonzero(onsets.began[:, BLINK])).min() >= 8


def test_looking_away_and_back_alternate_and_never_last_for_ever() -> None:
    onsets = sample_events(_logits(0.01), np.zeros((len(EVENTS), AGES)), _dice())

    changes = np.flatnonzero(np.diff(onsets.away))
    assert onsets.began[:, AWAY].sum() - onsets.began[:, BACK].sum() in (0, 1)
    assert np.diff(changes).max() <= 14 * 25


def test_glances_elsewhere_happen_only_while_away() -> None:
    onsets = sample_events(_logits(30), np.zeros((len(EVENTS), AGES)), _dice())

    assert onsets.away[onsets.began[:, ELSEWHERE]].all()


def test_the_same_dice_give_the_same_events() -> None:
    first, second = (sample_events(_logits(20), np.zeros((len(EVENTS), AGES)), _dice(3)) for _ in range(2))

    np.testing.assert_array_equal(first.began, second.began)


def test_nobody_goes_without_a_blink_for_long() -> None:
    onsets = sample_events(_logits(0.001), np.zeros((len(EVENTS), AGES)), _dice())

    blinks = np.flatnonzero(onsets.began[:, BLINK])
    assert np.diff(blinks).max() <= 9 * 25
    assert np.diff(blinks).min() >= 4 * 25
