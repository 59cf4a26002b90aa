"""Transcript files: whose words they are, and files that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from backend.words.transcripts import LARGEST_BYTES, by_person, read_transcripts
from tests.support.refusals import refused

NAMES = ("Anna", "Ben")


@pytest.fixture
def write(tmp_path):
    def make(content, name="said.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def test_a_file_of_each_is_what_each_says(write):
    first, second = write("Hello there.", "a.txt"), write("Note: not now.", "b.txt")

    assert read_transcripts((first, second), NAMES) == ("Hello there.", "Note: not now.")


def test_one_person_alone_may_have_a_file(write):
    assert read_transcripts((None, write("Hello there.")), NAMES) == (None, "Hello there.")


SCRIPT = "ANNA: Hello!\n  How are you?\nben: Fine.\n\nAnna: Listen: it rains.\n"


@pytest.mark.parametrize("given_for", [(0,), (1,), (0, 1)])
def test_a_file_with_names_serves_both(write, given_for):
    path = write(SCRIPT)
    paths = tuple(path if person in given_for else None for person in (0, 1))

    assert read_transcripts(paths, NAMES) == ("Hello!\n  How are you?\nListen: it rains.", "Fine.")


def test_two_other_names_are_taken_in_their_order():
    text = "SPEAKER_01: Hello.\nSPEAKER_00: Hi.\nSPEAKER_01: Bye."

    assert by_person(text, NAMES) == ("Hello.\nBye.", "Hi.")


def test_one_known_name_tells_the_other(write):
    assert by_person("Tom: Hello.\nAnna: Hi.", NAMES) == ("Hi.", "Hello.")


def test_a_colon_alone_makes_no_speaker():
    text = "I said: no.\nAt 10:30 he came."

    assert by_person(text, NAMES) == text


def test_who_says_nothing_has_no_transcript():
    assert by_person("Anna: Hello.", NAMES) == ("Hello.", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts_of_usual_editors_are_read(write, encoding):
    assert read_transcripts((write("Café “yes”".encode(encoding)), None), NAMES) == ("Café “yes”", None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no words"),
        (b" \n\t\r\n ... !", "holds no words"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is no text"),
        (b"hello\x00there", "is no text"),
        (b"\xff\xfeh", "is no text"),
        (b"word " * (LARGEST_BYTES // 4), "is longer"),
    ],
)
def test_what_is_no_transcript_is_refused_with_the_reason(write, content, said):
    with refused(ExitCode.TRANSCRIPT_INVALID, said):
        read_transcripts((write(content), None), NAMES)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with refused(ExitCode.TRANSCRIPT_INVALID):
        read_transcripts((None, tmp_path / "none.txt"), NAMES)


def test_a_folder_is_refused(tmp_path):
    with refused(ExitCode.TRANSCRIPT_INVALID):
        read_transcripts((tmp_path, None), NAMES)


def test_one_file_for_both_must_name_them(write):
    path = write("Hello there.")

    with refused(ExitCode.TRANSCRIPT_INVALID):
        read_transcripts((path, path), NAMES)


@given(st.text())
def test_any_text_is_somebody_s(text):
    texts = by_person(text, NAMES)

    assert texts == text or (isinstance(texts, tuple) and len(texts) == 2)
