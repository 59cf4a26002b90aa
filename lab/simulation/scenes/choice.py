"""Draws a staging for a rehearsal: a place, distance, angle and conduct that suit the mood of its dialogue."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from backend.staging.layout import Conduct
from backend.staging.postures import AVERAGE_STATURE
from backend.staging.presets import Arrangement, moods

from .parameters import Apart, Facing, Leaning, Looking, RehearsedPerson, RehearsedStaging, Stature, implied

_MANNER_OF_MOOD: Final = {"arguing": "arguing", "intimate": "intimate"}
"""Moods of a dialogue that are also a manner of talking, which brings people closer."""

_MOODS_OF_PEOPLE: Final[Mapping[str, Mapping[str, float]]] = {
    "easy": {"neutral": 0.5, "friendly": 0.32, "surprised": 0.06, "bored": 0.06, "tense": 0.06},
    "friendly": {"friendly": 0.85, "happy": 0.15},
    "merry": {"happy": 0.7, "friendly": 0.3},
    "excited": {"happy": 0.7, "surprised": 0.3},
    "serious": {"serious": 0.55, "tense": 0.2, "neutral": 0.15, "sad": 0.1},
    "formal": {"serious": 0.8, "neutral": 0.2},
    "sad": {"sad": 0.8, "tender": 0.2},
    "arguing": {"angry": 0.8, "tense": 0.2},
    "intimate": {"tender": 0.85, "happy": 0.15},
}
"""Mood of a dialogue (`people.MOODS`) → mood of a person in it (presets/staging/moods.json) → chance."""

_OTHERWISE: Final[Mapping[str, float]] = {"neutral": 1.0}

_ARRANGEMENTS: Final = {
    "across_a_table": 0.36,
    "side_by_side": 0.22,
    "standing": 0.2,
    "table_corner": 0.11,
    "across_a_room": 0.11,
}
_LEAN_DEGREES: Final[Mapping[Leaning, float]] = {"in": 13.0, "back": -13.0, "upright": 0.0}
_RAISED: Final[Mapping[Stature, float]] = {"taller": 0.1, "shorter": -0.1, "child": -0.28}
_LOOKS: Final[Mapping[Looking, float]] = {
    "away": 0.22,
    "down": 0.16,
    "up": 0.07,
    "ahead": 0.1,
    "left": 0.04,
    "right": 0.04,
    "turned": 0.07,
    "held": 0.2,
    "glancing": 0.1,
}
"""Chances of what is said of a person's gaze, where anything is."""

_AWAY_SHARE: Final[Mapping[Looking, float]] = {
    "away": 0.6,
    "down": 0.65,
    "up": 0.5,
    "ahead": 0.65,
    "left": 0.5,
    "right": 0.5,
    "turned": 0.7,
    "held": 0.0,
    "glancing": 0.25,
}
_AWAY_DEGREES: Final[Mapping[Looking, tuple[float, float] | str]] = {
    "down": (0.0, -30.0),
    "up": (6.0, 24.0),
    "left": (30.0, -2.0),
    "right": (-30.0, -2.0),
    "ahead": "ahead",
    "turned": "ahead",
}
_HELD_SHARE: Final = 0.8
_OPEN_DEGREES: Final = 18.0
_CLOSEST: Final = 0.45
_SCALE: Final[Mapping[Apart, float]] = {"close": 0.7, "far": 1.6}


def draw_staging(
    rng: np.random.Generator, mood: str = "easy", names: tuple[str, str] = ("Anna", "Ben")
) -> RehearsedStaging:
    """Draw a staging for a dialogue of that `mood`; an unknown mood counts as neutral."""
    manner = _MANNER_OF_MOOD.get(mood)
    arrangement = _draw_arrangement(rng, manner)
    presets = implied(arrangement, manner)
    shared = _draw_mood(rng, mood)
    own = [shared if rng.random() < 0.75 else _draw_mood(rng, mood) for _ in range(2)]
    apart, distance = _draw_distance(rng, presets)
    facing, open_degrees = _draw_facing(rng, presets[0].open_degrees)
    stands = _draw_who_stands(rng, presets[0]) if arrangement or manner else (None, None)
    people = [
        _draw_person(rng, names[person], own[person], presets, stands[person], roomy=distance > 0.62)
        for person in range(2)
    ]
    people = _with_one_stature(rng, people)
    left = int(rng.random() < 0.3)
    side_said = left == 1 or bool(rng.random() < 0.15)
    return RehearsedStaging(
        arrangement, manner, distance, apart, open_degrees, facing, left, side_said, (people[0], people[1])
    )


def _draw_arrangement(rng: np.random.Generator, manner: str | None) -> str | None:
    if rng.random() < (0.35 if manner else 0.06):
        return None
    names, chances = list(_ARRANGEMENTS), np.array(list(_ARRANGEMENTS.values()))
    if manner == "intimate":
        chances = chances * [name != "across_a_room" for name in names]
    return names[int(rng.choice(len(names), p=chances / chances.sum()))]


def _draw_mood(rng: np.random.Generator, mood: str) -> str:
    chances = _MOODS_OF_PEOPLE.get(mood, _OTHERWISE)
    return list(chances)[int(rng.choice(len(chances), p=list(chances.values())))]


