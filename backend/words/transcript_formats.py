"""Transcript formats of other programs (subtitles, meeting transcripts, screenplays) → lines that begin with names.

Times are left out: the result is “Anna: Hello!” a line, or the bare words where nobody is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_CLOCK: Final = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_CUE: Final = re.compile(rf"^\s*{_CLOCK}\s*(?:-->|,)\s*{_CLOCK}(?:\s.*)?$")
"""A subtitle's times: 00:00:01,000 --> 00:00:03,000 (SRT, WebVTT) or 0:00:01.000,0:00:03.000 (SBV)."""

_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TIME_FIRST: Final = re.compile(rf"^\s*[\[(]?{_CLOCK}[\])]?(?:\s*(?:-->|–|-)\s*[\[(]?{_CLOCK}[\])]?)?[ \t]*[-–]?[ \t]*")
_TIME_LAST: Final = re.compile(rf"^\s*([^\W\d][^:\n]{{0,39}}?)[ \t]+[\[(]?{_CLOCK}[\])]?\s*$")
_TIME_BETWEEN: Final = re.compile(rf"^\s*([^\W\d][^:\n]{{0,39}}?)[ \t]+[\[(]?{_CLOCK}[\])]?[ \t]*:(?=\s|$)[ \t]*(.*)$")
_NAME_ALONE: Final = re.compile(r"^\s*([^\W\d][\w .'’-]{0,39})\s*:?\s*$")
_HEADING: Final = re.compile(r"^(\s*)([^\W\d_a-z][^a-z:!?\n]{0,39}?)(?:\s*\([^)\n]*\))*\s*$")
"""A character's name in a screenplay: capitals on a line of their own, with (V.O.) or (CONT'D) after it."""

_SCENE: Final = re.compile(r"^\s*(?:INT|EXT|EST|I/E)[./ ]|.*\bTO:\s*$|^\s*(?:FADE|CUT|THE END|TITLE)\b")
_ASS_FIELDS: Final = 9
_FEWEST: Final = 2
"""Lines of a kind by which a whole text is of that kind."""


def named_lines(text: str) -> str:
    """`text` with its times left out and its names at the beginning of what they say; other texts as they are."""
    lines = text.splitlines()
    if any(line.startswith("[Script Info]") or re.match(r"Dialogue:.*,.*,", line) for line in lines):
        return "\n".join(_from_ass(lines))
    if sum(_CUE.match(line) is not None for line in lines) >= 1:
        return "\n".join(_from_cues(lines))
    timed = sum(_is_timed(line) for line in lines)
    if timed >= _FEWEST:
        return "\n".join(_from_meeting(lines))
    if len(list(_headings(lines))) >= _FEWEST:  # a screenplay: names in capitals above what they say
        return "\n".join(_from_screenplay(lines))
    return text


def unknown_kind(text: str) -> str | None:
    """What `text` is that nobody can read the words out of; None for what may be read."""
    begin = text.lstrip("\ufeff \t\r\n")[:200]
    if begin.startswith("{\\rtf"):
        return "an RTF document"
    if re.match(r'[{\[]\s*["{\[]', begin):
        return "JSON"
    if re.match(r"<(\?xml|!doctype|html|tt[ >:])", begin, re.IGNORECASE):
        return "XML or HTML"
    return None


def _from_ass(lines: list[str]) -> Iterator[str]:
    """Of Advanced SubStation Alpha what is spoken; the tenth field is the text, the fifth who says it."""
    for line in lines:
        kind, _, rest = line.partition(":")
        fields = rest.split(",", _ASS_FIELDS)
        if kind.strip() == "Dialogue" and len(fields) > _ASS_FIELDS:
            said = re.sub(r"\{[^}]*\}", "", fields[_ASS_FIELDS]).replace("\\N", " ").replace("\\n", " ")
            name = fields[4].strip()
            yield f"{name}: {said.strip()}" if name else said.strip()


def _from_cues(lines: list[str]) -> Iterator[str]:
    """What stands under a cue's times, up to the next empty line; everything else is about the file."""
    inside = False
    for line in lines:
        if _CUE.match(line):
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            yield _VOICE.sub(lambda found: f"{found[1].strip()}: ", line.strip()).replace("</v>", "")


def _is_timed(line: str) -> bool:
    first = _TIME_FIRST.match(line)
    return bool((first and first.end()) or _TIME_LAST.match(line) or _TIME_BETWEEN.match(line))


def _from_meeting(lines: list[str]) -> Iterator[str]:
    """“00:01:02 Anna: Hello”, “[00:01:02] Anna” or “Anna  0:01” with the words below it, and bare times."""
    for line in lines:
        last, between = _TIME_LAST.match(line), _TIME_BETWEEN.match(line)
        first = _TIME_FIRST.match(line)
        if between:
            yield f"{between[1].strip()}: {between[2]}"
        elif last:
            yield f"{last[1].strip()}: "
        elif first and first.end():
            rest = line[first.end() :].replace("\t", " ").strip()
            alone = _NAME_ALONE.match(rest)
            yield f"{alone[1].strip()}: " if alone and len(alone[1].split()) <= 3 else rest  # noqa: PLR2004  (a name)
        else:
            yield line


def _headings(lines: list[str]) -> Iterator[int]:
    for number, line in enumerate(lines[:-1]):
        alone = number == 0 or not lines[number - 1].strip()
        if alone and lines[number + 1].strip() and _HEADING.match(line) and not _SCENE.match(line):
            yield number


def _from_screenplay(lines: list[str]) -> Iterator[str]:
    """What stands under a name up to the next empty line; the rest is action."""
    headings = set(_headings(lines))
    inside = False
    for number, line in enumerate(lines):
        found = _HEADING.match(line) if number in headings else None
        if found:
            inside = True
            yield f"{found[2].strip()}: "
        elif not line.strip():
            inside = False
        elif inside:
            yield line.strip()
