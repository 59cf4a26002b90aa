"""The yardstick itself: it must read what it is shown, and see what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of
from lab.simulation.statistics.measured_eyes import gaze_shares
from lab.simulation.statistics.measured_motion import band_shares
from lab.simulation.statistics.measured_turns import (
    away_and_listening,
    follow_delays,
    followed,
    looks_back,
    measure_answers,
    mode,
)
from lab.simulation.statistics.observed import Observed, gaps_of, observe, turns_of
from lab.simulation.statistics.statistics import TARGETS, measure_pairs, outside

RANGES = {name: (target.low, target.high) for targets in TARGETS.values() for name, target in targets.items()}
_SLACK = 0.25
"""Of a range's width: what nine minutes may be off by chance."""


@pytest.fixture(scope="module")
def pairs(rehearsals):
    return [observe(rehearsal) for rehearsal in rehearsals]


@pytest.fixture(scope="module")
def measured(pairs):
    return measure_pairs(pairs)


def test_every_target_is_measured(measured):
    assert list(measured) == list(dict.fromkeys(measured))
    assert set(measured) == set(RANGES)
    assert all(target.source and target.literature for targets in TARGETS.values() for target in targets.values())


def test_behaviour_stays_within_the_targets(measured):
    slack = {name: _SLACK * (high - low) for name, (low, high) in RANGES.items()}

    far = {
        name: value
        for name, value in outside(measured).items()
        if not RANGES[name][0] - slack[name] <= value <= RANGES[name][1] + slack[name]
    }

    assert far == {}


def test_what_is_not_a_number_is_outside():
    assert outside({"mutual gaze": float("nan")}) != {}


def test_a_gap_is_measured_between_the_voices(pairs):
    first, second = pairs[0]
    quiet = replace(first, phrases=((1.0, 2.0), (2.5, 3.0), (7.0, 8.0)), signals=((4.0, 4.3),))
    other = replace(second, phrases=((3.25, 6.0),), signals=())

    assert [turn.person for turn in turns_of((quiet, other))] == [0, 1, 0]
    assert gaps_of((quiet, other)) == pytest.approx([0.25, 1.0])


def test_late_turns_are_seen(pairs):
    late = [
        (first, replace(second, phrases=tuple((a + 0.8, b + 0.8) for a, b in second.phrases)))
        for first, second in pairs
    ]

    assert "turn gap spread, s" in outside(measure_pairs(late))


def test_staring_is_seen(pairs):
    staring = [tuple(replace(person, gaze=np.zeros_like(person.gaze), free=True) for person in pair) for pair in pairs]

    seen = outside(gaze_shares(staring))

    assert {"gaze at partner, speaking", "gaze at partner, listening", "mutual gaze"} <= set(seen)


def test_a_head_that_stands_still_is_seen(pairs):
    still = [
        tuple(replace(person, neck=np.zeros_like(person.neck) + _tremble(person.frames)) for person in pair)
        for pair in pairs
    ]

    seen = outside(measure_pairs(still))

    assert {"frozen share", "head speed p99, deg/s", "head pitch spread, deg"} <= set(seen)


def test_a_trembling_head_is_seen(pairs):
    rng = np.random.default_rng(0)
    shaken = [
        tuple(replace(person, neck=person.neck + rng.normal(0, 1.5, person.neck.shape)) for person in pair)
        for pair in pairs
    ]

    seen = outside(measure_pairs(shaken))

    assert {"head power 4-8 Hz", "head speed p99, deg/s"} <= set(seen)


def test_smiles_that_nobody_answers_are_seen(pairs):
    alone = []
    for first, second in pairs:
        serious = dict(second.events) | {"smile_onset": np.zeros_like(second.events["smile_onset"])}
        alone.append((first, replace(second, events=serious)))

    assert "smiles answered" in outside(measure_pairs(alone))


def test_people_who_do_not_watch_each_other_are_seen(pairs):
    later = pairs[1:]
    strangers = [
        (pair[0], later[(index + apart) % len(later)][1]) for apart in (1, 2, 3) for index, pair in enumerate(later)
    ]

    seen = outside(measure_answers(strangers))

    assert {
        "nods followed by a nod",
        "nods followed, over chance",
        "looks back followed, over chance",
        "looks away followed there",
        "turn of the head taken over, r",
    } <= set(seen)


def test_what_follows_is_told_from_chance():
    blinks = np.random.default_rng(0).random(6000) < 0.02
    pair = (_only_blinking(blinks, 0), _only_blinking(np.roll(blinks, 10), 1))

    found, chance = followed([pair], _blinks, _blinks, (0.3, 0.5), _second)
    delays = follow_delays([pair], _blinks, _blinks, _second)

    assert found == 1
    assert chance < 0.25
    assert delays.max() <= 0.4
    assert np.median(delays) == pytest.approx(0.4)


def test_who_soon_looks_back_by_habit_follows_nobody():
    rng = np.random.default_rng(1)
    strangers = [_only_looking(rng, person) for person in range(2)]

    found, chance = followed([tuple(strangers)], looks_back, looks_back, (0.2, 0.6), away_and_listening)

    assert found > 0.3
    assert found == pytest.approx(chance, rel=0.2)


def test_bands_tell_a_slow_head_from_a_fast_one():
    time = np.arange(60 * FRAME_RATE) / FRAME_RATE

    slow, fast = (band_shares(np.sin(2 * np.pi * hertz * time)) for hertz in (0.2, 2.5))

    assert slow[0] > 0.9
    assert fast[2] > 0.9


def test_the_mode_is_where_most_values_are():
    rng = np.random.default_rng(0)
    values = np.concatenate((rng.normal(0.2, 0.1, 600), rng.exponential(0.8, 400) + 0.4))

    assert mode(values) == pytest.approx(0.2, abs=0.05)


def test_runs_are_found_to_the_ends():
    assert runs_of(np.array([True, True, False, True])) == [(0, 2), (3, 4)]


def _blinks(person):
    return person.events["blink"] > 0


def _second(own, _):
    return np.full(own.frames, own.person == 1)


def _only_blinking(blinks, person):
    return _only(person, {"blink": blinks}, np.ones(len(blinks), bool))


def _only_looking(rng, person):
    """Somebody who looks away for a second, again and again, whatever the other does."""
    lengths = np.stack((rng.integers(20, 31, 1000), rng.integers(30, 120, 1000)), axis=1).ravel()
    away = np.repeat(np.tile((1.0, 0.0), 1000), lengths)[:90_000]
    return _only(person, {"gaze_away": away}, np.zeros(len(away), bool))


def _only(person, events, speaks):
    frames, none = len(speaks), np.zeros(len(speaks))
    flat = np.zeros((frames, 3))
    return Observed(person, speaks, speaks, flat, flat, none, none, none, (), (), events, free=True)


def _tremble(frames):
    """[T, 3] degrees far below what anybody sees, so that a listener's spread can be divided by it."""
    return np.random.default_rng(0).normal(0, 1e-4, (frames, 3))
