"""A staging in words: a sentence that an artist could have written for it."""

# ruff: noqa: PLR2004 - chances are read best where they are drawn

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

import numpy as np

from backend.staging.stage import Posture

from ..script.people import Pronoun, pronoun_of, pronouns
from ..tables import read_table
from .parameters import Apart, Facing, Leaning, Looking, RehearsedPerson, RehearsedStaging, Stature

_Item = TypeVar("_Item")
Side = Literal["left", "right"]
Phrases = tuple[str, ...]
"""Several ways to say the same; slots in braces as wordings.toml explains them."""


@dataclass(frozen=True)
class Wordings:
    """The phrases of wordings.toml; a mapping has them by meaning, `lengths_in_words` by metres."""

    people: Phrases
    lengths: Phrases
    things: Mapping[str, Phrases]
    scenes: Mapping[str, Phrases]
    manners: Mapping[str, Phrases]
    manners_beside: Mapping[str, Phrases]
    distances: Mapping[Apart, Phrases]
    lengths_in_words: Mapping[float, Phrases]
    facings: Mapping[Facing, Phrases]
    sides: Mapping[Side, Phrases]
    placed: Mapping[Side, Phrases]
    leans: Mapping[Leaning, Phrases]
    leans_both: Mapping[Leaning, Phrases]
    looks: Mapping[Looking, Phrases]
    looks_both: Mapping[Looking, Phrases]
    statures: Mapping[Stature, Phrases]
    postures: Mapping[Posture, Phrases]
    postures_both: Mapping[Posture, Phrases]
    mood_adjectives: Mapping[str, Phrases]
    mood_verbs: Mapping[str, Phrases]
    mood_scenes: Mapping[str, Phrases]


WORDINGS: Final[Wordings] = read_table(Path(__file__).with_name("wordings.toml"), Wordings)

_OBJECTS: Final[dict[Pronoun, str]] = {"she": "her", "he": "him"}
_POSSESSIVES: Final[dict[Pronoun, str]] = {"she": "her", "he": "his"}
_NOUNS: Final[dict[Pronoun, str]] = {"she": "the woman", "he": "the man"}


_METRES_PER_FOOT: Final = 0.3048


def word_prompt(rng: np.random.Generator, staged: RehearsedStaging) -> str:
    """Draw one of the many sentences that say what `staged` says, and nothing else.

    What both people share may be said of both at once; people are called by name, she or he, the woman or the man.
    """
    shared = _shared(rng, staged)
    about_both = [clause for clause in (_scene(rng, staged), *_details(rng, staged, shared)) if clause]
    sided = int(rng.integers(2)) if staged.side_said else None
    about_each = [
        _clause(rng, staged, person, _phrases_about(rng, staged, person, shared, sided=person == sided))
        for person in _shuffled(rng, (0, 1))
    ]
    about_each = [clause for clause in about_each if clause]
    return _sentence(rng, about_both, about_each)


def _shared(rng: np.random.Generator, staged: RehearsedStaging) -> frozenset[str]:
    """Draw which properties are said of both at once: most of those that both have in common."""
    first, second = staged.people
    common = {
        "mood": first.conduct.mood == second.conduct.mood and (first.mood_said or second.mood_said),
        "leans": first.leans is not None and first.leans == second.leans,
        "looks": first.looks in WORDINGS.looks_both and first.looks == second.looks,
        "posture": first.posture_said and first.conduct.posture == second.conduct.posture,
    }
    return frozenset(name for name, same in common.items() if same and rng.random() < 0.8)


def _scene(rng: np.random.Generator, staged: RehearsedStaging) -> str:
    """Draw a phrase for where the two are and in what manner they talk."""
    if staged.arrangement is None:
        choices = WORDINGS.manners[staged.manner] if staged.manner else ("", "two people", "they talk")
        return _filled(rng, _draw(rng, choices), staged)
    choices = WORDINGS.scenes[staged.arrangement]
    if any(person.posture_said for person in staged.people):
        choices = tuple(phrase for phrase in choices if " sit" not in phrase and " stand" not in phrase)
    scene = _filled(rng, _draw(rng, choices), staged)
    return scene if staged.manner is None else f"{scene}, {_draw(rng, WORDINGS.manners_beside[staged.manner])}"


def _details(rng: np.random.Generator, staged: RehearsedStaging, shared: frozenset[str]) -> list[str]:
    """Draw phrases for distance, facing and what both do, in random order."""
    first = staged.people[0]
    found: list[str] = []
    if staged.apart is not None:
        distance = _draw(rng, WORDINGS.distances[staged.apart])
        found.append(distance.format(length=_length(rng, staged.distance)))
    if staged.facing is not None:
        found.append(_draw(rng, WORDINGS.facings[staged.facing]))
    if "mood" in shared:
        found.append(_draw(rng, WORDINGS.mood_scenes[first.conduct.mood]))
    if "leans" in shared and first.leans is not None:
        found.append(_draw(rng, WORDINGS.leans_both[first.leans]))
    if "looks" in shared and first.looks is not None:
        found.append(_draw(rng, WORDINGS.looks_both[first.looks]))
    if "posture" in shared:
        found.append(_draw(rng, WORDINGS.postures_both[first.conduct.posture]))
    return _shuffled(rng, found)


