"""Sentences in the vocabulary's own words, as rehearsals write them, labelled by what the rules read in them.

The corpus has sentences as people write them, of which the vocabulary often knows every word but not the meaning. These
are the others: here the rules are right, and the network learns to leave it at what they say.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np

from backend.staging.prompt.fact_statements import meanings_of
from backend.staging.prompt.lengths import place_of
from backend.staging.prompt.model.outputs import PERSON_VALUES, SCENE_VALUES
from backend.staging.prompt.rules import Seen, read_by_rules
from backend.staging.prompt.statements import EVERYBODY, Statement

from ...sentences.corpus import Label, Sentence
from ...simulation.scenes.choice import draw_staging
from ...simulation.scenes.prompts import word_prompt
from ...simulation.script.people import MOODS, draw_names
from ...simulation.speech.voices import EVERY_SYNTHESIZER, draw_voices
from .examples import with_people_swapped

_UPWARDS: Final = 8.0
"""Degrees from which somebody looks up or down."""

_NOW_AND_THEN: Final = 0.3
_HELD: Final = 0.6
"""Shares of the time: somebody looks away seldom up to the first, and holds the other's eyes from the second."""

_NEAR: Final = 0.03
"""A length in a sentence is meant as exactly as this share of it."""


def worded_sentences(count: int, seed: int) -> tuple[Sentence, ...]:
    """So many, drawn like those of rehearsals."""
    moods = list(MOODS)
    return tuple(
        _sentence(np.random.default_rng([seed, 2, number]), moods[number % len(moods)], number)
        for number in range(count)
    )


def _sentence(rng: np.random.Generator, mood: str, number: int) -> Sentence:
    staged = draw_staging(rng, mood, draw_names(rng, draw_voices(rng, EVERY_SYNTHESIZER)))
    text = word_prompt(rng, staged)
    statements = read_by_rules(text, staged.names, Seen()).reading.statements
    labels = (label for statement in statements for label in _labels(text, statement))
    called = tuple(name if name in text else "" for name in staged.names)
    sentence = Sentence(f"worded-{number}", text, (called[0], called[1]), tuple(labels))
    return sentence if _in_order(sentence) else with_people_swapped(sentence)


def _in_order(sentence: Sentence) -> bool:
    """Whether its first person is the first that it calls, as in the corpus."""
    first, second = (sentence.text.find(name) if name else len(sentence.text) for name in sentence.names)
    return first <= second


def _labels(text: str, statement: Statement) -> list[Label]:
    place = place_of(text, statement.phrase)
    meant = _meant(statement)
    if place is None or meant is None:
        return []
    kind, value = meant
    people = statement.people or EVERYBODY
    who: Literal[0, 1, "both", "scene"] = "both" if tuple(people) == EVERYBODY else 1 if people[0] else 0
    if kind in (*SCENE_VALUES, "distance"):
        who = "scene"
    excluded = statement.negated and (kind, value) != ("gaze", "avoids")
    return [Label(text[slice(*place)], who, kind, value, excluded)]


def _meant(statement: Statement) -> tuple[str, Any] | None:
    """Kind and value as the corpus has them; None for what it has no word for."""
    if statement.kind == "metres":
        metres = float(statement.value)
        return "distance", (metres * (1.0 - _NEAR), metres * (1.0 + _NEAR))
    if statement.kind == "side" and statement.people in ((0,), (1,)):
        return "sides", str(statement.value)
    if statement.kind == "gaze" and "facing" not in statement.value:
        return "gaze", "avoids" if statement.negated and "gaze_held" in statement.value else _look(statement.value)
    if statement.kind in ("distance", "stature"):
        return None
    own = next(iter(meanings_of(statement)), None)
    if statement.kind.startswith("arrangement/") and own is not None:
        return next((pair for pair in meanings_of(statement) if pair[1] == statement.value), own)
    return own if own is not None and own[1] in (PERSON_VALUES | SCENE_VALUES).get(own[0], ()) else None


def _look(value: dict[str, Any]) -> str:
    if "gaze_held" in value:
        return "holds" if value["gaze_held"] >= _HELD else "at_partner"
    if value.get("gaze_away", 1.0) <= _NOW_AND_THEN:
        return "seldom_aside"
    if value.get("away") is not None:
        return "aside"
    up = value.get("away_degrees", (0.0, 0.0))[1]
    return "down" if up < -_UPWARDS else "up" if up > _UPWARDS else "avoids"
