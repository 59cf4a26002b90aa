"""The diarisation error rate on cases that can be counted by hand."""

import pytest

from backend.contract.segments import Segment, SpeakerSegments
from lab.evaluation.measures.diarisation_error import diarisation_error


def said(*segments):
    return SpeakerSegments(("a", "b"), tuple(Segment(*segment) for segment in segments))


REFERENCE = said((0.0, 4.0, "a"), (5.0, 9.0, "b"))


@pytest.mark.parametrize(
    ("guess", "missed", "false_alarm", "confusion"),
    [
        (REFERENCE, 0.0, 0.0, 0.0),
        (said((0.0, 4.0, "b"), (5.0, 9.0, "a")), 0.0, 0.0, 0.0),  # names do not matter
        (said((0.0, 3.0, "a"), (5.0, 9.0, "b")), 1.0, 0.0, 0.0),
        (said((0.0, 4.5, "a"), (5.0, 9.0, "b")), 0.0, 0.5, 0.0),
        (said((0.0, 4.0, "a"), (5.0, 6.0, "a"), (6.0, 9.0, "b")), 0.0, 0.0, 1.0),
        (said((0.0, 6.0, "a"), (5.0, 9.0, "b")), 0.0, 2.0, 0.0),  # alone from 4 to 5, beside the other from 5 to 6
        (said(), 8.0, 0.0, 0.0),
    ],
)
def test_every_kind_of_error_is_counted_in_seconds(guess, missed, false_alarm, confusion):
    error = diarisation_error(guess, REFERENCE, 10.0, collar=0.0)

    assert (error.missed, error.false_alarm, error.confusion) == pytest.approx((missed, false_alarm, confusion))
    assert error.rate == pytest.approx((missed + false_alarm + confusion) / 8.0)


def test_both_speaking_counts_twice():
    error = diarisation_error(said((0.0, 2.0, "a")), said((0.0, 2.0, "a"), (0.0, 2.0, "b")), 2.0, collar=0.0)

    assert (error.speech, error.missed, error.rate) == pytest.approx((4.0, 2.0, 0.5))


def test_a_collar_forgives_what_is_near_a_boundary():
    guess = said((0.0, 4.2, "a"), (5.3, 9.0, "b"))

    error = diarisation_error(guess, REFERENCE, 10.0)

    assert error.speech == pytest.approx(3.75 - 0.25 + 3.5)  # 0.25 to 3.75 and 5.25 to 8.75
    assert error.rate == pytest.approx(0.05 / 7.0)


def test_nothing_said_has_no_error_unless_something_was_heard():
    assert diarisation_error(said(), said(), 10.0).rate == 0.0
    assert diarisation_error(said((1.0, 2.0, "a")), said(), 10.0).rate == float("inf")
