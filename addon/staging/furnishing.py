"""What stands around two people, as a take's staging has it: read from its arrangement and postures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from mathutils import Vector

from ...backend.contract.postures import EYE_HEIGHTS
from ...backend.contract.reading import read_or_none
from ..paths import PRESETS, table_of
from .sightline import IN_LINE, Sightline

_SIT: Final = "seated"
_LIKE_HEIGHTS: Final = 0.18
"""Metres between two people's eyes up to which one counter hides where both busts end."""
_ON_A_STEP: Final = 0.22
"""Metres that somebody is higher than their posture has them from which on it is no matter of stature."""
_SHARES_A_BENCH: Final = 1.0
"""Metres between the eyes of two who sit on one bench, at most."""
_SEEN_BELOW: Final[Mapping[str, float]] = {
    "seated": 0.60,
    "standing": 0.62,
    "kneeling": 1.08,
    "crouching": 0.68,
    "perching": 0.95,
    "leaning_on": 0.80,
    "lying": 0.80,
}
"""Metres of a body below the eyes, or along it where it lies, by which its posture is known in the two-shot."""


@dataclass(frozen=True)
class Furnishing:
    """What stands there: a `table` with two cups, for each person a chair or none, or a `bench` for both.

    `postures` as of a staging; `raised` metres that each stands or sits above the floor; `figures`: whether bodies are
    seen below the busts.
    """

    table: bool = True
    chairs: tuple[bool, bool] = (True, True)
    postures: tuple[str, str] = (_SIT, _SIT)
    raised: tuple[float, float] = (0.0, 0.0)
    bench: bool = False
    figures: bool = False
    built: tuple[bool, bool] = (True, True)

    @property
    def bodies(self) -> tuple[float, float]:
        """Metres of each body below the eyes that the two-shot is to show."""
        if not self.figures:
            return 0.0, 0.0
        first, second = (_SEEN_BELOW.get(one, 0.0) for one in self.postures)
        return first, second


def seen_with(sightline: Sightline, furnishing: Furnishing) -> Sightline:
    """The same two with as much of their bodies as is to be seen, and on the bed if there is one."""
    first, second = (
        replace(held, reclines=held.reclines or posture == "lying")
        for held, posture in zip(sightline.bearings, furnishing.postures, strict=True)
    )
    return replace(sightline, bodies=furnishing.bodies, bearings=(first, second))


def with_figures(furnishing: Furnishing, sightline: Sightline, front: Vector, *, can: bool) -> Furnishing:
    """The same with bodies below busts where the people's eyes, in metres, are at unlike heights or one is behind the
    other as seen from the `front`; none unless they `can` have bodies.
    """
    unlike = abs(sightline.first.z - sightline.second.z) > _LIKE_HEIGHTS or abs(front.dot(sightline.along)) > IN_LINE
    return replace(furnishing, figures=can and (furnishing.figures or unlike))


def furnishing_of(staging: object, built: Sequence[bool]) -> Furnishing:
    """What the arrangement of a take's `staging`, as in its `meta`, has; chairs for heads that are `built` alone.

    Characters of the artist's own have bodies and chairs of their own. Without a staging the two sit at a table.
    """
    both = (bool(built[0]), bool(built[1]))
    places = staging.get("places") if isinstance(staging, Mapping) else None
    if not isinstance(staging, Mapping) or not isinstance(places, list) or len(places) != len(built):
        return Furnishing(chairs=both, built=both)
    first, second = (str(place.get("posture", _SIT)) if isinstance(place, Mapping) else _SIT for place in places)
    postures, sits = (first, second), (first == _SIT, second == _SIT)
    heights = [_height(place, posture) for place, posture in zip(places, postures, strict=True)]
    above = [height - EYE_HEIGHTS.get(posture, height) for height, posture in zip(heights, postures, strict=True)]
    raised = tuple(one if one > _ON_A_STEP else 0.0 for one in above)
    unlike = abs(heights[0] - heights[1]) > _LIKE_HEIGHTS or not {*postures} <= {_SIT, "standing"}
    arrangement = str(staging.get("arrangement"))
    high = {*postures} <= {_SIT, "standing", "perching"}
    table = any(sits) and high and all(height == 0.0 for height in raised) and _has_table(arrangement)
    bench = arrangement == "side_by_side" and all(sits) and all(both) and _distance(places) < _SHARES_A_BENCH
    chairs = (both[0] and sits[0] and not bench, both[1] and sits[1] and not bench)
    return Furnishing(
        table, chairs, postures, (raised[0], raised[1]), bench and raised[0] == raised[1], unlike and all(both), both
    )


def _has_table(arrangement: str) -> bool:
    """Whether this arrangement of presets/staging has a table; one that nobody knows has."""
    path = PRESETS / "staging" / "arrangements" / f"{arrangement}.json"
    told = read_or_none(lambda: table_of(path)) if arrangement.isidentifier() else None
    return bool(told.get("table", False)) if isinstance(told, Mapping) else True


def _height(place: Any, posture: str) -> float:
    """Metres above the floor of average eyes; as the posture has them where no height is told."""
    told = read_or_none(lambda: float(place["position"][1]))
    return EYE_HEIGHTS.get(posture, EYE_HEIGHTS[_SIT]) if told is None else told


def _distance(places: Sequence[Any]) -> float:
    """Metres between two places as seen from above; endless where they are not told."""
    told = read_or_none(lambda: [(float(one["position"][0]), float(one["position"][2])) for one in places])
    if told is None:
        return float("inf")
    (x, y), (there, deep) = told
    return float(((x - there) ** 2 + (y - deep) ** 2) ** 0.5)
