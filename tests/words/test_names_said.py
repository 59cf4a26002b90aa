"""When somebody says the other's name."""

import pytest

from backend.job.transcripts import KnownWords, frames_of_names
from backend.words.aligner import AlignedWord
from backend.words.forced_alignment import CheckedWord, TranscriptAlignment


def said(*words):
    """(text, start, sure) of each word, all in one piece of speech."""
    fitted = tuple(
        CheckedWord(AlignedWord(index, start, start + 0.3, (), -15.0), sure)
        for index, (_, start, sure) in enumerate(words)
    )
    return TranscriptAlignment((fitted,), (), len(words), len(words), tuple(text for text, _, _ in words))


BALCONY = said(("But", 11.0, True), ("balcony", 11.3, True), ("Anna", 12.84, True), ("Anna's", 14.0, True))


def test_a_name_is_found_where_it_surely_is_said_also_with_an_s():
    assert BALCONY.times_of("Anna") == (12.84, 14.0)
    assert BALCONY.times_of("Ann") == ()
    assert said(("Anna", 1.0, False)).times_of("Anna") == ()


@pytest.mark.parametrize("names", [("Anna", "Ben"), ("anna maria", "Ben")])
def test_each_one_says_the_others_first_name(names):
    known = KnownWords((said(("Ben", 2.0, True), ("Anna", 3.0, True)), BALCONY))

    assert frames_of_names(known, names) == ((50,), (321, 350))


def test_without_words_nobody_is_called():
    assert frames_of_names(None, ("Anna", "Ben")) == ((), ())
    assert frames_of_names(KnownWords((None, BALCONY)), ("", "Ben")) == ((), ())
