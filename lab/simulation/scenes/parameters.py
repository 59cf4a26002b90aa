"""The staging of a rehearsal: exact numbers, and which of them a prompt says in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from backend.animation.looking import with_mean
from backend.engines.traits import GAZE_SHARE_RANGE
from backend.staging.layout import Conduct, lay_out
from backend.staging.presets import DEFAULT_ARRANGEMENT, Arrangement, arrangements
from backend.staging.stage import Place, Staging

from ..script.people import Habits

Leaning = Literal["in", "back", "upright"]
Looking = Literal["away", "down", "up", "ahead", "left", "right", "turned", "held", "glancing"]
Stature = Literal["taller", "shorter", "child"]
Apart = Literal["metres", "very close", "close", "far"]
Facing = Literal["profile", "open"]

_REHEARSED: Final = "neutral"
"""The mood that adds nothing to a motion."""

_FURTHEST_GLANCE: Final = 38.0
"""Degrees aside that a glance of a rehearsal goes at most."""


@dataclass(frozen=True)
class RehearsedPerson:
    """One person of a staging. `conduct` has the numbers, degrees and metres; `height` metres, of the body.

    `leans`, `looks` and `stature` are what a prompt says, None where it says nothing; `posture_said` and `mood_said`
    whether it says these.
    """

    name: str
    conduct: Conduct
    height: float
    leans: Leaning | None
    looks: Looking | None
    stature: Stature | None
    posture_said: bool
    mood_said: bool


@dataclass(frozen=True)
class RehearsedStaging:
    """A staging, and what of it is said. Whatever is not said is as arrangement, manner and moods imply it.

    `arrangement` a name from presets/staging, None where nothing is said of the place; `manner` arguing, intimate or
    None; `distance` metres; `open_degrees` how far both are turned from each other to the camera; `left` who is on
    the left of the picture, 0 or 1, and whether that is said.
    """

    arrangement: str | None
    manner: str | None
    distance: float
    apart: Apart | None
    open_degrees: float
    facing: Facing | None
    left: int
    side_said: bool
    people: tuple[RehearsedPerson, RehearsedPerson]

    @property
    def names(self) -> tuple[str, str]:
        """Both people's names."""
        return self.people[0].name, self.people[1].name

    @property
    def staging(self) -> Staging:
        """Both places, as `staging.stage_prompt` returns them."""
        name = self.arrangement or self.manner or DEFAULT_ARRANGEMENT
        turned = replace(arrangements()[name], open_degrees=self.open_degrees)
        conducts = (self.people[0].conduct, self.people[1].conduct)
        return lay_out(name, turned, self.distance, self.left, conducts)[0]

    @property
    def played(self) -> Staging:
        """The same without what the motion already has: gaze habits (`staged_habits`) and moods."""
        staging = self.staging
        first, second = (
            replace(place, mood=_REHEARSED, gaze_held=0.0)
            if _is_out_of_reach(place)
            else replace(place, mood=_REHEARSED, gaze_held=0.0, gaze_away=0.0, away=None)
            for place in staging.places
        )
        return replace(staging, places=(first, second))


def staged_habits(habits: Habits, staged: RehearsedStaging, person: int) -> Habits:
    """Return `habits` of `person` as the staging changes them: how often they look away, and where to.

    They look away as often as the staging says, if they speak half of the time, and more while speaking.
    Where that is further aside than a glance goes, `staging.compose` does it, which turns head and trunk too.
    """
    place = staged.staging.places[person]
    far = _is_out_of_reach(place)
    shares = np.array([habits.gaze_speaking, habits.gaze_listening])
    shares = 1.0 - (1.0 - shares) * (1.0 - place.gaze_held)
    if place.gaze_away > 0.0 and not far:
        shares = with_mean(np.clip(shares, *GAZE_SHARE_RANGE), 1.0 - place.gaze_away)
    return replace(
        habits,
        gaze_speaking=float(np.clip(shares[0], 0.04, 0.86)),
        gaze_listening=float(np.clip(shares[1], 0.06, 0.94)),
        aversion=None if far else place.away,
    )


def _is_out_of_reach(place: Place) -> bool:
    return place.away is not None and abs(place.away[0]) > _FURTHEST_GLANCE


def implied(arrangement: str | None, manner: str | None) -> tuple[Arrangement, ...]:
    """Return the presets that apply, the arrangement first."""
    name = arrangement or manner or DEFAULT_ARRANGEMENT
    return tuple(arrangements()[preset] for preset in (name, *([manner] if manner and manner != name else [])))


def rehearsed_staging_from_json(data: dict[str, Any]) -> RehearsedStaging:
    """Return the staging of parsed JSON, the inverse of `dataclasses.asdict`.

    Raises KeyError or TypeError where a field is missing or of another type.
    """
    first, second = (
        RehearsedPerson(**{**person, "conduct": _conduct_from_json(person["conduct"])}) for person in data["people"]
    )
    return RehearsedStaging(**{**data, "people": (first, second)})


def _conduct_from_json(data: dict[str, Any]) -> Conduct:
    away = data["away"]
    return Conduct(**{**data, "away": (away[0], away[1]) if isinstance(away, list) else away})
