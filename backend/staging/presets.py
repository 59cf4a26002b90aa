"""Arrangements, moods and words from presets/staging: data an artist can read and extend."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import explained_read_errors, read_json
from .stage import Posture

PRESETS: Final = Path(__file__).resolve().parents[2] / "presets" / "staging"
DEFAULT_ARRANGEMENT: Final = "across_a_table"


@dataclass(frozen=True)
class Arrangement:
    """How two people are placed: `distance` metres between their eyes, `open_degrees` how far each is turned from the
    partner towards the camera, and what the arrangement implies for both of them.

    `words` say how the two are placed and win over `places`, which only say where they are. `manners` say how they
    talk: beside words or places of another arrangement they bring mood, lean and `distance_scale` to it.
    `axis_degrees` turn the line between the two out of the plane of the picture, 0 to 90: who is in front is nearer the
    camera. `in_line` both face the same way, so that who is in front has the other behind, `open_degrees` off half a
    turn.
    `table`: whether it has one, where somebody sits.
    """

    title: str
    posture: Posture
    distance: float
    open_degrees: float
    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    manners: tuple[str, ...] = ()
    distance_scale: float = 1.0
    mood: str | None = None
    lean_degrees: float = 0.0
    gaze_held: float = 0.0
    axis_degrees: float = 0.0
    in_line: bool = False
    table: bool = False


@dataclass(frozen=True)
class Mood:
    """`expression` by component name, what the face holds, and `accent`, what emphasised words add, both 0 to 1; `kept`
    shares of what a face does anyway, by unit, where it contradicts the mood; factors on an ordinary person: `jaw` on
    the mouth's opening in speech, `tempo` on the speed of the face, `energy` and `breathing` on the trunk; how the head
    is carried, `chin_down_degrees` and `tilt_degrees` to a side; habits of gaze.

    `words` say the mood; an adjective that no mood has is compared with the `likened` ones of each.
    """

    words: tuple[str, ...]
    likened: tuple[str, ...] = ()
    expression: Mapping[str, float] = field(default_factory=dict)
    accent: Mapping[str, float] = field(default_factory=dict)
    kept: Mapping[str, float] = field(default_factory=dict)
    jaw: float = 1.0
    tempo: float = 1.0
    chin_down_degrees: float = 0.0
    tilt_degrees: float = 0.0
    energy: float = 1.0
    breathing: float = 1.0
    lean_degrees: float = 0.0
    gaze_away: float = 0.0
    gaze_held: float = 0.0


@functools.cache
def arrangements() -> dict[str, Arrangement]:
    """Every arrangement by name. Raises DuologueError (ASSET_CORRUPT, ASSET_MISSING)."""
    found = {path.stem: _arrangement(path) for path in sorted(PRESETS.glob("arrangements/*.json"))}
    if DEFAULT_ARRANGEMENT not in found:
        raise _missing(PRESETS / "arrangements" / f"{DEFAULT_ARRANGEMENT}.json")
    return found


@functools.cache
def moods() -> dict[str, Mood]:
    """Every mood by name. Raises DuologueError (ASSET_CORRUPT, ASSET_MISSING)."""
    path = PRESETS / "moods.json"
    with _explained(path):
        return {name: Mood(**_with_words(path, fields)) for name, fields in _read(path).items()}


@functools.cache
def vocabulary() -> dict[str, Any]:
    """The words of vocabulary.json. Raises DuologueError (ASSET_CORRUPT, ASSET_MISSING)."""
    return _read(PRESETS / "vocabulary.json")


@functools.cache
def correct_words() -> frozenset[str]:
    """Words of everyday English that are one letter away from one of the vocabulary. Raises DuologueError as above."""
    return _word_list("no_slips.txt")


@functools.cache
def person_nouns() -> frozenset[str]:
    """Nouns for people, in small letters. Raises DuologueError as above."""
    return _word_list("person_nouns.txt")


@functools.cache
def grammar_words() -> dict[str, frozenset[str]]:
    """Groups of words in their dictionary form that `prompt/subjects.py` and `negation.py` tell apart.

    `people`: pronouns for people; `owned`: what somebody does with it, its owner does (eyes, hands); `placed`: verbs
    after which “by” names a place; `refusals`: what somebody refuses, stops or is unable to do is not done;
    `denied_with`: a negation of these denies what they bring in (“does not think that he cares”).
    Raises DuologueError (ASSET_CORRUPT, ASSET_MISSING).
    """
    path = PRESETS / "grammar.json"
    with _explained(path):
        return {name: frozenset(words) for name, words in _read(path).items()}


@dataclass(frozen=True)
class LanguageWords:
    """Everyday words in small letters: `english` ones that no other language has, `foreign` ones by language.

    `ambiguous` ones are of several languages or part of names (“de”, “van”); `borrowed` phrases are English too.
    """

    english: frozenset[str]
    ambiguous: frozenset[str]
    borrowed: tuple[str, ...]
    foreign: dict[str, frozenset[str]]


@functools.cache
def language_words() -> LanguageWords:
    """The words of languages.json. Raises DuologueError (ASSET_CORRUPT, ASSET_MISSING)."""
    path = PRESETS / "languages.json"
    with _explained(path):
        content = _read(path)
        borrowed = tuple(content.pop("borrowed"))
        words = {language: frozenset(text.split()) for language, text in content.items()}
        return LanguageWords(words.pop("English"), words.pop("ambiguous"), borrowed, words)


def _word_list(name: str) -> frozenset[str]:
    path = PRESETS / name
    with _explained(path):
        return frozenset(path.read_text(encoding="utf-8").split())


def _arrangement(path: Path) -> Arrangement:
    with _explained(path):
        fields = _read(path)
        lists: dict[str, Any] = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
        return Arrangement(**(fields | lists))


def _with_words(path: Path, fields: dict[str, Any]) -> dict[str, Any]:
    if "words" not in fields:
        raise _corrupt(path, "an entry has no words")
    return {**fields, "words": tuple(fields["words"]), "likened": tuple(fields.get("likened", ()))}


def _read(path: Path) -> dict[str, Any]:
    with _explained(path):
        return dict(read_json(path))


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    with explained_read_errors(lambda reason: _corrupt(path, reason)):
        try:
            yield
        except FileNotFoundError as error:
            raise _missing(path) from error


def _missing(path: Path) -> DuologueError:
    return DuologueError(ExitCode.ASSET_MISSING, f"The staging preset {path} is missing.", "Install Duologue again.")


def _corrupt(path: Path, why: str) -> DuologueError:
    return DuologueError(
        ExitCode.ASSET_CORRUPT,
        f"The staging preset {path} cannot be read ({why}).",
        "Correct it or install Duologue again.",
    )
