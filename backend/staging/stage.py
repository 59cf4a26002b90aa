"""What a staging says: where each person is, which way they face, and how they carry themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from ..engines.base import Scene

Posture = Literal["seated", "standing", "kneeling", "crouching", "lying", "perching", "leaning_on"]

Facing = Literal["partner", "away", "back", "camera", "upstage", "thing", "profile"]
"""Whither a body is turned: to the partner, away from them or with the back to them; to the camera, away from it
(upstage) or across its view (profile); to a thing beside the two, such as a window or the road."""

_ON_THEIR_FEET: Final = ("standing", "leaning_on")
"""Postures that the engine is told as standing: it was trained on chairs (0) and feet (1) alone, and the feet carry
these. Who perches has a seat below; who kneels, crouches or lies moves from the ground up as little as on a chair."""

_HEIGHT_KNOWN: Final = 0.7
"""Metres between two people's eyes, up or down, to which the engine was trained."""


@dataclass(frozen=True)
class Place:
    """One person's place.

    `position` metres, the midpoint between the eyes of a person of average stature in that posture who leans nowhere,
    Y up, the camera on the side of +Z; `facing` radians, the direction of chair and feet, 0 towards +Z and positive
    towards +X, of who lies the one from head to feet; `lean` radians, how far the trunk tips forward (negative: back)
    of what the posture has it; `mood` a name from moods.json;
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
    stands = float(own.posture in _ON_THEIR_FEET)
    up = np.clip(away[1], -_HEIGHT_KNOWN, _HEIGHT_KNOWN)
    return np.array((away @ left, up, away @ ahead, np.cos(turned), np.sin(turned), stands, own.lean))
