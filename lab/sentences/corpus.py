"""Labelled sentences in twenty-six batches, each by a writer who saw neither the others nor any reader of sentences.

A label quotes the words that say it. Who learns from some batches is judged on whole others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.reading import read_errors_as
from backend.staging.prompt.model.outputs import PERSON_VALUES, SCENE_VALUES

FOLDER: Final = Path(__file__).with_name("batches")

LEARNED_FROM: Final = (
    "film", "theatre", "games", "workplaces", "hard", "prompts", "places", "idioms", "relations", "rarities",
    "briefs", "moods", "feelings", "heights", "looks", "decoys", "shots", "artists", "narrative", "television",
    "postures", "plain", "people",
)  # fmt: skip
CALIBRATED_ON: Final = ("everyday",)
JUDGED_ON: Final = ("prose", "media")
"""Whole batches: what the shipped reader learned from, what its probabilities were calibrated on, what it never saw."""

BATCHES: Final = (*LEARNED_FROM, *CALIBRATED_ON, *JUDGED_ON)
"""`hard` was written to mislead: homonyms, negation, contradictions and what only looks like one, crossed pronouns."""

_FIX: Final = "Restore the file; a row is described in docs/developers/sentences.md."


@dataclass(frozen=True)
class Higher:
    """The eyes of person `higher` (0 or 1) are higher by so many metres, least and most."""

    higher: Literal[0, 1]
    by: tuple[float, float]


@dataclass(frozen=True)
class Label:
    """`quote`, a part of the text, says `value` of `kind` about `who` (0, 1, “both” or “scene”).

    The value is a word of the tables above, metres least and most of a distance between the heads, or a `Higher`.
    `excluded`: the text says that it is not so; `implied`: a place or an object says it.
    """

    quote: str
    who: Literal[0, 1, "both", "scene"]
    kind: str
    value: str | tuple[float, float] | Higher
    excluded: bool = False
    implied: bool = False


@dataclass(frozen=True)
class Sentence:
    """A `text` and what it stages: nothing where `labels` is empty.

    `names` of both people as the text has them, in its order, empty where it tells nobody apart; `contradictions` pairs
    of quotes that cannot both be.
    """

    id: str
    text: str
    names: tuple[str, str]
    labels: tuple[Label, ...]
    contradictions: tuple[tuple[str, str], ...] = ()


_SENTENCE: Final = TypeAdapter(Sentence)


def read_batch(name: str, folder: Path = FOLDER) -> tuple[Sentence, ...]:
    """The sentences of one of `BATCHES`. Raises DuologueError (DATASET_INVALID) with the line that is wrong."""
    path = folder / f"{name}.jsonl"
    with read_errors_as(ExitCode.DATASET_INVALID, f"The sentences {path} cannot be read", _FIX):
        lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_sentence(line, f"Line {number} of {path}") for number, line in enumerate(lines, 1))


def _sentence(line: str, where: str) -> Sentence:
    try:
        sentence = _SENTENCE.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DuologueError(ExitCode.DATASET_INVALID, f"{where}: {place} ({first['msg']}).", _FIX) from error
    problem = _problem(sentence)
    if problem:
        raise DuologueError(ExitCode.DATASET_INVALID, f"{where}: {problem}.", _FIX)
    return sentence


def _problem(sentence: Sentence) -> str | None:
    quotes = [label.quote for label in sentence.labels]
    quotes += [quote for pair in sentence.contradictions for quote in pair]
    strange = [part for part in (*quotes, *filter(None, sentence.names)) if part not in sentence.text]
    if strange or not all(quotes):
        return f"“{(strange or [''])[0]}” is no part of the text"
    return next((problem for label in sentence.labels if (problem := _problem_of_label(label))), None)


def _problem_of_label(label: Label) -> str | None:
    of_scene = label.who == "scene"
    if label.kind == "distance":
        good = of_scene and isinstance(label.value, tuple) and 0 < label.value[0] <= label.value[1]
    elif isinstance(label.value, Higher):
        good = of_scene and label.kind == "height" and label.value.by[0] <= label.value.by[1]
    else:
        good = label.value in (SCENE_VALUES if of_scene else PERSON_VALUES).get(label.kind, ())
    return None if good else f"{label.kind} of {label.who} is {label.value}"
