"""What a staging says: where each person is, which way they face, and how they carry themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from ..engines.base import Scene

Posture = Literal["seated", "standing"]


@dataclass(frozen=True)
class Place:
    """One person's place.

    `position` metres, the midpoint between the eyes of a person of average stature who sits or stands upright,
    Y up, the camera on the side of +Z; `facing` radians, the direction of chair and feet, 0 towards +Z and positive
    towards +X; `lean` radians, how far the trunk tips forward (negative: back); `mood` a name from moods.json;
    `gaze_away` share of the time (0 to 1) this person looks away, all in all, 0 for as much as the dialogue itself
    brings; `away` degrees to the left and up of the partner's eyes: where they look then, None for wherever;
    `gaze_held` share (0 to 1) of the dialogue's own looking away that this person suppresses, where `gaze_away` is 0.
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
        return float(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5)

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


def scene_of(staging: Staging) -> Scene:
    """The condition of the colocated engine: the partner's place as each person sees it, and each one's mood."""
    first, second = staging.places
    layout = np.stack([_seen_from(first, second), _seen_from(second, first)])
    return Scene(layout.astype(np.float32), (first.mood, second.mood))


def _seen_from(own: Place, partner: Place) -> np.ndarray:
    """[7] as in `Scene.layout`."""
    away = np.subtract(partner.position, own.position)  # [3] metres in the scene
    left = np.array((np.cos(own.facing), 0.0, -np.sin(own.facing)))
    ahead = np.array((np.sin(own.facing), 0.0, np.cos(own.facing)))
    turned = partner.facing - own.facing
    stands = float(own.posture == "standing")
    return np.array((away @ left, away[1], away @ ahead, np.cos(turned), np.sin(turned), stands, own.lean))
