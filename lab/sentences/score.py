"""Judges what a reader of sentences made of one: each label is a constraint that the staging meets, or does not.

A constraint that is not met is *said* where a warning or an inference quotes a word of what the label quotes, otherwise
it is silently wrong. `appearance.py` has the limits. Labels that a contradiction quotes are not judged, only whether a
warning quotes it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Literal

from backend.staging.layout import FARTHEST, NEAREST, STEEPEST
from backend.staging.prompt.inference import Inference
from backend.staging.values import StagingValues

from .appearance import Appearance, appearance_of, words_for
from .corpus import Higher, Label, Sentence

KINDS: Final = (
    "posture", "facing", "lean", "mood", "gaze", "sides", "arrangement", "distance", "height", "table",
    "nothing", "contradiction",
)  # fmt: skip
"""Of constraints: the labels', “nothing” that a sentence stages, and that a contradiction is said."""

_NEAR_NOTHING, _NEAR_FARTHEST = 0.5, 5.0
"""Metres: up to the first meets a distance which is less than a staging allows, from the second one which is more."""

_NEAR_STEEPEST: Final = 1.2
"""Metres between the eyes' heights that meet a difference which is more than a staging allows."""

_ROUNDING: Final = 0.005
"""Metres."""

_WORDS: Final = tomllib.loads(Path(__file__).with_name("judging.toml").read_text(encoding="utf-8"))
_MOOD_NEIGHBOURS: Final = frozenset(map(frozenset, _WORDS["mood_neighbours"]))
_SHARED_BY_CHANCE: Final = frozenset(_WORDS["shared_by_chance"])
_NO_FIRST_NAMES: Final = frozenset(_WORDS["no_first_names"])


@dataclass(frozen=True)
class Staged:
    """What a reader made of a sentence: the staging, warnings (`missed`), and what it inferred."""

    values: StagingValues
    missed: tuple[str, ...] = ()
    inferences: tuple[Inference, ...] = ()


