"""The staging as values: values can be corrected, and those that cannot be are refused by name."""

import json
from math import degrees

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from backend.staging.prompt import stage_prompt
from backend.staging.values import RANGES, checked_staging, staging_of_values, values_of
from tests.support.refusals import refused

PROMPT = "Anna looks down, Ben leans in, two metres apart"


def values_for(prompt=PROMPT):
    return json.loads(json.dumps(values_of(stage_prompt(prompt).staging).as_json()))


def test_values_are_told_in_an_artists_units():
    values = values_for()

    assert values["distance"] == 2.0
    anna, ben = values["people"]
    assert (anna["x"], anna["y"], anna["z"]) == (-1.0, 1.2, 0.0)
    assert anna["facing_degrees"] == pytest.approx(64.0)
    assert (anna["away_left_degrees"], anna["away_up_degrees"]) == (0, -30)
    assert ben["lean_degrees"] == 13.0
    assert ben["away_left_degrees"] is None
    assert (anna["mood"], anna["posture"]) == ("neutral", "seated")


@pytest.mark.parametrize("prompt", [PROMPT, "side by side, Ben is a child", "6 metres apart, Anna turns her back"])
def test_values_nobody_corrected_give_the_same_staging(prompt):
    meant = stage_prompt(prompt).staging

    again = staging_of_values(values_for(prompt))

    assert values_of(again) == values_of(meant)


def test_a_corrected_value_is_the_only_thing_that_changes():
    values = values_for()
    values["people"][0]["mood"] = "sad"
    values["people"][1]["facing_degrees"] = -40.0

    staging = staging_of_values(values)

    assert staging.places[0].mood == "sad"
    assert degrees(staging.places[1].facing) == pytest.approx(-40.0)
    assert staging.places[1].lean == pytest.approx(stage_prompt(PROMPT).staging.places[1].lean)


def test_a_corrected_distance_moves_both_alike():
    staging = staging_of_values(values_for() | {"distance": 1.0})

    assert [place.position[0] for place in staging.places] == pytest.approx([-0.5, 0.5])


def test_without_a_distance_the_positions_count():
    values = values_for() | {"distance": None}
    values["people"][0]["x"] = -2.0

    assert staging_of_values(values).distance == pytest.approx(3.0)


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("value", [1e9, -1e9, float("nan"), "far", None, True])
def test_a_value_that_cannot_be_is_refused_by_name(name, value):
    values = values_for()
    values["people"][0][name] = value

    with refused(ExitCode.BAD_REQUEST) as failure:
        staging_of_values(values)

    assert name in failure.value.message or "other half" in failure.value.message


@pytest.mark.parametrize(
    ("name", "value"), [("mood", "purple"), ("posture", "flying"), ("mood", 3), ("shoes", "red"), ("posture", None)]
)
def test_words_that_nobody_knows_are_refused_by_name(name, value):
    values = values_for()
    values["people"][1][name] = value

    with refused(ExitCode.BAD_REQUEST, name):
        staging_of_values(values)


@pytest.mark.parametrize(
    "values", [{}, {"people": []}, {"people": [1, 2], "arrangement": "x"}, values_for() | {"arrangement": 1}]
)
def test_values_that_are_none_are_refused(values):
    with refused(ExitCode.BAD_REQUEST):
        staging_of_values(values)


def test_two_people_cannot_be_in_one_place():
    values = values_for() | {"distance": None}
    values["people"][0]["x"] = values["people"][1]["x"]

    with refused(ExitCode.BAD_REQUEST):
        staging_of_values(values)


def test_a_requests_staging_is_taken_as_it_is():
    staging = stage_prompt(PROMPT).staging

    assert checked_staging(json.loads(json.dumps(staging.as_json()))) == staging


@pytest.mark.parametrize(
    "spoil",
    [
        lambda staging: staging["places"].pop(),
        lambda staging: staging["places"][0].update(mood="purple"),
        lambda staging: staging["places"][0].update(lean=9.0),
        lambda staging: staging["places"][0].update(position=[0.0, 1.0]),
        lambda staging: staging["places"][0].update(facing="left"),
        lambda staging: staging["places"][0].update(facing=float("inf")),
        lambda staging: staging["places"][0].update(shoes=1),
        lambda staging: staging["places"][0].pop("away"),
        lambda staging: staging.pop("arrangement"),
    ],
)
def test_a_requests_staging_that_is_off_is_refused(spoil):
    data = json.loads(json.dumps(stage_prompt(PROMPT).staging.as_json()))
    spoil(data)

    with refused(ExitCode.BAD_REQUEST):
        checked_staging(data)


wild = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["places", "position", "mood"]), inner),
    max_leaves=8,
)


@given(wild)
def test_whatever_else_a_request_holds_is_refused(data):
    with refused(ExitCode.BAD_REQUEST):
        checked_staging(data)
