"""What measures are called, in the report and in its documentation."""

import math
from pathlib import Path

import pytest

from lab.evaluation.measure_table import BY_NAME, MEASURES

PAGE = Path(__file__).parents[2] / "docs" / "developers" / "evaluator.md"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_measure_is_explained_where_people_look(measure):
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {measure.title} |")]

    assert len(rows) == 1
    for bound in (measure.low, measure.high):
        assert bound is None or f"{bound * measure.scale:g}".replace("-", "−") in rows[0].replace("-", "−")


def test_verdicts_know_what_was_not_measured_and_what_is_not_asked():
    assert BY_NAME["lag"].met(0.02) is True
    assert BY_NAME["lag"].met(-0.021) is False
    assert BY_NAME["lag"].met(math.nan) is None
    assert BY_NAME["nods"].met(3.0) is None


def test_numbers_are_told_in_their_unit():
    assert BY_NAME["bilabials_closed"].told(0.921) == "92 %"
    assert BY_NAME["bilabials_closed"].target() == "≥ 92 %"
    assert BY_NAME["lag"].told(-0.0123) == "-12.30 ms"
    assert BY_NAME["lag"].target() == "-20 to 20 ms"
    assert BY_NAME["lag"].told(math.nan) == "–"