@dataclass(frozen=True)
class Constraint:
    """One of `wanted` has to hold of `who` (0, 1 or the scene), or with `excluded` none; `quotes` say so."""

    kind: str
    who: Literal[0, 1, "scene"]
    wanted: tuple[str | tuple[float, float] | Higher, ...]
    quotes: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether a constraint is `met`, or `near`: met, or a mood's neighbour is there.

    `seen`: what is there instead, for a person to read; `missed` and `inferred`: a warning or an inference touches it;
    `named`: of a contradiction, that one warning quotes both sides and nothing else.
    """

    constraint: Constraint
    seen: str
    met: bool
    near: bool
    missed: bool
    inferred: bool = False
    named: bool = False

    @property
    def said(self) -> bool:
        """Something quotes what it was read from."""
        return self.missed or self.inferred

    @property
    def silent(self) -> bool:
        """Wrong, and nothing says so."""
        return not self.met and not self.said


def constraints_of(sentence: Sentence, *, implied: bool = True) -> tuple[Constraint, ...]:
    """What `sentence` demands; without `implied` only what its words say themselves. Empty where that is nothing.

    What is said of both is demanded of each. Several values of one kind and person are alternatives.
    """
    if not sentence.labels and not sentence.contradictions:
        return (Constraint("nothing", "scene", (), ()),)
    alternatives: dict[tuple[str, Literal[0, 1, "scene"]], list[Label]] = defaultdict(list)
    excluded: list[Constraint] = []
    for label in sentence.labels:
        if (label.implied and not implied) or _contradicted(label, sentence):
            continue
        people: tuple[Literal[0, 1, "scene"], ...] = (0, 1) if label.who == "both" else (label.who,)
        for who in people:
            if label.excluded:
                excluded.append(Constraint(label.kind, who, (label.value,), (label.quote,), excluded=True))
            else:
                alternatives[label.kind, who].append(label)
    demanded = [
        Constraint(kind, who, tuple(label.value for label in labels), tuple(label.quote for label in labels))
        for (kind, who), labels in alternatives.items()
    ]
    contradictions = [Constraint("contradiction", "scene", (), pair) for pair in sentence.contradictions]
    return (*demanded, *excluded, *contradictions)


def judge(
    constraints: Sequence[Constraint], staged: Staged, default: StagingValues, *, any_order: bool
) -> tuple[Verdict, ...]:
    """A verdict on each of `constraints`; `default` is the staging of a sentence without words.

    With `any_order` it is open which speaker the labels' first person is: the order that meets more counts.
    """
    orders = [
        tuple(_verdict(one, appearance_of(staged.values, first), staged, default) for one in constraints)
        for first in ((0, 1) if any_order else (0,))
    ]
    return max(orders, key=lambda verdicts: sum(verdict.met for verdict in verdicts))


def first_names(sentence: Sentence) -> tuple[str, str] | None:
    """The names by which `sentence` calls both people, None where these are not two first names."""
    one, other = (_name(name) for name in sentence.names)
    return (one, other) if one and other and one != other else None


def quoted(warnings: Sequence[str]) -> tuple[str, ...]:
    """What stands between quotation marks in `warnings`."""
    return tuple(part for warning in warnings for part in _QUOTED.findall(warning))


def touches(parts: Sequence[str], quotes: Sequence[str]) -> bool:
    """Whether one of `parts` shares a word with one of `quotes`; articles and the like do not count."""
    words = {word for part in parts for word in _words(part)}
    return any(words & _words(quote) for quote in quotes)


def _contradicted(label: Label, sentence: Sentence) -> bool:
    parts = [part for pair in sentence.contradictions for part in pair]
    return any(label.quote in part or part in label.quote for part in parts)


def _verdict(constraint: Constraint, seen: Appearance, staged: Staged, default: StagingValues) -> Verdict:
    missed = touches(quoted(staged.missed), constraint.quotes)
    if constraint.kind == "contradiction":
        named = any(_names_both(warning, constraint.quotes) for warning in staged.missed)
        return Verdict(constraint, "no warning", met=missed, near=missed, missed=missed, named=named)
    if constraint.kind == "nothing":
        met = staged.values == default
        return Verdict(constraint, _difference(staged.values, default), met=met, near=met, missed=False)
    if constraint.kind == "distance":
        found, shown = frozenset[str](), f"{seen.distances[0]:.2f} m"
    else:
        found = words_for(seen, constraint.kind, None if constraint.who == "scene" else constraint.who)
        shown = _shown(seen, constraint.kind, found)
    holds = any(_holds(seen, found, wanted) for wanted in constraint.wanted)
    met = holds != constraint.excluded
    near = met or (constraint.kind == "mood" and not constraint.excluded and _is_neighbour(found, constraint.wanted))
    inferred = touches([inference.words for inference in staged.inferences], constraint.quotes)
    return Verdict(constraint, shown, met=met, near=near, missed=missed, inferred=inferred)


def _names_both(warning: str, sides: Sequence[str]) -> bool:
    """Whether `warning` quotes two things, which touch each of `sides`; a longer list is of words not understood."""
    parts = quoted([warning])
    return len(parts) == len(sides) and all(touches(parts, [side]) for side in sides)


def _holds(seen: Appearance, found: frozenset[str], wanted: str | tuple[float, float] | Higher) -> bool:
    if isinstance(wanted, Higher):
        least, most = wanted.by
        least = _NEAR_STEEPEST if least > STEEPEST else least
        return least - _ROUNDING <= seen.rise(wanted.higher) <= most + _ROUNDING
    return wanted in found if isinstance(wanted, str) else _is_apart(seen, wanted)


def _is_apart(seen: Appearance, wanted: tuple[float, float]) -> bool:
    least, most = wanted
    if most < NEAREST:
        least, most = 0.0, _NEAR_NOTHING
    elif least > FARTHEST:
        least = _NEAR_FARTHEST
    return any(least - _ROUNDING <= metres <= most + _ROUNDING for metres in seen.distances)


def _is_neighbour(found: frozenset[str], wanted: Sequence[object]) -> bool:
    return any(frozenset({mood, other}) in _MOOD_NEIGHBOURS for mood in found for other in wanted)


def _shown(seen: Appearance, kind: str, found: frozenset[str]) -> str:
    words = ", ".join(sorted(found)) or "none of the values"
    if kind == "arrangement":
        return f"{seen.arrangement} ({words})"
    return f"{words} ({seen.rise(0):+.2f} m)" if kind == "height" else words


def _difference(values: StagingValues, default: StagingValues) -> str:
    """What of `values` is not as in `default`."""
    scene = [
        f"{name} {getattr(values, name)}" for name in ("arrangement", "distance") if _differ(name, values, default)
    ]
    people = [
        f"{who} {field.name} {getattr(person, field.name)}"
        for who, (person, usual) in enumerate(zip(values.people, default.people, strict=True))
        for field in fields(person)
        if _differ(field.name, person, usual)
    ]
    return ", ".join(scene + people)


def _differ(name: str, one: object, other: object) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


_QUOTED: Final = re.compile(r"“([^”]*)”")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def _words(text: str) -> frozenset[str]:
    """The words of `text` as warnings have them: small, straight apostrophes, nobody's “'s”; all if none says much."""
    plain = text.casefold().replace("’", "'").replace("‘", "'")
    words = frozenset(word.removesuffix("'s") for word in _WORD.findall(plain))
    return (words - _SHARED_BY_CHANCE) or words


_FIRST_NAME: Final = re.compile(r"[^\W\d_]{2,}")


def _name(text: str) -> str | None:
    """`text` as a first name, written as one; None if it is none."""
    if not (_FIRST_NAME.fullmatch(text) and text[0].isupper()) or text.casefold() in _NO_FIRST_NAMES:
        return None
    return text.capitalize() if text.isupper() else text
