"""When somebody says the other's name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.animation.moments import moments_of
from backend.job.transcripts import KnownWords, said_frames
from backend.prosody.phrases import Phrase
from backend.words.aligner import AlignedWord
from backend.words.forced_alignment import CheckedWord, TranscriptAlignment
from backend.words.spoken_words import first_name, question_words, spoken_words


def said(*words):
    """(text, start, sure) of each word, all in one piece of speech."""
    fitted = tuple(
        CheckedWord(AlignedWord(index, start, start + 0.3, (), -15.0), sure)
        for index, (_, start, sure) in enumerate(words)
    )
    return TranscriptAlignment((fitted,), (), len(words), len(words), tuple(text for text, _, _ in words))


BALCONY = said(("But", 11.0, True), ("balcony", 11.3, True), ("Anna", 12.84, True), ("Anna's", 14.0, True))


def test_a_name_is_found_where_it_surely_is_said_also_with_an_s():
    assert BALCONY.times_of_name("Anna") == (12.84, 14.0)
    assert BALCONY.times_of_name("Ann") == ()
    assert said(("Anna", 1.0, False)).times_of_name("Anna") == ()


@pytest.mark.parametrize("names", [("Anna", "Ben"), ("anna maria", "Ben")])
def test_each_one_says_the_others_first_name(names):
    known = KnownWords((said(("Ben", 2.0, True), ("Anna", 3.0, True)), BALCONY))

    assert said_frames(known, names).names == ((50,), (321, 350))


def written(text):
    """`text` surely said, a word a second, as the aligner has its words."""
    words = spoken_words(text, lambda _word: ())
    return said(*((word.text, float(second), True) for second, word in enumerate(words)))


@pytest.mark.parametrize(
    ("name", "text", "times"),
    [
        ("Will", "Yes I will, and Will knows.", (4,)),
        ("Mark", "They mark it. Mark it, Mark's here.", (3, 5)),
        ("May", "you may go, may", (1, 3)),
        ("May", "I think that you may.", (4,)),
        ("May", "I'm sure you may. So may I.", ()),
        ("WILL", "well WILL", (1,)),
        ("Dr. Smith", "Well Dr. Smith, Smith is it?", (2, 3)),
        ("dr smith", "Well Dr. Smith", (2,)),
        ("Dr.Smith", "Well, Smith", (1,)),
        ("The Doctor", "The one thing. Oh Doctor!", (4,)),
        ("Jean-Luc Picard", "So Jean-Luc, Jean came with Luc. Jean-Luc's", (1, 7)),
        ("Zoe\u0308", "Oh Zo\u00eb.", (1,)),
        ("Zo\u00eb", "Oh Zoe\u0308.", (1,)),
        ("D’Arcy", "Oh D'Arcy and D’Arcy’s.", (1, 3)),
        ("O'Brien", "Oh O’Brien", (1,)),
        ("Anna_01", "Oh Anna.", (1,)),
        ("J. Robert", "J is Robert.", (2,)),
        ("A", "A man said A.", ()),
        ("(the boss)", "The Boss", (1,)),
        ("7", "seven 7", ()),
    ],
)
def test_a_name_is_found_as_texts_write_it_and_no_word_beside_it(name, text, times):
    assert written(text).times_of_name(name) == times


@given(name=st.text(max_size=12))
def test_any_name_has_words_that_a_text_can_have(name):
    assert all(word and not any(sign.isspace() for sign in word) for word in first_name(name))
    assert len(written(name).times_of_name(name)) <= max(len(written(name).texts), 1)


def test_without_words_nobody_is_called():
    assert said_frames(None, ("Anna", "Ben")).names == ((), ())
    assert said_frames(KnownWords((None, BALCONY)), ("", "Ben")).names == ((), ())


@pytest.mark.parametrize(
    ("text", "last_words"),
    [
        ("Who does that?", ["that"]),
        ("Okay. You packed it first? Who does that? Wait.", ["first", "that"]),
        ("So (really?) no.", []),
        ("No question here.", []),
        ("?", []),
    ],
)
def test_a_question_ends_with_the_word_before_its_mark(text, last_words):
    words = spoken_words(text, lambda _word: ())

    assert [words[index].text for index in sorted(question_words(text, lambda _word: ()))] == last_words


def test_a_question_of_the_words_is_one_whatever_the_voice_does():
    asked = replace(said(("Who", 1.0, True), ("does", 1.3, True), ("that", 1.6, True)), questions=frozenset({2}))
    frames = said_frames(KnownWords((asked, None)), ("Anna", "Ben"))

    moments = moments_of(((Phrase(1.0, 2.0, (), -4.0), Phrase(3.0, 4.0)), ()), said=frames)

    assert [one.asks for one in moments.utterances[0]] == [True, False]
