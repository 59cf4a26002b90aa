"""Praat's TextGrid, long or short, as aligners write it: intervals of phones with times in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.reading import explained_read_errors, is_file, read_bytes

from ..measures.phones import Phone, plain_name, unknown_names

_TOKEN: Final = re.compile(r'"((?:[^"]|"")*)"|(?<![\w.])([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?![\w\]])')
_PHONE_TIERS: Final = ("phones", "phone", "phonemes", "mau", "segments")
_ENCODINGS: Final = (("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_LARGEST_BYTES: Final = 64 << 20
_LATE: Final = 0.05
"""Seconds by which phones may reach beyond the performance: a frame and rounding."""


def read_textgrids(paths: Sequence[Path], speakers: tuple[str, str]) -> tuple[tuple[Phone, ...], ...]:
    """Phones of both people, () for one without.

    Two files are the speakers' in order. One file is the first speaker's, unless it has a tier of phones for each by
    name (`Anna - phones`).
    Raises DuologueError (BAD_REQUEST) for what is missing, no TextGrid, without phones, or not in CMU's names.
    """
    tiers = [read_tiers(path) for path in paths]
    if len(paths) == 1:
        named = [_tier_of(tiers[0], speaker) for speaker in speakers]
        if any(named):
            return tuple(_checked(paths[0], tier) if tier else () for tier in named)
    return (*(_checked(path, _phone_tier(path, found)) for path, found in zip(paths, tiers, strict=True)), ())[:2]


def read_tiers(path: Path) -> dict[str, tuple[Phone, ...]]:
    """Name → intervals of every interval tier, names as they stand. Raises DuologueError (BAD_REQUEST)."""
    if not is_file(path):
        raise _refused(path, "is not there")
    with explained_read_errors(lambda reason: _refused(path, f"is no text ({reason})")):
        content = read_bytes(path, _LARGEST_BYTES)
        encoding = next((name for name, mark in _ENCODINGS if content.startswith(mark)), "utf-8-sig")
        text = content.decode(encoding)
    if "ooTextFile" not in text[:200] or "TextGrid" not in text[:400]:
        raise _refused(path, "is no TextGrid")
    with explained_read_errors(lambda _reason: _refused(path, "ends in the middle or is damaged")):
        return dict(_tiers(_tokens(text)))


def check_within(phones: Sequence[Phone], seconds: float, path: str) -> None:
    """Raises DuologueError (BAD_REQUEST) where `phones` reach beyond a performance of that many `seconds`."""
    end = max((stop for _, stop, name in phones if name != "pau"), default=0.0)
    if end > seconds + _LATE:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The phones of {path} go on to {end:.2f} s, but the performance lasts {seconds:.2f} s.",
            "Give the phones of this dialogue, in seconds from its beginning.",
        )


def _tokens(text: str) -> Iterator[str | float]:
    """Strings and numbers after the header's two strings; words such as `xmin =` are decoration."""
    found = 0
    for match in _TOKEN.finditer(text):
        string, number = match.groups()
        found += string is not None
        if found > 2 or (found == 2 and string is None):  # noqa: PLR2004
            yield string.replace('""', '"') if string is not None else float(number)


def _tiers(tokens: Iterator[str | float]) -> Iterator[tuple[str, tuple[Phone, ...]]]:
    _number(tokens), _number(tokens)
    for _ in range(int(_number(tokens))):
        kind, name = str(next(tokens)), str(next(tokens))
        _number(tokens), _number(tokens)
        count = int(_number(tokens))
        if kind == "IntervalTier":
            yield name, tuple((_number(tokens), _number(tokens), str(next(tokens))) for _ in range(count))
            continue
        for _ in range(count):  # a tier of points
            _number(tokens), next(tokens)


def _number(tokens: Iterator[str | float]) -> float:
    token = next(tokens)
    if isinstance(token, str):
        raise ValueError(token)  # noqa: TRY004  (a damaged file, not a wrong call)
    return token


def _tier_of(tiers: dict[str, tuple[Phone, ...]], speaker: str) -> tuple[Phone, ...]:
    """The phones of `speaker`, as aligners of several speakers name tiers."""
    for name, intervals in tiers.items():
        words = [word for word in re.split(r"[\s\-_:/]+", name.lower()) if word]
        if speaker.lower() in words and any(word in _PHONE_TIERS for word in words):
            return intervals
    return ()


def _phone_tier(path: Path, tiers: dict[str, tuple[Phone, ...]]) -> tuple[Phone, ...]:
    for name, intervals in tiers.items():
        if name.lower() in _PHONE_TIERS or len(tiers) == 1:
            return intervals
    raise _refused(path, f"has no tier called phones, only {', '.join(tiers) or 'none'}")


def _checked(path: Path, intervals: Sequence[Phone]) -> tuple[Phone, ...]:
    phones = tuple((start, end, plain_name(name)) for start, end, name in intervals)
    strange = unknown_names(phones)
    if strange:
        raise _refused(path, f"holds phones that are not CMU's: {', '.join(strange[:5])}")
    if any(end < start for start, end, _ in phones):
        raise _refused(path, "has phones that end before they start")
    if all(name == "pau" for _, _, name in phones):
        raise _refused(path, "holds no phones")
    return phones


def _refused(path: Path, what: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST,
        f"{path} {what}.",
        "Give a TextGrid with a tier of CMU phones (AA1, P …), as the Montreal Forced Aligner's english_us_arpa does.",
    )
