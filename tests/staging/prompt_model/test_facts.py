"""What counts as said: surely enough, by whole words, denied or not, of one or of both."""

import pytest

from backend.staging.prompt.facts import SAID, evidence, facts_of, separate_evidence
from backend.staging.prompt.learned_reading import _contradictions
from backend.staging.prompt.lengths import place_of
from backend.staging.prompt.model.outputs import Output
from tests.support.made_probabilities import probabilities

TEXT = "Anna kneels, Ben waits behind the counter."


def facts(said, text=TEXT, **settings):
    return facts_of(text, probabilities(text, said, **settings))


@pytest.mark.parametrize(
    ("kind", "value", "who"), [("posture", "kneeling", 0), ("mood", "sad", 1), ("arrangement", "side_by_side", "scene")]
)
def test_what_is_as_probable_as_its_kind_needs_is_said(kind, value, who):
    assert [fact.value for fact in facts({(who, kind, value): ("kneels", SAID[kind] + 0.01)})] == [value]
    assert facts({(who, kind, value): ("kneels", SAID[kind] - 0.01)}) == ()


def test_of_values_that_share_their_probability_the_leading_one_is_said():
    lead = {(0, "posture", "kneeling"): ("kneels", 0.35), (0, "posture", "crouching"): ("kneels", 0.2)}
    close = {(0, "posture", "kneeling"): ("kneels", 0.3), (0, "posture", "crouching"): ("kneels", 0.29)}

    assert [fact.value for fact in facts(lead)] == ["kneeling"]
    assert facts(close) == ()


def test_a_fact_has_its_words_and_where_they_stand():
    (fact,) = facts({(1, "posture", "standing"): ("waits behind the counter", 0.8)})

    assert (fact.people, fact.words, fact.denied) == ((1,), "waits behind the counter", False)
    assert TEXT[slice(*fact.place)] == fact.words


def test_the_piece_of_a_word_stands_for_the_whole_word():
    text = "Anna doesn't kneel"
    made = probabilities(text, {(0, "posture", "kneeling"): ("neel", 0.9)}, spans=((0, 4), (5, 9), (13, 14), (14, 18)))

    start, end = evidence(text, made, Output(0, "posture", "kneeling"))

    assert text[start:end] == "kneel"


@pytest.mark.parametrize(("words", "denied"), [("not angry", True), ("Ben waits", False)])
def test_only_a_denial_by_the_same_words_denies(words, denied):
    text = "Anna is not angry, Ben waits"
    said = {(0, "mood", "angry"): ("angry", 0.9), (0, "denied", "mood"): (words, 0.9)}

    assert [fact.denied for fact in facts(said, text)] == [denied]


def test_an_improbable_denial_denies_nothing():
    said = {(0, "posture", "kneeling"): ("kneels", 0.9), (0, "denied", "posture"): ("kneels", SAID["denied"] - 0.01)}

    assert [fact.denied for fact in facts(said)] == [False]


def test_the_same_words_about_each_are_one_fact_about_both():
    same = {(0, "mood", "sad"): ("waits", 0.9), (1, "mood", "sad"): ("waits", 0.6)}
    apart = {(0, "mood", "sad"): ("kneels", 0.9), (1, "mood", "sad"): ("waits", 0.6)}

    assert [(fact.people, fact.probability) for fact in facts(same)] == [((0, 1), 0.6)]
    assert [fact.people for fact in facts(apart)] == [(0,), (1,)]


def test_a_place_of_one_holds_of_the_other_there_where_that_is_likely():
    said = {(1, "posture", "standing"): ("counter", 0.9), ("scene", "implied", "said"): ("counter", 0.9)}
    likely = said | {(0, "posture", "standing"): ("counter", 0.2)}
    occupied = likely | {(0, "posture", "kneeling"): ("kneels", 0.9)}

    assert [fact.people for fact in facts(said)] == [(1,)]
    assert [(fact.people, fact.implied) for fact in facts(likely)] == [((0, 1), True)]
    assert [(fact.value, fact.people) for fact in facts(occupied)] == [("kneeling", (0,)), ("standing", (1,))]


def test_distances_and_rises_have_metres_as_the_classes_have_them():
    (distance,) = facts({("scene", "distance", "said"): ("behind", 0.9)}, distance=2.0)
    (rise,) = facts({("scene", "height", "higher_1"): ("behind", 0.9)}, rise=1.9)

    assert distance.value == pytest.approx(2.0, rel=0.2)
    assert (rise.value, rise.metres) == ("higher_1", 0.8)


def test_two_places_of_evidence_come_in_the_order_of_the_text():
    output = ("scene", "contradiction", "said")
    made = probabilities(TEXT, {output: ("kneels", 0.9)})
    made.pieces[-1] = made.pieces[1] * 0.9

    places = separate_evidence(TEXT, made, Output(*output), 3)

    assert [TEXT[slice(*place)] for place in places] == ["kneels", "counter"]


def test_a_contradiction_is_told_with_both_clauses():
    made = probabilities(TEXT, {("scene", "contradiction", "said"): ("kneels", 0.9)})
    made.pieces[-1] = made.pieces[1]

    (warning,) = _contradictions(TEXT, made, SAID["contradiction"])

    assert "“Anna kneels”" in warning
    assert "“Ben waits behind the counter”" in warning


def test_a_contradiction_in_one_place_is_told_with_its_words():
    made = probabilities(TEXT, {("scene", "contradiction", "said"): ("kneels", 0.9)})

    (warning,) = _contradictions(TEXT, made, SAID["contradiction"])

    assert "“kneels”" in warning


def test_an_improbable_contradiction_is_not_told():
    made = probabilities(TEXT, {("scene", "contradiction", "said"): ("kneels", SAID["contradiction"] - 0.01)})

    assert _contradictions(TEXT, made, SAID["contradiction"]) == ()


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("They are 2.5 m apart", "2.5 m", "2.5 m"),
        ("Two-Metres away", "two metres", "Two-Metres"),
        ("x", "y", None),
        ("x", "", None),
    ],
)
def test_a_phrase_is_found_with_other_signs_between_its_words(text, phrase, found):
    place = place_of(text, phrase)

    assert (None if place is None else text[slice(*place)]) == found
