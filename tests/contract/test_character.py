"""Characters' files: what is read, and the sentences for what is not."""

import json

import pytest

from backend.contract.character import HABITS, job_character, load_character
from backend.contract.errors import ExitCode
from tests.support.refusals import refused


def _written(tmp_path, **fields):
    path = tmp_path / "mira.json"
    path.write_text(json.dumps({"name": "Mira", **fields}), encoding="utf-8")
    return path


def test_fields_that_nobody_knows_are_carried(tmp_path):
    path = _written(tmp_path, tattoo={"where": "neck"}, skin={"freckles": 0.4})

    assert load_character(path)["tattoo"] == {"where": "neck"}


def test_the_worker_gets_name_identity_and_habits(tmp_path):
    path = _written(tmp_path, identity={"age": 1}, habits={"gaze": 0.8})

    character = job_character(load_character(path))

    assert (character.name, character.identity, character.habits) == ("Mira", {"age": 1.0}, {"gaze": 0.8})


@pytest.mark.parametrize("name", HABITS)
def test_habits_reach_from_their_lowest_to_their_highest_value(tmp_path, name):
    habit = HABITS[name]

    for value in (habit.low, habit.ordinary, habit.high):
        assert load_character(_written(tmp_path, habits={name: value}))["habits"] == {name: value}


@pytest.mark.parametrize(
    ("habits", "named"),
    [({"blinking": 3}, "blinking"), ({"blink_rate": 400}, "blink_rate"), ({"gaze": -1}, "gaze")],
)
def test_a_habit_that_nobody_has_or_that_is_out_of_range_is_named(tmp_path, habits, named):
    with refused(ExitCode.CHARACTER_INVALID, named) as caught:
        load_character(_written(tmp_path, habits=habits))

    assert "mira.json" in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"name": "A", "identity": 3}', '{"name": "A", "habits": {"gaze": "much"}}',
     '{"name": "A", "identity": {"age": NaN}}', '{"name": "A", "habits": {"gaze": null}}'],
)  # fmt: skip
def test_a_file_that_is_no_character_is_explained(tmp_path, text):
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")

    with refused(ExitCode.CHARACTER_INVALID, "broken.json"):
        load_character(path)
