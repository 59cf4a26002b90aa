"""What is written becomes what is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.words.spoken_words import MOST_READINGS, seems_english, spoken_words, unlisted

ENTRIES = {
    "hello": ("HH AH L OW", "HH EH L OW"),
    "i'm": ("AY M",),
    "mr.": ("M IH S T ER",),
    "anna": ("AE N AH",),
    "ill": ("IH L",),
    "disposed": ("D IH S P OW Z D",),
    "cafe": ("K AH F EY",),
    "and": ("AE N D",),
    "forty": ("F AO R T IY",),
    "two": ("T UW",),
    "percent": ("P ER S EH N T",),
    "x": ("EH K S",),
    "q": ("K Y UW",),
    "z": ("Z IY",),
}


def dictionary(word):
    return tuple(tuple(reading.split()) for reading in ENTRIES.get(word, ()))


def texts_of(text):
    return [word.text for word in spoken_words(text, dictionary)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hello, hello!", ["Hello", "hello"]),
        ("“ill-disposed”…", ["ill", "disposed"]),
        ("I’m Mr. Anna.", ["I'm", "Mr.", "Anna"]),
        ("[laughs] hello (quietly) *sighs* <i>hello</i>", ["hello", "hello"]),
        ("Hello.Hello", ["Hello", "Hello"]),
        ("Anna & Anna", ["Anna", "and", "Anna"]),
        (" \n— – … !?", []),
    ],
)
def test_punctuation_and_asides_are_not_said(written, said):
    assert texts_of(written) == said


def test_a_word_has_every_pronunciation_of_the_dictionary():
    (word,) = spoken_words("hello", dictionary)

    assert [" ".join(reading) for reading in word.readings] == list(ENTRIES["hello"])
    assert word.listed


def test_an_accent_does_not_hide_a_word():
    (word,) = spoken_words("Café", dictionary)

    assert word.listed


def test_a_possessive_of_a_known_name_is_known():
    (word,) = spoken_words("Anna's", dictionary)

    assert " ".join(word.readings[0]) == "AE N AH Z"
    assert word.listed


def test_a_number_is_one_word_with_what_is_said():
    (word,) = spoken_words("42%", dictionary)

    assert " ".join(word.readings[0]) == "F AO R T IY T UW P ER S EH N T"


def test_a_name_that_no_dictionary_knows_is_read_by_its_letters():
    words = spoken_words("Hello Zaphod", dictionary)

    assert unlisted(words) == ("Zaphod",)
    assert " ".join(words[1].readings[0]) == "Z AE F AA D"


def test_capitals_may_be_an_abbreviation():
    (word,) = spoken_words("XQZ", dictionary)

    assert " ".join(word.readings[0]) == "EH K S K Y UW Z IY"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("hello and hello and i'm disposed", True),
        ("hello Zaphod and Trillian and Marvin and ill Slartibartfast", True),
        ("gestern habe ich meine Mutter besucht und wir sind spazieren gegangen", False),
        ("я иду домой", False),
        ("我今天回家了", False),
    ],
)
def test_another_language_is_noticed(text, english):
    assert seems_english(text, spoken_words(text, dictionary)) is english


@given(st.text(max_size=200))
def test_any_text_becomes_words_that_can_be_said(text):
    words = spoken_words(text, dictionary)

    assert all(1 <= len(word.readings) <= MOST_READINGS and all(word.readings) for word in words)
    assert seems_english(text, words) in (True, False)