def _length(rng: np.random.Generator, metres: float) -> str:
    """Draw a wording of a length: “1.5 m”, “one and a half metres”; in feet where a round number of them is near."""
    in_words = WORDINGS.lengths_in_words.get(round(metres, 2), ())
    feet = round(metres / _METRES_PER_FOOT)
    in_feet = (f"{feet} feet", f"{feet} ft") if abs(feet * _METRES_PER_FOOT / metres - 1) < 0.03 else ()
    length: str = _draw(rng, (*WORDINGS.lengths, *in_words, *in_words, *in_feet))
    return length.format(metres=f"{metres:g}", centimetres=f"{100 * metres:.0f}")


def _phrases_about(
    rng: np.random.Generator, staged: RehearsedStaging, person: int, shared: frozenset[str], *, sided: bool
) -> list[str]:
    """Draw the phrases about one person: “leans in”, “is sad” …; the side comes first."""
    who: RehearsedPerson = staged.people[person]
    posture = who.conduct.posture
    found: list[str] = []
    if who.posture_said and "posture" not in shared:
        found.append(_draw(rng, WORDINGS.postures[posture]))
    if who.mood_said and "mood" not in shared:
        found.append(_mood(rng, who.conduct.mood))
    if who.leans is not None and "leans" not in shared:
        found.append(_draw(rng, WORDINGS.leans[who.leans]))
    if who.looks is not None and "looks" not in shared:
        found.append(_draw(rng, _fitting(WORDINGS.looks[who.looks], posture)))
    if who.stature is not None:
        found.append(_draw(rng, WORDINGS.statures[who.stature]))
    side: Side = "left" if person == staged.left else "right"
    return [*([_draw(rng, _fitting(WORDINGS.sides[side], posture))] if sided else []), *_shuffled(rng, found)]


def _fitting(choices: Phrases, posture: Posture) -> Phrases:
    """Return `choices` without those that have a standing person sit or a sitting one stand."""
    other = "sits " if posture == "standing" else "stands "
    return tuple(phrase for phrase in choices if not phrase.startswith(other))


def _mood(rng: np.random.Generator, mood: str) -> str:
    if rng.random() < 0.35:
        return _draw(rng, WORDINGS.mood_verbs[mood])
    verb = _draw(rng, ("is", "looks", "seems", "is very", "is a little", "feels", "is rather"))
    return f"{verb} {_draw(rng, WORDINGS.mood_adjectives[mood])}"


def _clause(rng: np.random.Generator, staged: RehearsedStaging, person: int, said: Sequence[str]) -> str:
    """Return “Anna leans in, is sad and looks away”; empty where nothing is said."""
    if not said:
        return ""
    own, theirs = pronouns(staged.names) if person == 0 else pronouns(staged.names)[::-1]
    name, partner = staged.names[person], staged.names[1 - person]
    subject = _draw(rng, (name, name, name, own, own, _NOUNS[own])) if own else name
    if staged.left == 0 and rng.random() < 0.1:  # otherwise it would have to be said before who is where
        subject = _draw(rng, WORDINGS.placed["left" if person == 0 else "right"])
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    called = theirs if rng.random() < 0.4 else None
    whose = pronoun_of(name)
    return f"{subject} " + listed.format(
        other=_OBJECTS[called] if called else partner,
        others=_POSSESSIVES[called] if called else f"{partner}'s",
        whose=_POSSESSIVES[whose] if whose and rng.random() < 0.85 else "their",
    )


def _sentence(rng: np.random.Generator, about_both: list[str], about_each: list[str]) -> str:
    """Join the clauses to one sentence or several, the scene first or last."""
    people = about_each[0] if about_each else ""
    for clause in about_each[1:]:
        people += _draw(rng, (", ", ", while ", " and ", "; ", ". ", ", but ", " while ")) + clause
    scene = ", ".join(about_both)
    if people and scene and rng.random() < 0.2:
        text = f"{people}. {scene}"
    else:
        text = _draw(rng, (", ", ". ", ": ", "; ", ", ", ". ")).join(part for part in (scene, people) if part)
    if rng.random() < 0.6:
        text = ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))
    return text + ("." if text and rng.random() < 0.5 else "")


def _filled(rng: np.random.Generator, template: str, staged: RehearsedStaging) -> str:
    """Return `template` with people, places and things in its slots."""
    people = _draw(rng, WORDINGS.people)
    things = {slot: _draw(rng, choices) for slot, choices in WORDINGS.things.items()}
    first, second = staged.names
    return template.replace("{people}", people).format(first=first, second=second, **things)


def _draw(rng: np.random.Generator, choices: Sequence[_Item]) -> _Item:
    return choices[int(rng.integers(len(choices)))]


def _shuffled(rng: np.random.Generator, items: Sequence[_Item]) -> list[_Item]:
    return [items[int(index)] for index in rng.permutation(len(items))]
