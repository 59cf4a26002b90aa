"""What the rules read, as hints to the network: which pieces of a sentence the vocabulary knows, and as what."""

from __future__ import annotations

from .fact_statements import meanings_of
from .lengths import place_of
from .model.outputs import DENIED, INDEX, Output, Who
from .model.tagging import Hint
from .statements import EVERYBODY, Reading, Statement


def hints_of(text: str, reading: Reading) -> tuple[Hint, ...]:
    """Each statement of `reading` whose words `text` has, with the outputs of the network that it speaks for."""
    found = []
    for statement in reading.statements:
        place = place_of(text, statement.phrase)
        if place is None:
            continue
        outputs = set()
        for kind, value in _meanings(statement):
            who: tuple[Who, ...] = (0, 1) if Output(0, kind, value) in INDEX else ("scene",)
            people = [one for one in who if one == "scene" or one in (statement.people or EVERYBODY)]
            outputs |= {INDEX[Output(one, kind, value)] for one in people}
            if statement.negated and (kind in DENIED or kind == "arrangement"):
                outputs |= {INDEX[Output(one, "denied", kind)] for one in people}
        found.append(Hint(*place, tuple(sorted(outputs))))
    return tuple(found)


def _meanings(statement: Statement) -> tuple[tuple[str, str], ...]:
    """Those of `meanings_of`, and what more a measure or a stature tells than which kinds may be said."""
    if statement.kind == "metres":
        return (("distance", "said"),)
    if statement.kind == "stature" and len(statement.people) == 1 and "raise_metres" in statement.value:
        person = statement.people[0]
        return (("height", f"higher_{person if statement.value['raise_metres'] > 0.0 else 1 - person}"),)
    return meanings_of(statement)
