"""What a number of metres is about: how far apart the two are, how much higher one is, or neither (“5 m of shelf”)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from .facts import evidence, overlap
from .model.outputs import INDEX, OUTPUTS, Output
from .model.people import Mark
from .model.reader import Probabilities
from .model.tagging import pieces_in
from .statements import EVERYBODY, SHORTEST, TALLEST, Reading, Statement

_DISTANCE: Final = INDEX[Output("scene", "distance", "said")]
_HIGHER: Final = (INDEX[Output("scene", "height", "higher_0")], INDEX[Output("scene", "height", "higher_1")])
_ABOUT: Final = 0.05
"""How probably, at least, the words of a number are about the distance."""

_LENGTH_ALONE: Final = 5
"""Words of a text that is too short for the network to tell what its length is about: a distance."""

_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN_TWO: Final = re.compile(r"\W*(?:\w+\W+){0,2}?(?:apart|away|between|from|distance|of air|off)\b", re.IGNORECASE)
_OF_SOMETHING: Final = re.compile(r"\W*(?:up|high|tall|long|wide|deep|thick|below|above|down|of)\b", re.IGNORECASE)
_MORE_THAN_SOMEBODY: Final = re.compile(r"\W*(?:on|over)\b", re.IGNORECASE)
"""What stands after a length that is a distance, one that belongs to a thing, and one that somebody is taller by."""


def told_lengths(
    text: str, reading: Reading, probabilities: Probabilities, subjects: Sequence[Mark] = ()
) -> tuple[Reading, Probabilities]:
    """`reading` with those lengths that are about heights as such, and without those that are about neither; these say
    no distance in `probabilities` either. `subjects` tell whose doing the words of `text` are, as the grammar has it.
    """
    statements = []
    for statement in reading.statements:
        told = _told(text, statement, probabilities, subjects)
        if told is None:
            probabilities = _without_distance(text, statement, probabilities)
        else:
            statements.append(told)
    return replace(reading, statements=tuple(statements)), probabilities


def _without_distance(text: str, statement: Statement, probabilities: Probabilities) -> Probabilities:
    place = place_of(text, statement.phrase)
    if place is None or not overlap(evidence(text, probabilities, OUTPUTS[_DISTANCE]), place):
        return probabilities
    said = probabilities.said.copy()
    said[_DISTANCE] = 0.0
    return replace(probabilities, said=said)


def _told(text: str, statement: Statement, probabilities: Probabilities, subjects: Sequence[Mark]) -> Statement | None:
    place = place_of(text, statement.phrase) if statement.kind == "metres" else None
    if place is None or statement.phrase.endswith("apart"):
        return statement
    after = text[place[1] :]
    alone = len(text.split()) <= _LENGTH_ALONE and not _OF_SOMETHING.match(after)
    if alone or _BETWEEN_TWO.match(after):
        return statement
    pieces = probabilities.pieces[list(pieces_in(probabilities.spans, *place))]
    distance = float(pieces[:, _DISTANCE].max(initial=0.0))
    rises = pieces[:, _HIGHER].max(axis=0, initial=0.0)
    if _MORE_THAN_SOMEBODY.match(after) or (rises.max() > max(distance, _ABOUT)):
        doing = {mark.person for mark in subjects if overlap((mark.start, mark.end), place)} or set(statement.people)
        person = doing.pop() if len(doing) == 1 else int(np.argmax(probabilities.said[list(_HIGHER)]))
        return _height(statement, person)
    return None if _OF_SOMETHING.match(after) or distance < _ABOUT else statement


def _height(statement: Statement, higher: int) -> Statement:
    """The length as the height of the person `higher`, or as what this one is higher by."""
    metres = float(statement.value)
    if SHORTEST <= metres <= TALLEST:
        return replace(statement, kind="stature", value={"relative": False, "tall_metres": metres}, people=(higher,))
    return replace(statement, kind="height", value=(f"higher_{higher}", metres), people=EVERYBODY)


def place_of(text: str, phrase: str) -> tuple[int, int] | None:
    """Where the words of `phrase` stand in `text`; None where they are written otherwise."""
    words = _WORD.findall(phrase)
    place = re.search(r"[\W_]*".join(map(re.escape, words)), text, re.IGNORECASE) if words else None
    if place is None and words and words[0].isdigit():  # 6'4" has no words of its own
        place = re.search(rf"\b{words[0]}\b", text)
    return None if place is None else place.span()
