"""A staging in words: the sentence an artist could have written for it."""

# ruff: noqa: PLR2004 - chances are read best where they are drawn

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np

from backend.staging.stage import Posture

from ..script.people import Pronoun, pronoun_of, pronouns
from . import conduct_wordings, wordings
from .parameters import RehearsedPerson, RehearsedStaging

_Item = TypeVar("_Item")

_OBJECTS: Final[dict[Pronoun, str]] = {"she": "her", "he": "him"}
_POSSESSIVES: Final[dict[Pronoun, str]] = {"she": "her", "he": "his"}
_NOUNS: Final[dict[Pronoun, str]] = {"she": "the woman", "he": "the man"}


_METRES_PER_FOOT: Final = 0.3048


def word_prompt(rng: np.random.Generator, staged: RehearsedStaging) -> str:
    """One of the many sentences that say what `staged` says, and nothing else.

    What both people share may be said of both at once; people are called by name, she or he, the woman or the man.
    """
    shared = _shared(rng, staged)
    about_both = [one for one in (_scene(rng, staged), *_details(rng, staged, shared)) if one]
    sided = int(rng.integers(2)) if staged.side_said else None
    about_each = [
        _clause(rng, staged, person, _said_alone(rng, staged, person, shared, sided=person == sided))
        for person in _shuffled(rng, (0, 1))
    ]
    about_each = [one for one in about_each if one]
    return _sentence(rng, about_both, about_each)


def _shared(rng: np.random.Generator, staged: RehearsedStaging) -> frozenset[str]:
    """What is said of both at once: most of what both have in common."""
    first, second = staged.people
    common = {
        "mood": first.conduct.mood == second.conduct.mood and (first.mood_said or second.mood_said),
        "leans": first.leans is not None and first.leans == second.leans,
        "looks": first.looks in conduct_wordings.LOOKS_BOTH and first.looks == second.looks,
        "posture": first.posture_said and first.conduct.posture == second.conduct.posture,
    }
    return frozenset(name for name, same in common.items() if same and rng.random() < 0.8)


def _scene(rng: np.random.Generator, staged: RehearsedStaging) -> str:
    """Where the two are and in what manner they talk."""
    if staged.arrangement is None:
        choices = wordings.MANNERS[staged.manner] if staged.manner else ("", "two people", "they talk")
        return _filled(rng, _one(rng, choices), staged)
    choices = wordings.SCENES[staged.arrangement]
    if any(one.posture_said for one in staged.people):
        choices = tuple(one for one in choices if " sit" not in one and " stand" not in one)
    scene = _filled(rng, _one(rng, choices), staged)
    return scene if staged.manner is None else f"{scene}, {_one(rng, wordings.MANNERS_BESIDE[staged.manner])}"


def _details(rng: np.random.Generator, staged: RehearsedStaging, shared: frozenset[str]) -> list[str]:
    """Distance, facing, and what both do, in some order."""
    one = staged.people[0]
    found: list[str] = []
    if staged.apart is not None:
        distance = _one(rng, wordings.DISTANCES[staged.apart])
        found.append(distance.format(length=_length(rng, staged.distance)))
    if staged.facing is not None:
        found.append(_one(rng, wordings.FACINGS[staged.facing]))
    if "mood" in shared:
        found.append(_one(rng, conduct_wordings.MOOD_SCENES[one.conduct.mood]))
    if "leans" in shared and one.leans is not None:
        found.append(_one(rng, conduct_wordings.LEANS_BOTH[one.leans]))
    if "looks" in shared and one.looks is not None:
        found.append(_one(rng, conduct_wordings.LOOKS_BOTH[one.looks]))
    if "posture" in shared:
        found.append(_one(rng, conduct_wordings.POSTURES_BOTH[one.conduct.posture]))
    return _shuffled(rng, found)


def _length(rng: np.random.Generator, metres: float) -> str:
    """“1.5 m”, “one and a half metres”; in feet where a round number of them is near."""
    in_words = wordings.LENGTHS_IN_WORDS.get(round(metres, 2), ())
    feet = round(metres / _METRES_PER_FOOT)
    in_feet = (f"{feet} feet", f"{feet} ft") if abs(feet * _METRES_PER_FOOT / metres - 1) < 0.03 else ()
    length: str = _one(rng, (*wordings.LENGTHS, *in_words, *in_words, *in_feet))
    return length.format(metres=f"{metres:g}", centimetres=f"{100 * metres:.0f}")


