"""Facts in plain words, as an artist reads them beside the words of the sentence that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..presets import arrangements
from .fact_statements import arrangement_name
from .facts import Fact
from .statements import EVERYBODY

_VERBS: Final = {
    ("posture", "seated"): ("sits", "sit"),
    ("posture", "standing"): ("stands", "stand"),
    ("posture", "kneeling"): ("kneels", "kneel"),
    ("posture", "crouching"): ("crouches", "crouch"),
    ("posture", "lying"): ("lies", "lie"),
    ("posture", "perching"): ("perches", "perch"),
    ("posture", "leaning_on"): ("leans on something", "lean on something"),
    ("facing", "partner"): ("faces the other", "face each other"),
    ("facing", "away"): ("is turned away", "are turned away"),
    ("facing", "back"): ("has the back to the other", "have their backs to each other"),
    ("facing", "camera"): ("faces the camera", "face the camera"),
    ("facing", "upstage"): ("faces upstage", "face upstage"),
    ("facing", "thing"): ("faces something beside", "face something beside"),
    ("facing", "profile"): ("is in profile", "are in profile"),
    ("lean", "forward"): ("leans in", "lean in"),
    ("lean", "back"): ("leans back", "lean back"),
    ("lean", "upright"): ("is upright", "are upright"),
    ("gaze", "at_partner"): ("looks at the other", "look at each other"),
    ("gaze", "holds"): ("holds the other's eyes", "hold each other's eyes"),
    ("gaze", "avoids"): ("looks away", "look away"),
    ("gaze", "down"): ("looks down", "look down"),
    ("gaze", "up"): ("looks up", "look up"),
    ("gaze", "aside"): ("looks aside", "look aside"),
    ("gaze", "seldom_aside"): ("looks away now and then", "look away now and then"),
    ("sides", "left"): ("is on the left", "are on the left"),
    ("sides", "right"): ("is on the right", "are on the right"),
}
"""What one person does, and what both do."""

_TABLE: Final = {"yes": "a table", "no": "no table"}


def meaning_of(facts: Sequence[Fact], names: tuple[str, str]) -> str:
    """`facts` in a few words: “both stand, 0.8 m apart”."""
    return ", ".join(dict.fromkeys(_meaning(fact, names) for fact in facts))


def _meaning(fact: Fact, names: tuple[str, str]) -> str:
    if fact.kind == "distance":
        return f"{float(fact.value):.2g} m apart"
    if fact.kind == "height":
        return _height(fact, names)
    if fact.kind == "table":
        return _TABLE[str(fact.value)]
    if fact.kind == "arrangement":
        arrangement = _arrangement(fact, names)
        return f"not {arrangement}" if fact.denied else arrangement
    both = fact.people == EVERYBODY
    who = "both" if both else names[fact.people[0]]
    if fact.kind == "mood":
        return f"{who} not {fact.value}" if fact.denied else f"{who} {fact.value}"
    verb = _VERBS[fact.kind, str(fact.value)][both]
    return f"not: {who} {verb}" if fact.denied else f"{who} {verb}"


def _height(fact: Fact, names: tuple[str, str]) -> str:
    return "eyes level" if fact.value == "level" else f"{names[int(str(fact.value)[-1])]} is higher"


def _arrangement(fact: Fact, names: tuple[str, str]) -> str:
    value = str(fact.value)
    if value.startswith("one_behind"):
        front = int(value[-1])
        return f"{names[1 - front]} behind {names[front]}"
    title = arrangements()[arrangement_name(value)].title
    return title[0].lower() + title[1:]
