"""Subtitles, meeting transcripts and screenplays: times are not words, and names are people."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from backend.words.transcript_formats import named_lines
from backend.words.transcripts import by_person, read_transcripts
from tests.support.refusals import refused

NAMES = ("Anna", "Ben")
SAID = (["Hello", "there", "Bye", "then"], ["Hi"])

TEXTS = {
    "srt": "1\n00:00:01,000 --> 00:00:03,000\nAnna: Hello there.\n\n2\n00:00:03,200 --> 00:00:04,000\nBen: Hi.\n\n"
    "3\n00:00:05,000 --> 00:00:06,000\nAnna: Bye then.\n",
    "vtt": "WEBVTT\nKind: captions\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\ncue-1\n"
    "00:01.000 --> 00:03.000 align:start\n<v Anna>Hello there.</v>\n\n00:03.200 --> 00:04.000\n<v Ben>Hi.\n\n"
    "00:05.000 --> 00:06.000\n<v.loud Anna Smith>Bye then.</v>\n",
    "sbv": "0:00:01.000,0:00:03.000\nAnna: Hello there.\n\n0:00:03.200,0:00:04.000\nBen: Hi.\n\n"
    "0:00:05.000,0:00:06.000\nAnna: Bye then.\n",
    "ass": "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, "
    "Effect, Text\nDialogue: 0,0:00:01.00,0:00:03.00,Default,Anna,0,0,0,,{\\i1}Hello\\Nthere.\n"
    "Comment: 0,0:00:03.00,0:00:03.00,Default,Anna,0,0,0,,not said\n"
    "Dialogue: 0,0:00:03.20,0:00:04.00,Default,Ben,0,0,0,,Hi.\n"
    "Dialogue: 0,0:00:05.00,0:00:06.00,Default,Anna,0,0,0,,Bye, then.\n",
    "time first": "00:01:02 Anna: Hello there.\n00:01:05 Ben: Hi.\n00:01:09 Anna: Bye then.\n",
    "tabs": "00:01:02\tAnna:\tHello there.\n00:01:05\tBen:\tHi.\n00:01:09\tAnna:\tBye then.\n",
    "time and name above": "[00:01:02] Anna\nHello there.\n\n[00:01:05] Ben\nHi.\n\n[00:01:09] Anna\nBye then.\n",
    "name and time above": "Anna Smith  0:01\nHello there.\n\nBen Jones  0:05\nHi.\n\nAnna Smith  1:02:09\nBye then.\n",
    "time between": "Anna (00:01): Hello there.\nBen (00:05): Hi.\nAnna (00:09): Bye then.\n",
    "bare times": "00:00:00\n\nAnna: Hello there.\nBen: Hi.\n\n00:05:00\n\nAnna: Bye then.\n",
    "screenplay": "INT. CAFÉ - DAY\n\nThey sit down. It rains.\n\nANNA\n(quietly)\nHello there.\n\nBEN (V.O.)\nHi.\n\n"
    "She stands up.\n\nANNA (CONT'D)\nBye then.\n\nCUT TO:\n",
}


def words(text):
    return re.findall(r"\w+", re.sub(r"\([^)]*\)", "", text or ""))


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_says_what_the_text_lets_them_say(kind, end):
    texts = by_person(TEXTS[kind].replace("\n", end), NAMES)

    assert tuple(words(text) for text in texts) == SAID


def test_subtitles_of_one_person_are_what_is_said():
    text = "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n\n2\n00:00:05,000 --> 00:00:06,000\n<i>Bye</i> then.\n"

    assert words(re.sub(r"<[^>]*>", "", by_person(text, NAMES))) == SAID[0]


@pytest.mark.parametrize(
    "text",
    ["At 10:30 he came.", "I said: no.\nAt 10:30 he came.", "NO!\nYes.", "We met at\n10:30 and left.", "OK\nthen"],
)
def test_ordinary_text_stays_as_it_is(text):
    assert named_lines(text) == text


@given(st.text())
def test_any_text_is_told(text):
    assert isinstance(named_lines(text), str)


@pytest.mark.parametrize(
    "text", ['{"results": [{"text": "hello"}]}', '[{"start": 1}]', '<?xml version="1.0"?><tt/>', "{\\rtf1\\ansi hello}"]
)
def test_a_kind_that_is_not_read_is_said(tmp_path, text):
    path = tmp_path / "said.txt"
    path.write_text(text)

    with refused(ExitCode.TRANSCRIPT_INVALID):
        read_transcripts((path, None), NAMES)
