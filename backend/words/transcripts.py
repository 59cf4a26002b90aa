"""Transcripts as files: plain text, one for each person or one for both with a name before what each says."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import explained_read_errors, read_bytes
from ..contract.segments import name_key
from .transcript_formats import named_lines, unknown_kind

LARGEST_BYTES: Final = 512 << 10
"""Two hours, the longest dialogue, of the fastest speech are a third of this."""

_LONGEST_NAME: Final = 40
_PREFIX: Final = re.compile(rf"[ \t]*([^\s:][^:\n]{{0,{_LONGEST_NAME}}}?)[ \t]*:(?=\s|$)[ \t]*")
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

Texts = tuple[str | None, str | None]


def read_transcripts(paths: tuple[Path | None, Path | None], names: tuple[str, str]) -> Texts:
    """What each person says, None where it is not given.

    A file in which lines begin with the people's names, as in “Anna: Hello!”, serves both; it may be given for one of
    them or for both. In a file with two other names the one that comes first is the first person. Any other file is
    what its own person says. Raises DuologueError (TRANSCRIPT_INVALID).
    """
    given = [None if path is None else by_person(_text(path), names) for path in paths]
    if paths[0] is not None and paths[0] == paths[1] and not isinstance(given[0], tuple):
        raise _invalid(
            paths[0],
            f"is given for both people but does not say who speaks: no line begins with “{names[0]}:”",
            "Write the name before what each says, or give each person a file",
        )
    return _of_person(given, 0), _of_person(given, 1)


def by_person(text: str, names: tuple[str, str]) -> str | Texts:
    """The words of `text` where it names nobody; otherwise what the first and the second of `names` say."""
    text = named_lines(text)
    found = [_PREFIX.match(line) for line in text.splitlines()]
    keys = _speakers([prefix[1] for prefix in found if prefix], names)
    if keys is None:
        return text
    lines_of: tuple[list[str], list[str]] = ([], [])
    speaker: int | None = None
    for line, prefix in zip(text.splitlines(), found, strict=True):
        key = _person_key(prefix[1], (name_key(names[0]), name_key(names[1]))) if prefix else None
        if prefix and key in keys:
            speaker = keys.index(key)
            line = line[prefix.end() :]  # noqa: PLW2901  (what is left of the line once the name is read)
        if speaker is not None:
            lines_of[speaker].append(line)
    first, second = ("\n".join(lines).strip() or None for lines in lines_of)
    return first, second


def _speakers(found: list[str], names: tuple[str, str]) -> tuple[str, str] | None:
    """Keys of the two people by whom lines begin; None where names of people begin no lines."""
    own = (name_key(names[0]), name_key(names[1]))
    keys = list(dict.fromkeys(_person_key(name, own) for name in found))
    if own[0] in keys or own[1] in keys:
        others = [key for key in keys if key not in own]
        if len(keys) == 2 and len(others) == 1:  # noqa: PLR2004  (one is known, so the other is the other one)
            return (own[0], others[0]) if own[0] in keys else (others[0], own[1])
        return own
    return (keys[0], keys[1]) if len(keys) == 2 and len(found) > 2 else None  # noqa: PLR2004  (two people)


def _person_key(name: str, own: tuple[str, str]) -> str:
    """By which a name is one of the people, “Anna Smith” Anna where only one of them is so called."""
    key = name_key(name)
    called = [own_key for own_key in own if key == own_key or key.startswith(f"{own_key}_")]
    return called[0] if len(called) == 1 else key


def _of_person(given: list[str | Texts | None], person: int) -> str | None:
    own, other = given[person], given[1 - person]
    if isinstance(own, str):
        return own
    if isinstance(own, tuple):
        return own[person]
    return other[person] if isinstance(other, tuple) else None


def _text(path: Path) -> str:
    """The file's text, not empty. Raises DuologueError (TRANSCRIPT_INVALID)."""
    fix = "Choose the plain text of what is said"
    check = "Check its permissions or choose another file"
    with explained_read_errors(lambda reason: _invalid(path, f"cannot be opened ({reason})", check)):
        if not path.exists():
            raise _invalid(path, "is not there", "Choose the file again")
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise _invalid(path, f"is longer ({size >> 10} kB) than anybody speaks in two hours", fix)
        content = read_bytes(path, LARGEST_BYTES)
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _invalid(path, "is no text", fix) from error
        text = content.decode("cp1252", errors="replace")  # what editors on Windows wrote for decades
    if _CONTROL.search(text):
        raise _invalid(path, "is no text", fix)
    kind = unknown_kind(text)
    if kind is not None:
        raise _invalid(path, f"is {kind}, not the words themselves", "Save it as plain text or subtitles")
    if not any(sign.isalnum() for sign in text):
        raise _invalid(path, "holds no words", fix)
    return text


def _invalid(path: Path, what: str, fix: str) -> DuologueError:
    return DuologueError(
        ExitCode.TRANSCRIPT_INVALID, f"The transcript {path} cannot be used: it {what}.", f"{fix}, or leave it out."
    )
