"""Flags as data: a command line and a request say the same."""

import argparse
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.command_flags import (
    Flag,
    RefusingParser,
    add_flags,
    audio_kind,
    transcript_files,
    with_changes,
    words_of,
)
from backend.contract.errors import ExitCode
from tests.support.refusals import refused

FLAGS = (
    Flag("file"),
    Flag("--faces", required=True),
    Flag("--seed", type=int, default=0),
    Flag("--again", switch=True),
    Flag("--keep-person", repeated=True),
    Flag("--names", nargs=2),
)
TEXTS = st.text(string.printable + "äöü“–", max_size=12)
NAMES = st.text(string.ascii_letters, min_size=1, max_size=5)


def parser_of(flags):
    parser = RefusingParser(add_help=False, allow_abbrev=False)
    add_flags(parser, flags)
    return parser


@given(
    st.fixed_dictionaries(
        {"file": TEXTS, "faces": TEXTS, "seed": st.integers(), "again": st.booleans()},
        optional={"keep_person": st.lists(TEXTS, max_size=3), "names": st.lists(NAMES, min_size=2, max_size=2)},
    )
)
def test_what_a_request_says_is_what_the_command_gets(arguments):
    parsed = parser_of(FLAGS).parse_args(words_of(FLAGS, arguments))

    assert vars(parsed) == {"keep_person": [], "names": None} | arguments


def test_a_key_that_no_flag_has_is_refused():
    with refused(ExitCode.BAD_REQUEST, "colour"):
        words_of(FLAGS, {"file": "f", "colour": "red"})


def test_a_command_line_that_does_not_fit_raises_instead_of_ending_the_program():
    with refused(ExitCode.BAD_REQUEST):
        parser_of(FLAGS).parse_args(["f", "--faces=x", "--seed", "many"])


def test_a_change_replaces_fields_of_one_flag_and_leaves_the_others():
    changed = with_changes(FLAGS, {"--seed": {"default": 7}})

    assert changed[2].default == 7
    assert [flag.name for flag in changed] == [flag.name for flag in FLAGS]
    assert changed[:2] == FLAGS[:2]
    with pytest.raises(KeyError):
        with_changes(FLAGS, {"--no-such": {}})


def test_help_of_every_flag_can_be_printed():
    parser = argparse.ArgumentParser()
    add_flags(parser, FLAGS)

    assert "--keep-person" in parser.format_help()


@pytest.mark.parametrize(
    ("given", "kind", "files"),
    [
        (("a", "b", None, None), "tracks", ("a", "b")),
        ((None, "b", None, None), "tracks", (None, "b")),
        ((None, None, "s", None), "stereo", ("s",)),
        ((None, None, None, "m"), "mix", ("m",)),
    ],
)
def test_the_kind_of_audio_is_the_one_that_is_given(given, kind, files):
    paths = [None if name is None else Path(name) for name in given]

    assert audio_kind(*paths) == (kind, tuple(None if name is None else Path(name) for name in files))


@pytest.mark.parametrize("given", [(None,) * 4, ("a", None, "s", None), (None, None, "s", "m"), ("a", "b", "s", "m")])
def test_no_audio_and_two_kinds_of_it_are_refused(given):
    with refused(ExitCode.BAD_REQUEST):
        audio_kind(*(None if name is None else Path(name) for name in given))


def test_transcripts_are_absolute_and_nobodys_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert transcript_files(None) is None
    assert transcript_files(["-", "b.txt"]) == (None, str(tmp_path / "b.txt"))
    assert transcript_files(["both.txt"]) == (str(tmp_path / "both.txt"), None)
    with refused(ExitCode.BAD_REQUEST):
        transcript_files(["a", "b", "c"])
