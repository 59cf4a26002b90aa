"""What a command line says about an earlier take."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.job import KeptTake
from backend.contract.keeping import kept_take_of, stretch_of
from tests.support.refusals import refused

NAMES = ("Anna", "Ben")


def test_people_and_stretches_are_told_apart():
    kept = kept_take_of("/first.npz", ["anna"], ["12-18.5", "1:02-2:00"], NAMES)

    assert kept == KeptTake("/first.npz", (0,), ((12.0, 18.5), (62.0, 120.0)))


def test_nothing_said_is_nothing_kept():
    assert kept_take_of(None, [], [], NAMES) is None


@pytest.mark.parametrize(
    ("take", "people", "stretches", "names"),
    [
        (None, ["Anna"], [], NAMES),
        (None, [], ["1-2"], NAMES),
        ("take.npz", [], [], NAMES),
        ("take.npz", ["Zoe"], [], NAMES),
        ("take.npz", ["Anna"], [], ("Anna", "Anna")),
        ("take.npz", [], ["twelve"], NAMES),
        ("take.npz", [], ["12"], NAMES),
        ("take.npz", [], ["-1-2"], NAMES),
        ("take.npz", [], ["1e9-2"], NAMES),
        ("take.npz", [], ["nan-2"], NAMES),
    ],
)
def test_words_that_say_nothing_clear_are_refused(take, people, stretches, names):
    with refused(ExitCode.BAD_REQUEST):
        kept_take_of(take, people, stretches, names)


@given(some.text(max_size=12))
def test_any_word_is_a_stretch_or_is_refused(word):
    try:
        start, end = stretch_of(word)
    except DuologueError:
        return

    assert start >= 0.0
    assert end >= 0.0
