"""The staging of a take as plain values that the artist reads and corrects, in Blender's own axes."""

from __future__ import annotations

from math import radians
from typing import Any, Final

import bpy
import numpy as np

from ...backend.contract.reading import read_or_none
from ..characters.character_files import stable_number
from ..paths import PRESETS, table_of

NEAREST, FARTHEST = 0.42, 6.0
"""Metres between two people's eyes that the worker accepts."""

_LEANING: Final = radians(5.0)
_OFTEN: Final = 0.25
_NO_MOOD: Final = "neutral"
"""From these on a lean, a share of time and a mood are worth a word."""

_POSTURES: Final = (
    ("seated", "Sits", "On a chair"),
    ("standing", "Stands", "On their feet"),
    ("kneeling", "Kneels", "Upright on the knees"),
    ("crouching", "Crouches", "Low on both feet"),
    ("lying", "Lies", "On a bed or couch, the head on a pillow"),
    ("perching", "Perches", "On the edge of a table or a bar stool"),
    ("leaning_on", "Leans on something", "With the back or the elbows on a wall or a bar"),
)
_VERBS: Final = {
    "seated": ("sits", "sit"),
    "standing": ("stands", "stand"),
    "kneeling": ("kneels", "kneel"),
    "crouching": ("crouches", "crouch"),
    "lying": ("lies", "lie"),
    "perching": ("perches", "perch"),
    "leaning_on": ("leans on something", "lean on something"),
}
"""What one does, and what two do."""
_Item = tuple[str, str, str, str, int]
_moods: list[_Item] = []


def mood_items(_self: object, _context: object) -> list[_Item]:
    """The moods of presets/staging, read once. Blender keeps no reference to their strings, so the list stays."""
    if not _moods:
        names = table_of(PRESETS / "staging" / "moods.json")
        _moods[:] = [
            (name, name.capitalize(), f"Face and trunk are {name}", "NONE", stable_number(name)) for name in names
        ]
    return _moods


class PlaceSettings(bpy.types.PropertyGroup):
    """One person's place. `away` degrees to the left and up, where `has_away`: kept as the sentence had it."""

    position: bpy.props.FloatVectorProperty(  # type: ignore[valid-type]
        name="Eyes at", description="Where the eyes are as seen from above, sitting or standing upright",
        size=2, min=-10.0, max=10.0, subtype="XYZ", unit="LENGTH", precision=2,
    )  # fmt: skip
    height: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Eye height", description="Of a person of average height; a taller one's eyes are higher",
        default=1.2, min=0.1, max=4.0, subtype="DISTANCE", precision=2,
    )  # fmt: skip
    facing: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Facing", description="Where chair and feet point: 0° to the camera, positive to the picture's right",
        min=radians(-180.0), max=radians(180.0), subtype="ANGLE", step=100,
    )  # fmt: skip
    posture: bpy.props.EnumProperty(name="Posture", description="How they sit, stand or lie", items=_POSTURES)  # type: ignore[valid-type]
    lean: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Leans", description="How far the trunk tips forward; negative is back",
        min=radians(-30.0), max=radians(35.0), subtype="ANGLE", step=100,
    )  # fmt: skip
    mood: bpy.props.EnumProperty(name="Mood", description="Colours face, trunk and breath", items=mood_items, default=0)  # type: ignore[valid-type]
    gaze_away: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Looks away",
        description="Share of the whole time they look away. About 0.33 is natural and less is more eye contact; "
        "0: as much as talking brings by itself",
        min=0.0, max=1.0, subtype="FACTOR",
    )  # fmt: skip
    gaze_held: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Holds gaze",
        description="Share of their own glances away that they suppress. Not used where Looks away is above 0",
        min=0.0, max=1.0, subtype="FACTOR",
    )  # fmt: skip
    has_away: bpy.props.BoolProperty(  # type: ignore[valid-type]
        description="Whether the sentence says where they look when they look away"
    )
    away: bpy.props.FloatVectorProperty(  # type: ignore[valid-type]
        size=2, description="Where they look then: degrees to the left and up"
    )


def _distance(staging: bpy.types.PropertyGroup) -> float:
    first, second = (np.array(place.position) for place in places_of(staging))
    return float(np.linalg.norm(second - first))


def _move_apart(staging: bpy.types.PropertyGroup, metres: float) -> None:
    """Along the line between them; two who are at one place part to the left and right."""
    first, second = (np.array(place.position) for place in places_of(staging))
    now = _distance(staging)
    along = (second - first) / now if now > 0.0 else np.array((1.0, 0.0))
    middle = (first + second) / 2.0
    for place, side in zip(places_of(staging), (-0.5, 0.5), strict=True):
        place.position = middle + side * metres * along


