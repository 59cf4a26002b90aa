"""What measures are called, in the report and in its documentation."""

import math
from pathlib import Path

import pytest

from lab.evaluation.report import COLOCATED_MEASURES, PERFORMANCE_MEASURES

PAGE = Path(__file__).parents[2] / "docs" / "developers" / "evaluator.md"


@pytest.mark.parametrize("measure", PERFORMANCE_MEASURES.values(), ids=PERFORMANCE_MEASURES)
def test_every_measure_is_explained_where_people_look(measure):
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {measure.title} |")]

    assert len(rows) == 1
    for bound in (measure.low, measure.high):
        assert math.isinf(bound) or f"{bound * measure.scale:g}".replace("-", "−") in rows[0].replace("-", "−")


def test_verdicts_know_what_was_not_measured_and_what_is_not_asked():
    assert PERFORMANCE_MEASURES["lag"].verdict(0.02) is True
    assert PERFORMANCE_MEASURES["lag"].verdict(-0.021) is False
    assert PERFORMANCE_MEASURES["lag"].verdict(math.nan) is None
    assert PERFORMANCE_MEASURES["nods"].verdict(3.0) is None


def test_numbers_are_told_in_their_unit():
    assert PERFORMANCE_MEASURES["bilabials_closed"].text(0.921) == "92 %"
    assert PERFORMANCE_MEASURES["bilabials_closed"].target == "≥ 92 %"
    assert PERFORMANCE_MEASURES["lag"].text(-0.0123) == "-12.30 ms"
    assert PERFORMANCE_MEASURES["lag"].target == "-20 to 20 ms"
    assert PERFORMANCE_MEASURES["lag"].text(math.nan) == "–"


@pytest.mark.parametrize("measure", COLOCATED_MEASURES.values(), ids=COLOCATED_MEASURES)
def test_every_target_of_two_people_in_one_room_is_a_range(measure):
    assert measure.is_bounded
    assert measure.low < measure.high