def _draw_distance(rng: np.random.Generator, presets: tuple[Arrangement, ...]) -> tuple[Apart | None, float]:
    """Draw what is said of the distance, and metres; words leave room for 5% more or less."""
    ordinary = presets[0].distance * float(np.prod([preset.distance_scale for preset in presets[1:]]))
    loosely = float(np.exp(np.clip(rng.normal(0.0, 0.05), -0.1, 0.1)))
    kind = int(rng.choice(5, p=(0.55, 0.2, 0.05, 0.1, 0.1)))
    if kind == 1:
        return "metres", round(float(np.clip(ordinary * rng.uniform(0.7, 1.7), 0.45, 4.0)), 1)
    if kind == 2:
        return "very close", _CLOSEST * max(loosely, 1.0)
    if kind in (3, 4):
        apart: Apart = "close" if kind == 3 else "far"
        return apart, max(ordinary * _SCALE[apart] * loosely, _CLOSEST)
    return None, ordinary * loosely


def _draw_facing(rng: np.random.Generator, ordinary: float) -> tuple[Facing | None, float]:
    """Draw what is said of the angle, and the degrees that both are turned to the camera."""
    loosely = float(np.clip(rng.normal(0.0, 2.0), -4.0, 4.0))
    if rng.random() < 0.12:
        return "open", ordinary + _OPEN_DEGREES + loosely
    if rng.random() < 0.1:
        return "profile", abs(loosely)
    return None, max(ordinary + loosely, 0.0)


def _draw_who_stands(rng: np.random.Generator, arrangement: Arrangement) -> tuple[bool | None, bool | None]:
    """Draw whether a prompt says that each person stands (or sits), None where it says nothing."""
    if rng.random() >= 0.1:
        return None, None
    if rng.random() < 0.5 and arrangement.posture == "seated":
        return True, True
    return (True, False) if rng.random() < 0.5 else (False, True)


def _draw_person(
    rng: np.random.Generator,
    name: str,
    mood: str,
    presets: tuple[Arrangement, ...],
    stands: bool | None,
    *,
    roomy: bool,
) -> RehearsedPerson:
    implied_mood = next((preset.mood for preset in presets if preset.mood), None) or "neutral"
    preset_mood = moods()[mood]
    posture = presets[0].posture if stands is None else ("standing" if stands else "seated")
    leans = _draw_leaning(rng, roomy=roomy, seated=posture == "seated")
    looks = list(_LOOKS)[int(rng.choice(len(_LOOKS), p=list(_LOOKS.values())))] if rng.random() < 0.24 else None
    conduct = Conduct(
        posture=posture,
        mood=mood,
        lean=preset_mood.lean_degrees + sum(preset.lean_degrees for preset in presets),
        gaze_away=preset_mood.gaze_away,
        gaze_held=max(preset_mood.gaze_held, *(preset.gaze_held for preset in presets)),
    )
    if leans is not None:
        conduct = replace(conduct, lean=_LEAN_DEGREES[leans])
    conduct = replace(conduct, lean=conduct.lean + float(np.clip(rng.normal(0.0, 1.2), -2.5, 2.5)))
    if looks is not None:
        conduct = _gazing(rng, conduct, looks)
    return RehearsedPerson(
        name=name,
        conduct=conduct,
        height=float(np.clip(rng.normal(AVERAGE_STATURE, 0.08), 1.5, 1.95)),
        leans=leans,
        looks=looks,
        stature=None,
        posture_said=stands is not None,
        mood_said=mood != implied_mood or bool(rng.random() < 0.25 and mood != "neutral"),
    )


def _draw_leaning(rng: np.random.Generator, *, roomy: bool, seated: bool) -> Leaning | None:
    draw = float(rng.random())
    if draw < 0.13:
        return "in" if roomy else None
    if draw < 0.21:
        return "back" if seated else None
    return "upright" if draw < 0.26 and seated else None


def _gazing(rng: np.random.Generator, conduct: Conduct, looks: Looking) -> Conduct:
    away = _AWAY_DEGREES.get(looks)
    share = _AWAY_SHARE[looks]
    return replace(
        conduct,
        gaze_away=share and float(np.clip(share + rng.normal(0.0, 0.04), 0.1, 0.85)),
        gaze_held=_HELD_SHARE if looks == "held" else 0.0,
        away=away,
        facing="away" if looks == "turned" else None,
    )


def _with_one_stature(rng: np.random.Generator, people: list[RehearsedPerson]) -> list[RehearsedPerson]:
    """Make one of the two taller or shorter than the other, or a child, at times."""
    if rng.random() >= 0.08:
        return people
    who = int(rng.integers(2))
    stature: Stature = ("taller", "shorter", "child")[int(rng.choice(3, p=(0.4, 0.35, 0.25)))]  # type: ignore[assignment]
    conduct = replace(people[who].conduct, raised=_RAISED[stature])
    people[who] = replace(people[who], stature=stature, conduct=conduct)
    # Nobody said to be taller may come out shorter by the bodies' own heights.
    return [replace(person, height=AVERAGE_STATURE) for person in people]