class StagingSettings(bpy.types.PropertyGroup):
    """Both places. `arrangement` names what they came from; empty until a take was seen."""

    used: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Use these values", description="The next take is staged by these values; the sentence decides nothing"
    )
    arrangement: bpy.props.StringProperty(description="What the two places came from")  # type: ignore[valid-type]
    first: bpy.props.PointerProperty(type=PlaceSettings, description="The first person's place")  # type: ignore[valid-type]
    second: bpy.props.PointerProperty(type=PlaceSettings, description="The second person's place")  # type: ignore[valid-type]
    distance: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Distance", description="Between both people's eyes, as seen from above; moves both alike",
        min=NEAREST, max=FARTHEST, subtype="DISTANCE", precision=2,
        get=_distance, set=_move_apart,
    )  # fmt: skip


def places_of(staging: StagingSettings) -> tuple[PlaceSettings, PlaceSettings]:
    """The first and the second person's."""
    return staging.first, staging.second


def show_staging(staging: StagingSettings, told: object) -> None:
    """Let the panel show `told`, the meta "staging" of a take; what is none changes nothing."""
    arrangement, places = read_or_none(lambda: _all_shown(told)) or ("", [])
    if len(places) != len(places_of(staging)):
        return
    staging.arrangement = arrangement
    for place, values in zip(places_of(staging), places, strict=True):
        for name, value in values.items():
            setattr(place, name, value)


def _all_shown(told: Any) -> tuple[str, list[dict[str, Any]]]:
    return str(told["arrangement"]), [_shown(place) for place in told["places"]]


def staging_sentence(told: object, names: tuple[str, str]) -> str:
    """`told`, the meta "staging" of a take, in one line: where the two are, then each one's posture and mood."""
    arrangement, places = read_or_none(lambda: _all_shown(told)) or ("", [])
    if len(places) != len(names):
        return ""
    first, second = (np.array(place["position"]) for place in places)
    where = f"{arrangement.replace('_', ' ').capitalize()}, {np.linalg.norm(second - first):.1f} m apart"
    how = [_manner(place, 0) for place in places]
    if how[0] == how[1]:
        return f"{where}; both {_manner(places[0], 1)}"
    return "; ".join((where, *(f"{name} {one}" for name, one in zip(names, how, strict=True))))


def _manner(place: dict[str, Any], number: int) -> str:
    """“sits, leans in, friendly, looks away” for `number` 0, “sit, lean in, friendly, look away” for 1."""
    lean = ("leans in", "lean in") if place["lean"] > _LEANING else ("leans back", "lean back")
    gaze = ("looks away", "look away") if place["gaze_away"] > _OFTEN else ("holds the gaze", "hold the gaze")
    words = (
        _VERBS[place["posture"]][number],
        lean[number] if abs(place["lean"]) > _LEANING else "",
        place["mood"] if place["mood"] != _NO_MOOD else "",
        gaze[number] if max(place["gaze_away"], place["gaze_held"]) > _OFTEN else "",
    )
    return ", ".join(filter(None, words))


def staging_told(staging: StagingSettings) -> dict[str, Any]:
    """What the panel shows, in the layout of a take's meta "staging"."""
    return {"arrangement": staging.arrangement, "places": [_told(place) for place in places_of(staging)]}


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    """A take's X to the right of the picture, Y up and Z to the camera; Blender's Z is up and its camera at -Y."""
    x, y, z = (float(metres) for metres in told["position"])
    away = told["away"]
    mood = str(told["mood"])
    if mood not in {item[0] for item in mood_items(None, None)}:
        raise ValueError(mood)
    return {
        "position": (x, -z),
        "height": y,
        "facing": float(told["facing"]),
        "posture": told["posture"] if told["posture"] in _VERBS else "seated",
        "lean": float(told["lean"]),
        "mood": mood,
        "gaze_away": float(told["gaze_away"]),
        "gaze_held": float(told["gaze_held"]),
        "has_away": away is not None,
        "away": (0.0, 0.0) if away is None else (float(away[0]), float(away[1])),
    }


def _told(place: PlaceSettings) -> dict[str, Any]:
    x, depth = place.position
    return {
        "position": [x, place.height, -depth],
        "facing": place.facing,
        "posture": place.posture,
        "lean": place.lean,
        "mood": place.mood,
        "gaze_away": place.gaze_away,
        "away": list(place.away) if place.has_away else None,
        "gaze_held": place.gaze_held,
    }


CLASSES: Final = (PlaceSettings, StagingSettings)
