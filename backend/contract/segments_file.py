"""Speaker segments as files: plain JSON, or RTTM, the table that diarisation programs exchange.

JSON:  {"schema": 1, "speakers": ["Anna", "Ben"], "segments": [{"start": 0.5, "end": 2.25, "speaker": "Anna"}, …]}
RTTM:  SPEAKER <file> <channel> <start> <duration> <NA> <NA> <speaker> <NA> <NA>
       (NIST, “The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan”, appendix A)
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from .files import write_text_whole
from .reading import explained_read_errors, parsed_json, read_bytes
from .segments import Segment, SpeakerSegments, in_order, invalid, named_for

SCHEMA: Final = 1
SUFFIXES: Final = (".json", ".rttm")

_LARGEST_BYTES: Final = 16 << 20
_SHORTEST_RTTM: Final = 0.001
_WHICH_FILE: Final = "Choose the file that says who speaks when"
_TIMES: Final = "Times are seconds from the beginning of the audio"
_RTTM_FIELDS: Final = 8
"""Up to the speaker's name; what follows says nothing about who speaks when."""
_AFTER_THE_SPEAKER: Final = 2
"""Columns: the confidence and the look-ahead."""
_NOT_GIVEN: Final = "<NA>"

_Placed = tuple[Segment, str]
"""A segment, which may have no length, and where in the file it is."""


def read_segments(path: Path, people: tuple[str, str] | None = None) -> SpeakerSegments:
    """The segments in a .json or .rttm file, with the names of `people`; None keeps the names in the file.

    Segments without length say nothing and are left out. Raises DuologueError (SEGMENTS_INVALID) for what is no such
    file, for times that are none, and unless there are exactly two speakers.
    """
    source = str(path)
    check_suffix(path)
    with explained_read_errors(lambda reason: invalid(source, f"cannot be read ({reason})", _WHICH_FILE)):
        text = _text(path)
        speakers, placed = _from_json(text, source) if path.suffix.lower() == ".json" else _from_rttm(text, source)
        ordered = in_order([segment for segment, _ in placed if segment.end > segment.start])
        found = list(dict.fromkeys([*speakers, *(segment.speaker for segment in ordered)]))
        _refuse_a_third(found, placed, source)
        if people is None:
            people = (found[0], found[1]) if len(found) == 2 else ("the first person", "the second person")  # noqa: PLR2004
        return named_for(found, ordered, people, source)


def _refuse_a_third(found: Sequence[str], placed: Sequence[_Placed], source: str) -> None:
    """Raises DuologueError (SEGMENTS_INVALID), naming where somebody beside the first two speaks."""
    where = next(
        (where for segment, where in placed if segment.end > segment.start and segment.speaker in found[2:]), None
    )
    if where is not None:
        listed = ", ".join(f"“{name}”" for name in found)
        what = f"names {len(found)} speakers ({listed}); a dialogue has exactly two, and {where} is a third one's"
        raise invalid(source, what, "Give every segment to one of two people")


