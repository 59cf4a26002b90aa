"""What a staging says: where each person is, which way they face, and how they carry themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Posture = Literal["seated", "standing"]


@dataclass(frozen=True)
class Place:
    """One person's place.

    `position` metres, the midpoint between the eyes of a person of average stature who sits or stands upright,
    Y up, the camera on the side of +Z; `facing` radians, the direction of chair and feet, 0 towards +Z and positive
    towards +X; `lean` radians, how far the trunk tips forward (negative: back); `mood` a name from moods.json;
    `gaze_away` share of the time (0 to 1) this person looks away because the prompt says so, beyond what the dialogue
    itself brings; `away` degrees to the left and up of the partner's eyes: where they look then, None for wherever;
    `gaze_held` share (0 to 1) of the dialogue's own glances away that this person suppresses.
    """

    position: tuple[float, float, float]
    facing: float
    posture: Posture = "seated"
    lean: float = 0.0
    mood: str = "neutral"
    gaze_away: float = 0.0
    away: tuple[float, float] | None = None
    gaze_held: float = 0.0


@dataclass(frozen=True)
class Staging:
    """Both places, in the order of the speakers, and the name of the arrangement they came from."""

    arrangement: str
    places: tuple[Place, Place]

    @property
    def distance(self) -> float:
        """Metres between the two positions."""
        first, second = (place.position for place in self.places)
        return float(sum((one - other) ** 2 for one, other in zip(first, second, strict=True)) ** 0.5)

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers for a performance's `meta`."""
        return asdict(self)


def staging_from_json(data: dict[str, Any]) -> Staging:
    """The inverse of `Staging.as_json`. Raises KeyError, TypeError or ValueError where a field is off."""
    first, second = (_place_from_json(place) for place in data["places"])
    return Staging(str(data["arrangement"]), (first, second))


def _place_from_json(data: dict[str, Any]) -> Place:
    x, y, z = (float(number) for number in data["position"])
    away = data["away"]
    return Place(**{**data, "position": (x, y, z), "away": None if away is None else (float(away[0]), float(away[1]))})