def _said_alone(
    rng: np.random.Generator, staged: RehearsedStaging, person: int, shared: frozenset[str], *, sided: bool
) -> list[str]:
    """What is said of one person: “leans in”, “is sad” …; the side comes first."""
    one: RehearsedPerson = staged.people[person]
    posture = one.conduct.posture
    found: list[str] = []
    if one.posture_said and "posture" not in shared:
        found.append(_one(rng, conduct_wordings.POSTURES[posture]))
    if one.mood_said and "mood" not in shared:
        found.append(_mood(rng, one.conduct.mood))
    if one.leans is not None and "leans" not in shared:
        found.append(_one(rng, conduct_wordings.LEANS[one.leans]))
    if one.looks is not None and "looks" not in shared:
        found.append(_one(rng, _fitting(conduct_wordings.LOOKS[one.looks], posture)))
    if one.stature is not None:
        found.append(_one(rng, conduct_wordings.STATURES[one.stature]))
    side = "left" if person == staged.left else "right"
    return [*([_one(rng, _fitting(conduct_wordings.SIDES[side], posture))] if sided else []), *_shuffled(rng, found)]


def _fitting(choices: wordings.Wordings, posture: Posture) -> wordings.Wordings:
    """Without those that have a standing person sit or a sitting one stand."""
    other = "sits " if posture == "standing" else "stands "
    return tuple(one for one in choices if not one.startswith(other))


def _mood(rng: np.random.Generator, mood: str) -> str:
    if rng.random() < 0.35:
        return _one(rng, conduct_wordings.MOOD_VERBS[mood])
    verb = _one(rng, ("is", "looks", "seems", "is very", "is a little", "feels", "is rather"))
    return f"{verb} {_one(rng, conduct_wordings.MOOD_ADJECTIVES[mood])}"


def _clause(rng: np.random.Generator, staged: RehearsedStaging, person: int, said: Sequence[str]) -> str:
    """“Anna leans in, is sad and looks away”; empty where nothing is said."""
    if not said:
        return ""
    own, theirs = pronouns(staged.names) if person == 0 else pronouns(staged.names)[::-1]
    name, partner = staged.names[person], staged.names[1 - person]
    subject = _one(rng, (name, name, name, own, own, _NOUNS[own])) if own else name
    if staged.left == 0 and rng.random() < 0.1:  # otherwise it would have to be said before who is where
        subject = _one(rng, conduct_wordings.PLACED["left" if person == 0 else "right"])
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    called = theirs if rng.random() < 0.4 else None
    whose = pronoun_of(name)
    return f"{subject} " + listed.format(
        other=_OBJECTS[called] if called else partner,
        others=_POSSESSIVES[called] if called else f"{partner}'s",
        whose=_POSSESSIVES[whose] if whose and rng.random() < 0.85 else "their",
    )


def _sentence(rng: np.random.Generator, about_both: list[str], about_each: list[str]) -> str:
    """Everything in one sentence or several, the scene first or last."""
    people = about_each[0] if about_each else ""
    for clause in about_each[1:]:
        people += _one(rng, (", ", ", while ", " and ", "; ", ". ", ", but ", " while ")) + clause
    scene = ", ".join(about_both)
    if people and scene and rng.random() < 0.2:
        text = f"{people}. {scene}"
    else:
        text = _one(rng, (", ", ". ", ": ", "; ", ", ", ". ")).join(part for part in (scene, people) if part)
    if rng.random() < 0.6:
        text = ". ".join(one[:1].upper() + one[1:] for one in text.split(". "))
    return text + ("." if text and rng.random() < 0.5 else "")


def _filled(rng: np.random.Generator, template: str, staged: RehearsedStaging) -> str:
    """`template` with people, places and things in its slots."""
    people = _one(rng, wordings.PEOPLE)
    things = {slot: _one(rng, choices) for slot, choices in wordings.LISTS.items()}
    first, second = staged.names
    return template.replace("{people}", people).format(first=first, second=second, **things)


def _one(rng: np.random.Generator, choices: Sequence[_Item]) -> _Item:
    return choices[int(rng.integers(len(choices)))]


def _shuffled(rng: np.random.Generator, items: Sequence[_Item]) -> list[_Item]:
    return [items[int(index)] for index in rng.permutation(len(items))]
