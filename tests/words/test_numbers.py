"""Numbers are read as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.words.spoken_words import number_readings


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "zero"),
        ("42", "forty two"),
        ("101", "one hundred one"),
        ("1,500", "one thousand five hundred"),
        ("2,000,016", "two million sixteen"),
        ("3.14", "three point one four"),
        ("1st", "first"),
        ("12th", "twelfth"),
        ("20th", "twentieth"),
        ("23rd", "twenty third"),
        ("80s", "eighties"),
        ("99999999999999", " ".join(["nine"] * 14)),
    ],
)
def test_a_number_has_one_reading(written, said):
    assert [" ".join(reading) for reading in number_readings(written)] == [said]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1984", "nineteen eighty four"),
        ("1906", "nineteen oh six"),
        ("1900", "nineteen hundred"),
        ("2005", "two thousand five"),
        ("2015", "twenty fifteen"),
        ("1980s", "nineteen eighties"),
        ("007", "oh oh seven"),
    ],
)
def test_a_year_or_a_code_may_be_read_in_its_own_way(written, said):
    assert said in [" ".join(reading) for reading in number_readings(written)]


@pytest.mark.parametrize("written", ["", "x", "1e5", "-", "1,2,3", "9" * 5000])
def test_what_is_no_number_has_no_reading(written):
    assert number_readings(written) == ()


@given(st.integers(0, 10**12 - 1))
def test_every_number_is_words(value):
    for reading in number_readings(str(value)):
        assert reading
        assert all(word.isalpha() for word in reading)
