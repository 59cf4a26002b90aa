"""Whatever is wrong with a transcript, its reader takes it or refuses it with a code of its own."""

import pytest

from backend.contract.errors import ExitCode
from backend.words.spoken_words import spoken_words
from backend.words.transcripts import read_transcripts
from tests.support.damage import Kind, check_damage, check_misplaced, each_damaged
from tests.support.damaged_files import damaged_json, damaged_text

SRT = (
    b"1\n00:00:01,000 --> 00:00:03,500\nAnna: How are you ?\n\n2\n00:00:04,000 --> 00:00:05,000\nBen: Fine, 21 times.\n"
)
VTT = (
    b"WEBVTT\n\n00:01.000 --> 00:03.500 line:0\n<v Anna>How <i>are</i> you ?\n\n00:04.000 --> 00:05.000\n<v Ben>Me ?\n"
)
SBV = b"0:00:01.000,0:00:03.500\nAnna: How are you ?\n\n0:00:04.000,0:00:05.000\nBen: Fine.\n"
TALK = b"Anna Smith 00:01\nHow are you ?\n\nBen 00:04\nFine, for \xc2\xa3 1,000,000.50 at 12:30 .\n"
PLAY = b"INT. ROOM - DAY\n\nANNA (V.O.)\nHow are you ?\n\nBEN\n(smiling)\nFine.\n"
JSON = b'{"segments": [{"start": 1.0, "end": 3.5, "text": "How are you ?", "words": [{"word": "How", "start": 1.0}]}]}'


def said(path):
    """Read, and made into words, which is what a job does with a text."""
    texts = read_transcripts((path, path), ("Anna", "Ben"))
    return [
        None if text is None else spoken_words(text, lambda word: (("AH", "N"),) if word == "fine" else ())
        for text in texts
    ]


KINDS = {
    name: Kind(lambda _, content=content: content, damage, said, {ExitCode.TRANSCRIPT_INVALID})
    for name, content, damage in (
        ("a.srt", SRT, damaged_text),
        ("a.vtt", VTT, damaged_text),
        ("a.sbv", SBV, damaged_text),
        ("talk.txt", TALK, damaged_text),
        ("play.txt", PLAY, damaged_text),
        ("a.json", JSON, damaged_json),
    )
}


@each_damaged(KINDS, 40)
def test_a_damaged_transcript_is_taken_or_refused_by_its_own_code(tmp_path, name, number):
    check_damage(KINDS[name], tmp_path / name, number)


@pytest.mark.parametrize("name", KINDS)
def test_where_no_file_can_be_read_a_code_of_its_own_says_so(tmp_path, name):
    check_misplaced(KINDS[name], tmp_path, name)
