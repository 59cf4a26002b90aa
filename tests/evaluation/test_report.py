"""The one writer of reports: JSON that any reader takes, and files that are whole or absent."""

import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from lab.evaluation.report import as_json, short, write_report
from lab.simulation.tables import Range
from tests.support.refusals import refused

numbers = st.recursive(
    st.floats() | st.integers() | st.booleans() | st.text() | st.none() | st.floats(width=32).map(np.float32),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=20,
)


@given(numbers)
def test_whatever_was_measured_is_plain_json(value):
    text = json.dumps(as_json(value), allow_nan=False)

    assert json.loads(text) == as_json(value)


def test_what_could_not_be_measured_is_null(tmp_path):
    write_report(tmp_path / "a.json", {"lag": math.nan, "peaks": (np.float32(0.5), -math.inf)})

    assert json.loads((tmp_path / "a.json").read_text()) == {"lag": None, "peaks": [0.5, None]}


def test_page_and_numbers_are_both_written_or_neither(tmp_path):
    (tmp_path / "a.json").mkdir()

    with refused(ExitCode.OUTPUT_NOT_WRITABLE):
        write_report(tmp_path / "a.json", {}, tmp_path / "a.html", "text")
    assert not (tmp_path / "a.html").exists()


def test_a_range_without_bounds_gives_no_verdict_and_nan_neither():
    assert Range(0.0, math.inf).verdict(1e9) is True
    assert Range(-math.inf, 0.0).verdict(1.0) is False
    assert Range(-math.inf, math.inf).verdict(1.0) is None
    assert Range(0.0, 1.0).verdict(math.nan) is None
    assert not Range(0.0, 1.0).allows(math.nan)
    assert short(math.nan) == "–"
