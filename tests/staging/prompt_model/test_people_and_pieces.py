"""Who is called by which words, and how the pieces of a sentence are told so."""

import numpy as np
import pytest

from backend.staging.prompt.model.outputs import DISTANCE_EDGES, RISE_EDGES, median_of
from backend.staging.prompt.model.people import gender_of, marks_of, places_of
from backend.staging.prompt.model.tagging import pieces_in, tagged, words_calling
from backend.staging.sentence_encoder import tokenizer_of
from tests.support.made_probabilities import probabilities

WORDS = ("[UNK]", "[CLS]", "[SEP]", "anna", "ben", "sits", "she", "sees", "him")
TOKENIZER = tokenizer_of({word: row for row, word in enumerate(WORDS)})


def called_in(text, called):
    return [(text[mark.start : mark.end], mark.person) for mark in marks_of(text, called)]


@pytest.mark.parametrize(
    ("text", "called", "marks"),
    [
        ("Anna sees Ben.", ("Anna", "Ben"), [("Anna", 0), ("Ben", 1)]),
        ("ANNA sees Benno.", ("Anna", "Ben"), [("ANNA", 0)]),
        ("Anna sits; he sees her.", ("Anna", "Ben"), [("Anna", 0), ("he", 1), ("her", 0)]),
        ("Anna sees Eva; she sits.", ("Anna", "Eva"), [("Anna", 0), ("Eva", 1)]),
        ("Anna sits; he stands.", ("Anna", ""), [("Anna", 0)]),
        ("She sits, he stands.", ("She", "He"), [("She", 0), ("he", 1)]),
        ("Nothing at all.", ("", ""), []),
    ],
)
def test_names_and_pronouns_of_one_gender_call_a_person(text, called, marks):
    assert called_in(text, called) == marks


def test_a_noun_is_found_with_and_without_its_article():
    marks = called_in("The nurse waits. A nurse sits by Ben.", ("the nurse", "Ben"))

    assert [person for words, person in marks if "nurse" in words.lower()].count(0) >= 2
    assert marks[-1] == ("Ben", 1)


@pytest.mark.parametrize(
    ("words", "gender"),
    [("Anna", "she"), ("Ben", "he"), ("the old woman", "she"), ("his mother", "she"), ("him", "he"), ("Xq", None)],
)
def test_the_last_word_that_tells_a_gender_decides(words, gender):
    assert gender_of(words) == gender


def test_names_with_signs_of_patterns_are_found_as_they_stand():
    assert places_of("Dr. (X) sees dr. (x)", "Dr. (X)") == [(0, 7), (13, 20)]


@pytest.mark.parametrize(("start", "end", "pieces"), [(0, 4, [1]), (3, 6, [1, 2]), (4, 5, []), (0, 99, [1, 2])])
def test_pieces_in_part_within_characters_count_and_empty_ones_do_not(start, end, pieces):
    assert list(pieces_in(((0, 0), (0, 4), (5, 9), (0, 0)), start, end)) == pieces


def test_pieces_are_told_whom_they_call():
    (part,) = tagged("Anna sees Ben", ("Anna", "Ben"), TOKENIZER, None)

    assert part.tags.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0], [2, 0, 0], [0, 0, 0]]


def test_a_long_text_is_read_in_parts_that_leave_no_word_out():
    text = "Anna sees Ben. " * 70

    parts = tagged(text, ("Anna", "Ben"), TOKENIZER, None)

    assert len(parts) > 1
    assert max(len(part.ids) for part in parts) <= 64
    read = {span for part in parts for span in part.spans if span[1] > span[0]}
    assert set(places_of(text, "Ben")) <= read
    for part in parts:
        names = [(text[start:end], tag) for (start, end), tag in zip(part.spans, part.tags[:, 0], strict=True) if tag]
        assert set(names) <= {("Anna", 1), ("Ben", 2)}


def calling(text, said, names=("Anna", "Ben")):
    asked = []

    def read(called):
        asked.append(called)
        return probabilities(text, said)

    found = words_calling(text, names, read)
    assert all(called == ("", "") for called in asked)
    return found, len(asked)


def test_a_text_with_both_names_needs_no_reading():
    assert calling("Ben sees Anna", {}) == (("Anna", "Ben"), 0)


def test_part_of_a_name_calls():
    assert calling("Smith sees Anna", {}, ("Anna Lee", "Ben Smith"))[0] == ("Anna", "Smith")


def test_nobody_is_called_where_nothing_is_sure_to():
    said = {(0, "mention", "named"): ("somebody", 0.3)}

    assert calling("somebody waits", said)[0] == ("", "")


def test_nouns_go_to_the_speaker_of_their_gender_in_whatever_order():
    said = {(0, "mention", "named"): ("The man", 0.9), (1, "mention", "named"): ("the woman", 0.9)}

    assert calling("The man sees the woman", said)[0] == ("the woman", "The man")


def test_nouns_without_gender_go_in_the_order_of_the_text():
    said = {(0, "mention", "named"): ("The nurse", 0.9), (1, "mention", "named"): ("the patient", 0.9)}

    assert calling("The nurse sees the patient", said)[0] == ("The nurse", "the patient")


def test_who_has_no_name_in_the_text_gets_the_noun_that_fits():
    said = {(0, "mention", "named"): ("The father", 0.9), (1, "mention", "named"): ("Anna", 0.9)}

    assert calling("The father sees Anna", said)[0] == ("Anna", "The father")
    assert calling("The father sees Anna", said, ("Anna", "Eva"))[0] == ("Anna", "")


@pytest.mark.parametrize("edges", [DISTANCE_EDGES, RISE_EDGES])
def test_half_of_what_is_probable_lies_below_the_median(edges):
    classes = len(edges) - 1
    for place in range(classes):
        one = np.eye(classes)[place]
        assert edges[place] < median_of(one, edges) < edges[place + 1]
    assert median_of(np.ones(classes), edges) == pytest.approx(np.sqrt(edges[0] * edges[-1]))
    assert median_of(np.ones(classes) * 7.0, edges) == pytest.approx(median_of(np.ones(classes), edges))
