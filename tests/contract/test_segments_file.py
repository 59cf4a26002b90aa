"""Speaker segments as JSON and RTTM files."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from backend.contract.segments import Segment, SpeakerSegments, in_order, name_key
from backend.contract.segments_file import read_segments, write_segments
from tests.support.refusals import refused

PEOPLE = ("Anna", "Ben")

names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
milliseconds = st.integers(0, 7_200_000)


@st.composite
def dialogues(draw, speakers=names):
    people = tuple(draw(st.lists(speakers, min_size=2, max_size=2, unique_by=name_key)))
    drawn = draw(st.lists(st.tuples(milliseconds, st.integers(1, 60_000), st.sampled_from(people)), max_size=20))
    return SpeakerSegments(
        people, in_order([Segment(start / 1000, (start + lasting) / 1000, who) for start, lasting, who in drawn])
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dialogues())
def test_json_gives_back_what_was_written(tmp_path, said):
    write_segments(tmp_path / "said.json", said)

    assert read_segments(tmp_path / "said.json", said.speakers) == said
    assert read_segments(tmp_path / "said.json") == said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dialogues())
def test_rttm_gives_back_what_was_written_to_the_millisecond(tmp_path, said):
    write_segments(tmp_path / "said.rttm", said)

    back = read_segments(tmp_path / "said.rttm", said.speakers)

    assert back.speakers == said.speakers
    for before, after in zip(said.segments, in_order(back.segments), strict=True):
        assert (after.start, after.end) == pytest.approx((before.start, before.end), abs=1e-3)


def test_rttm_as_other_programs_write_it(tmp_path):
    (tmp_path / "call.rttm").write_text(
        ";; a remark\n"
        "SPEAKER call 1 7.550 0.800 <NA> <NA> speaker91 <NA> <NA>\n"
        "NON-SPEECH call 1 1.000 0.800 noise <NA> <NA> <NA> <NA>\n"
        "SPEAKER call 1 6.690 0.430 <NA> <NA> speaker90 <NA>\n",
        encoding="utf-8",
    )

    said = read_segments(tmp_path / "call.rttm", PEOPLE)

    assert [part.speaker for part in said.segments] == ["Anna", "Ben"]  # by the first to speak, not the first line
    assert said.segments[1].end == pytest.approx(8.35)


def test_a_name_of_two_words_is_found_again_in_rttm(tmp_path):
    said = SpeakerSegments(("Old Tom", "Mia"), (Segment(0.0, 1.0, "Mia"), Segment(1.0, 2.0, "Old Tom")))
    write_segments(tmp_path / "a b.rttm", said)

    assert read_segments(tmp_path / "a b.rttm", ("Old Tom", "Mia")) == said
    assert "Old_Tom" in (tmp_path / "a b.rttm").read_text(encoding="utf-8")


def test_who_says_nothing_is_still_there(tmp_path):
    said = SpeakerSegments(PEOPLE, (Segment(0.0, 1.0, "Ben"),))
    for name in ("said.json", "said.rttm"):
        write_segments(tmp_path / name, said)

        assert read_segments(tmp_path / name) == said


def test_json_written_by_hand_needs_segments_alone(tmp_path):
    lines = [{"start": 0, "end": 1.5, "speaker": "Ben"}, {"start": 1, "end": 2, "speaker": "x"}]
    (tmp_path / "said.json").write_text(json.dumps({"segments": lines}), encoding="utf-8-sig")

    said = read_segments(tmp_path / "said.json", PEOPLE)

    assert said == SpeakerSegments(PEOPLE, (Segment(0.0, 1.5, "Ben"), Segment(1.0, 2.0, "Anna")))


TURNS = "SPEAKER call 1 0 1 <NA> <NA> Anna <NA> <NA>\nSPEAKER call 1 1 1 <NA> <NA> Ben <NA> <NA>\n"


@pytest.mark.parametrize("recording", ["call", "my call", "take 2 1 0.5 last", "Anna & Ben 3"])
@pytest.mark.parametrize("speaker", ["Ben", "Old Tom", "Ben 2"])
@pytest.mark.parametrize("rest", ["", " <NA>", " <NA> <NA>", " 0.98 <NA>"])
def test_a_recording_and_a_speaker_may_have_names_of_several_words(tmp_path, recording, speaker, rest):
    if speaker == "Ben 2" and rest in {"", " <NA>"}:
        rest = " <NA> <NA>"  # without the last columns a number could be either
    (tmp_path / "a.rttm").write_text(
        f"SPEAKER {recording} 1 0.500 1.250 <NA> <NA> Anna{rest}\nSPEAKER {recording} 1 2 1 <NA> <NA> {speaker}{rest}\n"
    )

    said = read_segments(tmp_path / "a.rttm")

    assert [(part.start, part.end, part.speaker) for part in said.segments] == [(0.5, 1.75, "Anna"), (2, 3, speaker)]


def test_a_turn_without_length_says_nothing(tmp_path):
    (tmp_path / "a.rttm").write_text(TURNS + "SPEAKER call 1 2.0 0.0 <NA> <NA> Cy <NA> <NA>")

    assert [part.speaker for part in read_segments(tmp_path / "a.rttm", PEOPLE).segments] == ["Anna", "Ben"]


def segment(**fields):
    return json.dumps({"segments": [{"start": 0.0, "end": 1.0, "speaker": "Anna"} | fields]})


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", "{}", "neither .json nor .rttm"),
        ("a.json", "", "is no JSON"),
        ("a.json", "[" * 100_000, "is no JSON"),
        ("a.json", "[]", "no list “segments”"),
        ("a.json", '{"segments": 3}', "no list “segments”"),
        ("a.json", '{"schema": 2, "segments": []}', "schema 2"),
        ("a.json", '{"speakers": [1, 2], "segments": []}', "no list of names"),
        ("a.json", '{"segments": []}', "0 speakers"),
        ("a.json", '{"speakers": ["a", "b", "c"], "segments": []}', "3 speakers"),
        ("a.json", '{"segments": [[0, 1, "Anna"]]}', "lacks the start, end or speaker of segment 1"),
        ("a.json", segment(speaker=" "), "no name"),
        ("a.json", segment(start="0"), "no numbers"),
        ("a.json", segment(end=True), "no numbers"),
        ("a.json", segment(end=10**400), "no numbers"),
        ("a.json", segment(end=float("nan")), "not finite"),
        ("a.json", segment(end=float("inf")), "not finite"),
        ("a.json", segment(start=-0.5), "before the audio"),
        ("a.json", segment(start=1.5), "ends before it starts"),
        ("a.rttm", "", "0 speakers"),
        ("a.rttm", "SPEAKER call 1 0.0 1.0 <NA> <NA>", "7 fields in line 1"),
        ("a.rttm", "\nSPEAKER call 1 0,0 1.0 <NA> <NA> Anna", "no numbers in line 2"),
        ("a.rttm", "SPEAKER call 1 nan 1.0 <NA> <NA> Anna", "not finite"),
        ("a.rttm", "SPEAKER call 1 1.0 -0.5 <NA> <NA> Anna", "ends before"),
        ("a.rttm", "SPEAKER call 1 1.0 0.5 <NA> <NA> <NA> <NA> <NA>", "who speaks in line 1"),
        ("a.rttm", TURNS + "SPEAKER call 1 2.0 0.5 <NA> <NA> Cy <NA> <NA>", "line 3 is a third"),
        ("a.rttm", "SPEAKER x 1 0 1 <NA> <NA> Anna\nSPEAKER y 1 0 1 <NA> <NA> Ben", "2 recordings"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(tmp_path, name, content, why):
    (tmp_path / name).write_text(content, encoding="utf-8")

    with refused(ExitCode.SEGMENTS_INVALID) as caught:
        read_segments(tmp_path / name, PEOPLE)

    assert str(tmp_path / name) in caught.value.message
    assert why in caught.value.message


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "folder"])
def test_what_cannot_be_opened_is_refused(tmp_path, content):
    path = tmp_path / "said.json"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)

    with refused(ExitCode.SEGMENTS_INVALID):
        read_segments(path, PEOPLE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["said.json", "said.rttm"]))
def test_any_bytes_are_read_or_refused(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)

    with refused(ExitCode.SEGMENTS_INVALID):
        read_segments(tmp_path / name, PEOPLE)
