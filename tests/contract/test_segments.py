"""Speaker segments and the curves they become."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backend.contract.errors import ExitCode
from backend.contract.segments import (
    Segment,
    SpeakerSegments,
    distinct_names,
    named_for,
    segments_of,
    speaking_curves,
    stretches,
    swapped,
    within_audio,
)
from tests.support.refusals import refused

PEOPLE = ("Anna", "Ben")


def said(*segments):
    return SpeakerSegments(PEOPLE, tuple(Segment(*segment) for segment in segments))


curves_of_yes_and_no = st.integers(1, 60).flatmap(lambda frames: arrays(bool, (2, frames)))


@given(curves_of_yes_and_no)
def test_curves_of_yes_and_no_survive_as_segments(speaking):
    back = speaking_curves(segments_of(speaking.astype(float), PEOPLE), speaking.shape[1])

    assert np.allclose(back, speaking, atol=1e-9)


times = st.floats(0.0, 10.0, allow_nan=False)


@given(st.lists(st.tuples(times, times, st.sampled_from(PEOPLE))))
def test_curves_hold_as_many_seconds_as_the_segments_cover(drawn):
    segments = said(*([*sorted((one, other)), who] for one, other, who in drawn if one != other))

    seconds = speaking_curves(segments, 250).sum(axis=1) / 25

    covered = [sum(end - start for start, end in stretches(segments, who)) for who in PEOPLE]
    assert np.allclose(seconds, covered, atol=1e-6)


def test_half_a_frame_is_half_a_probability():
    speaking = speaking_curves(said((0.06, 0.14, "Ben")), 5)

    assert np.allclose(speaking, [[0, 0, 0, 0, 0], [0, 0.5, 1, 0.5, 0]])


def test_both_may_speak_at_once():
    speaking = speaking_curves(said((0.0, 0.2, "Anna"), (0.04, 0.12, "Ben")), 5)

    assert speaking[:, 1:3].min() == pytest.approx(1.0)


def test_overlapping_segments_of_one_person_are_one():
    assert stretches(said((0.0, 1.0, "Anna"), (0.5, 0.7, "Anna"), (1.0, 2.0, "Anna")), "Anna") == [(0.0, 2.0)]


def test_swapped_twice_is_as_before():
    segments = said((0.0, 1.0, "Anna"), (0.5, 2.0, "Anna"), (0.5, 2.0, "Ben"))

    assert swapped(segments).segments[0].speaker == "Ben"
    assert swapped(swapped(segments)) == segments


@pytest.mark.parametrize(
    ("found", "first_is"),
    [
        (["speaker91", "speaker90"], "Anna"),  # strangers: in order
        (["Ben", "Anna"], "Ben"),  # known by name, whatever the order
        (["ben", "x"], "Ben"),
        (["x", "ANNA"], "Ben"),  # the stranger takes the place that is left
        (["anna"], "Anna"),
    ],
)
def test_speakers_are_the_characters_of_their_name_or_in_order(found, first_is):
    named = named_for(found, [Segment(0.0, 1.0, found[0])], PEOPLE, "a.rttm")

    assert named.speakers == PEOPLE
    assert named.segments[0].speaker == first_is


@pytest.mark.parametrize("found", [["a", "b", "c"], ["Anna", "Ben", "Narrator"], ["stranger"], []])
def test_anything_but_two_people_is_refused(found):
    with refused(ExitCode.SEGMENTS_INVALID, "a.rttm") as caught:
        named_for(found, [], PEOPLE, "a.rttm")

    assert all(name in caught.value.message for name in found)


def test_two_characters_of_one_name_are_told_apart():
    assert distinct_names(("Anna", "anna")) == ("Anna", "anna (2)")
    assert distinct_names(("", " ")) == ("First", "Second")


def test_segments_outside_the_audio_are_refused():
    with refused(ExitCode.SEGMENTS_INVALID):
        within_audio(said((0.0, 1.0, "Anna"), (3.0, 4.2, "Ben")), 4.0, "a.rttm")


def test_an_end_rounded_past_the_audio_ends_with_it():
    assert within_audio(said((3.0, 4.05, "Ben")), 4.0, "a.rttm") == said((3.0, 4.0, "Ben"))