def write_segments(path: Path, turns: SpeakerSegments) -> None:
    """Write `turns` as JSON or RTTM, as the name ends.

    Raises DuologueError (SEGMENTS_INVALID for another ending, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    check_suffix(path)
    write_text_whole(path, _as_json(turns) if path.suffix.lower() == ".json" else _as_rttm(turns, path.stem))


def check_suffix(path: Path) -> None:
    """Raises DuologueError (SEGMENTS_INVALID) unless the name ends in .json or .rttm."""
    if path.suffix.lower() not in SUFFIXES:
        raise invalid(str(path), "is neither .json nor .rttm", "Choose a file of one of these kinds")


def _text(path: Path) -> str:
    try:
        return read_bytes(path, _LARGEST_BYTES).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise invalid(str(path), "is not there", "Choose the file again") from error
    except OSError as error:
        reason = f"cannot be opened ({error.strerror or error})"
        raise invalid(str(path), reason, "Check its permissions or choose another file") from error
    except UnicodeDecodeError as error:
        raise invalid(str(path), "is no text", _WHICH_FILE) from error


def _from_json(text: str, source: str) -> tuple[list[str], list[_Placed]]:
    fix = "Repair it after the segments.json that lies beside a take"
    with explained_read_errors(lambda reason: invalid(source, f"is no JSON ({reason})", fix)):
        data = parsed_json(text)
    if not isinstance(data, dict) or not isinstance(data.get("segments"), list):
        raise invalid(source, "has no list “segments”", fix)
    if data.get("schema", SCHEMA) != SCHEMA:
        raise invalid(source, f"has schema {data['schema']}; this version reads schema {SCHEMA}", fix)
    speakers = data.get("speakers", [])
    if not isinstance(speakers, list) or not all(_is_name(name) for name in speakers):
        raise invalid(source, "has “speakers” that are no list of names", fix)
    placed = [(entry, f"segment {number}") for number, entry in enumerate(data["segments"], start=1)]
    return speakers, [(_json_segment(entry, where, source), where) for entry, where in placed]


def _json_segment(entry: Any, where: str, source: str) -> Segment:
    fix = "Each segment needs a start, an end and a speaker"
    if not isinstance(entry, dict) or not {"start", "end", "speaker"} <= set(entry):
        raise invalid(source, f"lacks the start, end or speaker of {where}", fix)
    if not _is_name(entry["speaker"]):
        raise invalid(source, f"has no name as the speaker of {where}", fix)
    times = entry["start"], entry["end"]
    if any(isinstance(time, bool) or not isinstance(time, int | float) for time in times):
        raise invalid(source, f"has times that are no numbers in {where}", fix)
    with explained_read_errors(lambda _reason: invalid(source, f"has times that are no numbers in {where}", fix)):
        start, end = (float(time) for time in times)
    return _checked(start, end, entry["speaker"], where, source)


def _from_rttm(text: str, source: str) -> tuple[list[str], list[_Placed]]:
    speakers: list[str] = []
    segments: list[_Placed] = []
    recordings: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";") or fields[0] not in {"SPEAKER", "SPKR-INFO"}:
            continue
        if len(fields) < _RTTM_FIELDS:
            what = f"has {len(fields)} fields in line {number}; RTTM has at least {_RTTM_FIELDS}"
            raise invalid(source, what, "Export it again")
        where = f"line {number}"
        recording, start, seconds, speaker = _rttm_columns(fields)
        if speaker in {"", _NOT_GIVEN}:
            raise invalid(source, f"does not say who speaks in {where}", "Write the speaker's name there")
        recordings.add(recording)
        if fields[0] == "SPKR-INFO":
            speakers.append(speaker)
        else:
            segments.append((_rttm_segment(start, seconds, speaker, where, source), where))
    if len(recordings) > 1:
        what = f"holds segments of {len(recordings)} recordings ({', '.join(sorted(recordings))})"
        raise invalid(source, what, "Keep the lines of one recording")
    return speakers, segments


def _rttm_columns(fields: Sequence[str]) -> tuple[str, str, str, str]:
    """(recording, start, duration, speaker) of a line whose recording and speaker may be called by several words.

    Between them are the channel, both times and two columns that a turn leaves empty: these mark where they end.
    """
    places = range(2, len(fields) - 4)  # where the channel may be
    if fields[0] == "SPKR-INFO":  # which has no times
        channel = next((at for at in places if fields[at + 1] == _NOT_GIVEN), 2)
    else:
        channel = next((at for at in places if fields[at + 3] == fields[at + 4] == _NOT_GIVEN), 2)
    speaker = list(fields[channel + 5 :])
    for _ in range(_AFTER_THE_SPEAKER):
        if len(speaker) > 1 and _is_empty_or_confidence(speaker[-1]):
            speaker.pop()
    return " ".join(fields[1:channel]), fields[channel + 1], fields[channel + 2], " ".join(speaker)


def _is_empty_or_confidence(field: str) -> bool:
    return field == _NOT_GIVEN or field.replace(".", "", 1).isdigit()


def _rttm_segment(start_text: str, seconds_text: str, speaker: str, where: str, source: str) -> Segment:
    try:
        start, seconds = float(start_text), float(seconds_text)
    except ValueError as error:
        what = f"has times that are no numbers in {where}"
        raise invalid(source, what, "Write the start and the duration in seconds") from error
    return _checked(start, start + seconds, speaker, where, source)


def _checked(start: float, end: float, speaker: str, where: str, source: str) -> Segment:
    """Raises DuologueError (SEGMENTS_INVALID) unless 0 ≤ start ≤ end, both finite."""
    if not (math.isfinite(start) and math.isfinite(end)):
        raise invalid(source, f"has times that are not finite in {where}", _TIMES)
    if start < 0.0:
        raise invalid(source, f"starts before the audio in {where} ({start:.2f} s)", _TIMES)
    if end < start:
        raise invalid(source, f"ends before it starts in {where} ({start:.2f} s to {end:.2f} s)", _TIMES)
    return Segment(start, end, speaker)


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.strip() != ""


def _as_json(turns: SpeakerSegments) -> str:
    lines = [
        json.dumps({"start": segment.start, "end": segment.end, "speaker": segment.speaker}, ensure_ascii=False)
        for segment in turns.segments
    ]
    body = ",\n  ".join(lines)  # a line a segment: easy to correct by hand
    speakers = json.dumps(list(turns.speakers), ensure_ascii=False)
    return f'{{"schema": {SCHEMA},\n "speakers": {speakers},\n "segments": [\n  {body}\n ]}}\n'


def _as_rttm(turns: SpeakerSegments, recording: str) -> str:
    recording = _one_word(recording)
    lines = [
        f"SPKR-INFO {recording} 1 <NA> <NA> <NA> unknown {_one_word(speaker)} <NA> <NA>" for speaker in turns.speakers
    ]
    for segment in turns.segments:
        seconds = max(round(segment.end, 3) - round(segment.start, 3), _SHORTEST_RTTM)
        lines.append(
            f"SPEAKER {recording} 1 {segment.start:.3f} {seconds:.3f} <NA> <NA> {_one_word(segment.speaker)} <NA> <NA>"
        )
    return "\n".join(lines) + "\n"


def _one_word(name: str) -> str:
    return "_".join(name.split()) or "dialogue"
