"""A staging as plain numbers an artist reads and corrects, and a staging of corrected numbers, every one checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import degrees, hypot, isfinite, radians
from typing import Any, Final, cast, get_args

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import explained_read_errors
from .layout import FARTHEST, HIGHEST, LOWEST, NEAREST
from .presets import moods
from .stage import Place, Posture, Staging, staging_from_json

RANGES: Final[dict[str, tuple[float, float]]] = {
    "x": (-10.0, 10.0),
    "y": (LOWEST, HIGHEST),
    "z": (-10.0, 10.0),
    "facing_degrees": (-180.0, 180.0),
    "lean_degrees": (-30.0, 35.0),
    "gaze_away": (0.0, 1.0),
    "away_left_degrees": (-180.0, 180.0),
    "away_up_degrees": (-80.0, 80.0),
    "gaze_held": (0.0, 1.0),
}
"""The lowest and highest value of each number of a person."""

_DECIMALS: Final = 4
_SAME_DISTANCE: Final = 2e-4
"""Metres: two positions of four decimals may be that far from the distance they were given with."""

_DIRECTION: Final = ("away_left_degrees", "away_up_degrees")


@dataclass(frozen=True)
class PersonValues:
    """One person's `Place`, in the units an artist thinks in.

    `x`, `y`, `z` metres (right of the picture, up, towards the camera); `facing_degrees` 0 towards the camera, positive
    to the right of the picture; `lean_degrees` forward; `gaze_away` share of the time they look away, 0 for as much as
    talking brings, and `gaze_held` share of their own looking away that they suppress then, 0 to 1;
    `away_left_degrees`, `away_up_degrees` where they look then, from the partner's eyes to their own left and up, None
    both for wherever.
    """

    x: float
    y: float
    z: float
    facing_degrees: float
    posture: str
    lean_degrees: float
    mood: str
    gaze_away: float
    away_left_degrees: float | None
    away_up_degrees: float | None
    gaze_held: float


@dataclass(frozen=True)
class StagingValues:
    """Both people and the metres between their places on the floor plan."""

    arrangement: str
    distance: float
    people: tuple[PersonValues, PersonValues]

    def as_json(self) -> dict[str, Any]:
        """Plain lists, words and numbers, as `staging_of_values` takes them."""
        return asdict(self)


def values_of(staging: Staging) -> StagingValues:
    """What `staging` says, rounded to four decimals."""
    first, second = (_person_values(place) for place in staging.places)
    return StagingValues(staging.arrangement, round(_floor_distance(staging), _DECIMALS), (first, second))


def staging_of_values(values: Mapping[str, Any]) -> Staging:
    """A staging of (corrected) values in the layout of `StagingValues.as_json`.

    A `distance` that is not the one between the two positions moves both alike, along the line between them; without
    one the positions count. Raises DuologueError (BAD_REQUEST) that names the value which is missing, of another kind
    or out of range.
    """
    with explained_read_errors(lambda reason: _bad(f"The staging cannot be read ({reason})")):
        return _staging_of_values(values)


def _staging_of_values(values: Mapping[str, Any]) -> Staging:
    people = values.get("people")
    if not isinstance(people, list | tuple) or len(people) != 2:  # noqa: PLR2004
        raise _bad("The staging does not name two people")
    first, second = (_place_of(f"person {number}", person) for number, person in enumerate(people, start=1))
    staging = Staging(_text("the staging", values, "arrangement"), (first, second))
    if values.get("distance") is not None:
        staging = _moved_apart(staging, _number("the staging", values, "distance", (NEAREST, FARTHEST)))
    metres = _floor_distance(staging)
    if not NEAREST - _SAME_DISTANCE <= metres <= FARTHEST + _SAME_DISTANCE:
        raise _bad(f"The two are {metres:.2f} m apart; they can be {NEAREST:g} to {FARTHEST:g} m apart")
    return staging


def checked_staging(data: object) -> Staging:
    """A staging in the layout of `Staging.as_json`, as a job's request carries it, every value held to its range.

    Raises DuologueError (BAD_REQUEST) that names the value which is missing, of another kind or out of range.
    """
    if not isinstance(data, Mapping):
        raise _bad("The staging is no table of values")
    with explained_read_errors(lambda reason: _bad(f"The staging cannot be read ({reason})")):
        staging = staging_from_json(dict(data))
        values = values_of(staging).as_json()
    staging_of_values(values | {"distance": None})
    return staging


def _person_values(place: Place) -> PersonValues:
    away = place.away
    x, y, z = (round(metres, _DECIMALS) for metres in place.position)
    return PersonValues(
        x=x,
        y=y,
        z=z,
        facing_degrees=round(degrees(place.facing), _DECIMALS),
        posture=place.posture,
        lean_degrees=round(degrees(place.lean), _DECIMALS),
        mood=place.mood,
        gaze_away=round(place.gaze_away, _DECIMALS),
        away_left_degrees=None if away is None else round(away[0], _DECIMALS),
        away_up_degrees=None if away is None else round(away[1], _DECIMALS),
        gaze_held=round(place.gaze_held, _DECIMALS),
    )


def _place_of(who: str, values: object) -> Place:
    if not isinstance(values, Mapping):
        raise _bad(f"The values of {who} are no table")
    unknown = sorted(set(values) - {field.name for field in fields(PersonValues)})
    if unknown:
        raise _bad(f"Nobody has a value “{unknown[0]}” ({who})")
    number = {
        name: _number(who, values, name, limits)
        for name, limits in RANGES.items()
        if name not in _DIRECTION or values.get(name) is not None
    }
    given = [name for name in _DIRECTION if name in number]
    if len(given) == 1:
        raise _bad(f"“{given[0]}” of {who} needs its other half; leave out both for anywhere")
    return Place(
        position=(number["x"], number["y"], number["z"]),
        facing=radians(number["facing_degrees"]),
        posture=cast("Posture", _choice(who, values, "posture", get_args(Posture))),
        lean=radians(number["lean_degrees"]),
        mood=_choice(who, values, "mood", tuple(moods())),
        gaze_away=number["gaze_away"],
        away=(number[_DIRECTION[0]], number[_DIRECTION[1]]) if given else None,
        gaze_held=number["gaze_held"],
    )


def _number(who: str, values: Mapping[str, Any], name: str, limits: tuple[float, float]) -> float:
    value = values.get(name)
    lowest, highest = limits
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _bad(f"“{name}” of {who} is {value!r}; it must be a number from {lowest:g} to {highest:g}")
    if not lowest <= value <= highest:
        raise _bad(f"“{name}” of {who} is {value:g}; it goes from {lowest:g} to {highest:g}")
    return float(value)


def _text(who: str, values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise _bad(f"“{name}” of {who} is {value!r}; it must be a word")
    return value


def _choice(who: str, values: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = _text(who, values, name)
    if value not in known:
        raise _bad(f"“{name}” of {who} is “{value}”; it must be one of {', '.join(known)}")
    return value


def _floor_distance(staging: Staging) -> float:
    (x, _, z), (other_x, _, other_z) = (place.position for place in staging.places)
    return hypot(x - other_x, z - other_z)


def _moved_apart(staging: Staging, metres: float) -> Staging:
    found = _floor_distance(staging)
    if abs(found - metres) <= _SAME_DISTANCE or found == 0.0:
        return staging
    (x, y, z), (other_x, other_y, other_z) = (place.position for place in staging.places)
    scale = metres / found
    middle_x, middle_z = (x + other_x) / 2.0, (z + other_z) / 2.0
    first, second = staging.places
    moved = (middle_x + scale * (x - middle_x), y, middle_z + scale * (z - middle_z))
    other = (middle_x + scale * (other_x - middle_x), other_y, middle_z + scale * (other_z - middle_z))
    return replace(staging, places=(replace(first, position=moved), replace(second, position=other)))


def _bad(what: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST, f"{what}.", "Correct the value, or leave the staging out to follow the prompt."
    )
