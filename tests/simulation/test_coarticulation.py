"""What viseme artists insist on holds however phones follow each other and however people speak."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.animation.coarticulation import GRID_RATE, MouthCurves, emphasis_of, mouth_curves
from backend.animation.phones import BILABIALS, LABIODENTALS, SIBILANTS, VOWELS
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from lab.simulation.script.script import Line
from lab.simulation.script.timeline import Utterance

CONSONANTS = ("p", "b", "m", "f", "v", "s", "z", "sh", "ch", "t", "d", "n", "l", "k", "r", "w", "th")
STYLES = st.floats(0.6, 1.4)


def _said(*phones: str, each: float = 0.08) -> tuple[tuple[float, float, str], ...]:
    return tuple((0.5 + index * each, 0.5 + (index + 1) * each, name) for index, name in enumerate(phones))


def _mouth(phones: tuple[tuple[float, float, str], ...], articulation: float = 1.0) -> MouthCurves:
    return mouth_curves(phones, 0.0, round((phones[-1][1] + 0.5) * GRID_RATE), articulation)


def _within(curve: np.ndarray, phone: tuple[float, float, str]) -> np.ndarray:
    return curve[round(phone[0] * GRID_RATE) : round(phone[1] * GRID_RATE) + 1]


words = st.lists(
    st.tuples(st.sampled_from(CONSONANTS + tuple(sorted(VOWELS))), st.floats(0.03, 0.25)), min_size=1, max_size=12
)


@given(words, STYLES, st.floats(0, 1 / FRAME_RATE))
def test_lips_are_shut_on_a_frame_of_every_bilabial_in_every_style(word, style, shift):
    clock, phones = 0.5 + shift, []
    for name, seconds in word:
        phones.append((clock, clock + seconds, name))
        clock += seconds

    mouth = _mouth(tuple(phones), style)

    at_frames = mouth.closure[:: GRID_RATE // FRAME_RATE]
    for start, end, name in phones:
        if name in BILABIALS:
            first, last = int((start - 0.04) * FRAME_RATE), int((end + 0.04) * FRAME_RATE) + 1
            assert at_frames[first : last + 1].max() > 0.97


@given(words, STYLES)
def test_the_lower_lip_meets_the_teeth_on_every_labiodental(word, style):
    names = [name for name, _ in word]
    phones = _said(*names)

    mouth = _mouth(phones, style)

    for phone in phones:
        if phone[2] in LABIODENTALS:
            assert _within(mouth.curves["gap"], phone).min() < 1.0
            assert _within(mouth.curves["tuck"], phone).max() > 0.6


@pytest.mark.parametrize("sibilant", sorted(SIBILANTS))
def test_sibilants_bring_the_jaw_up_between_the_widest_vowels(sibilant):
    phones = _said("aa", sibilant, "aa", each=0.1)

    jaw = _mouth(phones, 1.4).curves["jaw"]

    assert _within(jaw, phones[1]).min() < 0.06
    assert _within(jaw, phones[0]).max() > 0.2


@pytest.mark.parametrize("around", ["b", "m", "v"])
def test_the_shortest_vowel_between_closures_is_seen_to_open(around):
    phones = _said(around, "ah", around, each=0.045)

    gap = _mouth(phones).curves["gap"]

    assert _within(gap, phones[1]).max() > 3.0


def test_rounding_begins_before_its_vowel_and_ends_soon_after():
    phones = _said("t", "k", "uw", "t", "k", each=0.1)
    onset, end = phones[2][:2]

    pucker = _mouth(phones).curves["pucker"]

    before = pucker[round((onset - 0.08) * GRID_RATE)]
    after = pucker[round((end + 0.08) * GRID_RATE)]
    assert before > 0.15
    assert before > 1.5 * after


def test_openings_are_ordered_as_in_the_viseme_charts():
    def opening(vowel: str) -> float:
        phones = _said("k", vowel, "k", each=0.15)
        return float(_within(_mouth(phones).curves["gap"], phones[1]).max())

    opened = [opening(vowel) for vowel in ("uw", "iy", "ih", "ow", "eh", "ah", "aa")]

    assert opened == sorted(opened)
    assert opened[-1] > 4 * opened[0]


def test_mumbling_opens_less_than_speaking_and_over_articulation_more():
    phones = _said("k", "aa", "t", each=0.12)

    jaws = [_mouth(phones, style).curves["jaw"].max() for style in (0.6, 1.0, 1.4)]

    assert jaws[0] < 0.6 * jaws[1]
    assert jaws[2] > 1.4 * jaws[1]


def test_the_tongue_shows_on_its_phones_and_on_no_other():
    shown = {}
    for phone in ("th", "dh", "l", "n", "d", "t", "k", "s", "m"):
        phones = _said("ah", phone, "ah", each=0.1)
        shown[phone] = float(_within(_mouth(phones).curves["tongue"], phones[1]).max())

    assert min(shown[phone] for phone in ("th", "dh", "l", "n", "d", "t")) > 0.12
    assert max(shown[phone] for phone in ("k", "s", "m")) < 0.05


def test_a_vowel_said_louder_opens_wider():
    phones = _said("k", "aa", "k", "aa", each=0.2)
    samples = np.random.default_rng(0).normal(0, 0.02, round(1.4 * SAMPLE_RATE)).astype(np.float32)
    samples[round(1.1 * SAMPLE_RATE) :] *= 4
    utterance = Utterance(Line(0, "", "statement"), 0.0, phones, samples)

    emphasis = emphasis_of(utterance)
    gap = mouth_curves(phones, 0.0, 2 * GRID_RATE, 1.0, emphasis).curves["gap"]

    assert emphasis[0] == emphasis[2] == 1.0
    assert _within(gap, phones[3]).max() > 1.2 * _within(gap, phones[1]).max()


def test_silence_has_no_emphasis():
    utterance = Utterance(Line(0, "", "statement"), 0.0, _said("aa", "t"), np.zeros(SAMPLE_RATE, np.float32))

    assert emphasis_of(utterance) == (1.0, 1.0)
