"""Staging against its sentence: right places score near nothing, wrong ones are told in metres and degrees."""

import numpy as np
import pytest

from backend.staging import stage_prompt
from backend.staging.rotation import about_y
from lab.evaluation.measures.staging import staging_error

NAMES = ("Anna", "Ben")
PROMPT = "two strangers, two metres apart, side by side on a bench"


def _staged(prompt, frames=10):
    places = stage_prompt(prompt, NAMES).staging.places
    eyes = np.repeat(np.array([place.position for place in places])[:, None], frames, axis=1)
    trunk = np.stack([np.repeat(about_y(place.facing)[None], frames, axis=0) for place in places])
    return eyes, trunk


@pytest.mark.parametrize("prompt", ["", PROMPT, "across a café table", "standing far apart, Ben on the left"])
def test_the_places_of_the_sentence_have_no_error(prompt):
    found = staging_error(prompt, NAMES, *_staged(prompt))

    assert found.place_metres == pytest.approx((0, 0), abs=0.1)
    assert found.facing_degrees == pytest.approx((0, 0), abs=1e-6)
    assert found.sides
    assert found.distance_metres[0] == pytest.approx(found.distance_metres[1], abs=0.1)


def test_people_too_close_are_told_in_metres():
    eyes, trunk = _staged(PROMPT)

    found = staging_error(PROMPT, NAMES, eyes * (0.5, 1, 1), trunk)

    assert found.distance_metres == pytest.approx((2.0, 1.0), abs=0.01)
    assert found.place_metres == pytest.approx((0.5, 0.5), abs=0.01)


def test_a_turned_chair_is_told_in_degrees_whichever_way_round():
    eyes, trunk = _staged(PROMPT)

    found = staging_error(PROMPT, NAMES, eyes, np.stack([trunk[0] @ about_y(np.radians(170)), trunk[1]]))

    assert found.facing_degrees == pytest.approx((170, 0), abs=1e-3)


def test_swapped_sides_are_told():
    eyes, trunk = _staged(PROMPT)

    assert not staging_error(PROMPT, NAMES, eyes[::-1], trunk).sides


def test_somebody_who_leans_is_expected_further_forward():
    upright = staging_error("across a table", NAMES, *_staged("across a table"))
    leaning = staging_error("across a table, Anna leans in", NAMES, *_staged("across a table"))

    assert leaning.distance_metres[0] < upright.distance_metres[0] - 0.03


def test_words_nothing_follows_from_are_passed_on():
    assert any("zebra" in warning for warning in staging_error("a zebra", NAMES, *_staged("")).warnings)
