"""Kokoro's symbols as the phones that the lips know."""

import shutil
from itertools import pairwise

import pytest

from backend.animation.phones import VOWELS, viseme_of
from lab.simulation.speech.ipa import ALPHABET, SYMBOLS, phones_of, symbols_of, tokens_of

MARKS = set(" ;:,.!?—…ˈˌː")

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def named(symbols):
    """The names of the phones of `symbols`, a frame a token."""
    return [name for _, _, name in phones_of(symbols, [1] * (len(symbols) + 2), 0.025)]


def test_every_symbol_is_a_phone_that_lips_know_or_a_mark():
    spoken = set(ALPHABET.tokens) - MARKS

    assert spoken == set(ALPHABET.phones)
    assert all(name in VOWELS or viseme_of(name) > 0 for name in ALPHABET.phones.values())


@pytest.mark.parametrize(
    ("symbols", "names"),
    [
        ("bˈɑb", ["pau", "b", "aa", "b", "pau"]),
        ("jˈɛs, nˈO", ["pau", "y", "eh", "s", "pau", "n", "ow", "pau"]),
        ("bˈɜɹd", ["pau", "b", "er", "d", "pau"]),
        ("mˈʌðəɹ bˈɔt", ["pau", "m", "ah", "dh", "er", "b", "ao", "t", "pau"]),
        ("əɹˈWnd", ["pau", "ax", "r", "aw", "n", "d", "pau"]),
        ("fˈɔɹTi", ["pau", "f", "ao", "r", "d", "iy", "pau"]),
        ("biː ðˈɛː", ["pau", "b", "iy", "dh", "eh", "pau"]),
        ("ʧˈIʤ", ["pau", "ch", "ay", "jh", "pau"]),
        ("həlˈQ", ["pau", "hh", "ax", "l", "ow", "pau"]),
        ("tˈAbᵊl", ["pau", "t", "ey", "b", "ax", "l", "pau"]),
        ("mm", ["pau", "m", "m", "pau"]),
    ],
)
def test_marks_belong_to_their_neighbours(symbols, names):
    assert named(symbols) == names


def test_phones_follow_each_other_without_gaps_and_last_as_long_as_their_tokens():
    frames = [10, 2, 1, 3, 2, 1, 4]  # padding, b, ˈ, iː as two, blank, p, padding

    phones = phones_of("bˈiːp", frames, 0.025)

    assert [name for *_, name in phones] == ["pau", "b", "iy", "p", "pau"]
    assert [round((end - start) / 0.025, 3) for start, end, _ in phones] == [10, 2.5, 5.5, 1, 4]
    assert all(first[1] == second[0] for first, second in pairwise(phones))


def test_a_blank_and_a_stress_mark_after_it_lengthen_the_phone_after_them():
    assert lengths("ə ˈbi") == [("pau", 1), ("ax", 1), ("b", 3), ("iy", 1), ("pau", 1)]


def test_a_stress_mark_within_a_word_is_shared():
    assert lengths("bˈi") == [("pau", 1), ("b", 1.5), ("iy", 1.5), ("pau", 1)]


def lengths(symbols):
    """The names of the phones of `symbols` and their frames, where every token lasts one."""
    phones = phones_of(symbols, [1] * (len(symbols) + 2), 0.025)
    return [(name, round((end - start) / 0.025, 3)) for start, end, name in phones]


def test_phones_in_brackets_are_spoken_as_they_are():
    symbols = symbols_of("[m hh ah m]", "en-us")

    assert named(symbols) == ["pau", "m", "hh", "ah", "m", "pau"]
    assert all(name in ALPHABET.tokens for name in SYMBOLS.values() if len(name) == 1)


@needs_espeak
@pytest.mark.parametrize("accent", ["en-us", "en-gb"])
def test_words_become_symbols_that_the_model_has(accent):
    symbols = symbols_of("Bob put five plums on the chair, didn't he? Yeah, around three.", accent)

    names = named(symbols)

    assert len(tokens_of(symbols)) == len(symbols)
    assert names[1:4] == ["b", "aa", "b"]
    assert names.count("pau") == 5
    assert "ch" in names
