"""Names sound as they are spelled; the consonants that shut the lips are never wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.words.letter_to_sound import letter_to_sound

LIP_CONSONANTS = {"P", "B", "M", "F", "V"}


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("zaphod", "Z AE F AA D"),
        ("blender", "B L EH N D ER"),
        ("knight", "N AY T"),
        ("lucy", "L AH S IY"),
        ("my", "M AY"),
        ("thumb", "TH AH M"),
        ("queen", "K W IY N"),
        ("mixture", "M IH K S CH ER"),
    ],
)
def test_a_word_sounds_as_it_is_spelled(word, phones):
    assert " ".join(letter_to_sound(word)) == phones


@pytest.mark.parametrize(
    ("word", "lips"), [("philomena", "F M"), ("bombay", "B M B"), ("vampire", "V M P"), ("psyche", ""), ("effie", "F")]
)
def test_lips_shut_where_the_letters_say(word, lips):
    assert [phone for phone in letter_to_sound(word) if phone in LIP_CONSONANTS] == lips.split()


@given(st.text())
def test_any_text_is_read_to_its_end(word):
    assert all(phone.isupper() for phone in letter_to_sound(word))
