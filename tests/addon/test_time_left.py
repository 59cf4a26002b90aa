"""How long a job still takes, from how long its stages took before."""

import json

import pytest
from duologue.addon.worker.time_left import (
    StageRates,
    left_in_words,
    read_rates,
    remember_rates,
    seconds_left,
)
from duologue.addon.worker.worker_process import Progress

RATES = StageRates(
    {"decode": 0.01, "turns": 0.05, "features": 0.1, "model": 0.2, "staging": 0.01, "keys": 0.02},
    {"start": 3.0, "load": 1.0},
)


def at(stage, done=0, total=1, length=60.0, since=100.0):
    return Progress(stage=stage, done=done, total=total, length=length, since=since)


def test_what_is_left_is_the_rest_of_this_stage_and_all_later_ones():
    left = seconds_left(RATES, at("turns"), 101.0, warm=True)

    assert left == pytest.approx(60 * (0.05 + 0.1 + 0.2 + 0.01 + 0.02) - 1.0)
    assert seconds_left(RATES, at("turns"), 101.0, warm=False) == pytest.approx(left + 1.0), "the model is loaded later"


def test_in_the_second_half_of_a_stage_its_own_pace_counts():
    slow = seconds_left(RATES, at("model", 10, 20), 130.0, warm=True)

    assert slow == pytest.approx(30.0 + 60 * 0.03)


@pytest.mark.parametrize(
    ("rates", "progress"),
    [
        (StageRates(), at("turns")),
        (RATES, at("turns", length=None)),
        (RATES, at("A stage of another command")),
        (StageRates({"decode": 0.1}), at("features")),
    ],
)
def test_nothing_is_told_where_nobody_can_know(rates, progress):
    assert seconds_left(rates, progress, 101.0, warm=True) is None


def test_the_first_take_tells_by_its_own_pace_once_the_model_is_at_work():
    assert seconds_left(StageRates(), at("model", 1, 20), 101.0, warm=False) is None
    assert seconds_left(StageRates(), at("model", 5, 20), 110.0, warm=False) == pytest.approx(30.0)


def test_it_is_never_below_nothing():
    late = seconds_left(RATES, at("turns", 0, 1), 1000.0, warm=True)

    assert late == pytest.approx(60 * 0.33)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1.0, "a few seconds left"),
        (4.2, "about 5 s left"),
        (22.0, "about 20 s left"),
        (89.0, "about 90 s left"),
        (150.0, "about 2 min left"),
        (7620.0, "about 2 h left"),
    ],
)
def test_time_is_told_in_round_words(seconds, words):
    assert left_in_words(seconds) == words


def test_what_a_take_shows_is_remembered_for_its_engine_alone(tmp_path):
    file = tmp_path / "deep" / "rates.json"
    first = StageRates().with_take({"start": 4.0, "model": 30.0, "Odd": 5.0}, 60.0, warm=False)
    remember_rates(file, "colocated", first)
    remember_rates(file, "dualtalk", StageRates({"model": 0.1}))

    found = read_rates(file, "colocated")

    assert (dict(found.rates), dict(found.once)) == ({"model": 0.5}, {"start": 4.0})
    assert dict(read_rates(file, "dualtalk").rates) == {"model": 0.1}
    assert read_rates(file, "another") == StageRates()


def test_the_latest_take_counts_half_and_a_warm_one_says_nothing_of_starting():
    after = RATES.with_take({"start": 0.0, "load": 0.0, "model": 24.0}, 60.0, warm=True)

    assert after.once == RATES.once
    assert after.rates["model"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"colocated": 3}', '{"colocated": {"rates": {"model": "x"}, "once": {}}}']
)
def test_a_file_that_is_none_is_as_none_at_all(tmp_path, content):
    file = tmp_path / "rates.json"
    file.write_text(content)

    assert read_rates(file, "colocated") == StageRates()
    remember_rates(file, "colocated", RATES)
    assert json.loads(file.read_text())["colocated"]["once"]["start"] == 3.0
