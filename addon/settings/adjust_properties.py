"""The sliders of *Adjust*, for each person and for both at once; what moves is handed to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import bpy

from ..adjusting.adjustment import AS_GENERATED, NAMES, Adjustment, Adjustments, rounded
from ..menu_texts import lasting
from .people import names_of

if TYPE_CHECKING:
    from .properties import DuologueSettings

BOTH: Final = "both"
MOST_OFFSET: Final = 2.0
"""Seconds earlier or later."""

listeners: Final[list[Callable[[Any], None]]] = []
"""Each gets the settings of a conversation when one of its sliders has moved."""

_AMOUNT: Final = {"min": 0.0, "max": 2.0, "subtype": "FACTOR", "step": 5, "precision": 2}
_SHARE: Final = _AMOUNT | {"max": 1.0}
_SLIDERS: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "lips": ("Lips", "How much the lips move; lips that close on P, B and M still do", _AMOUNT),
    "jaw": ("Jaw", "How far the jaw opens; lips that were shut stay shut", _AMOUNT),
    "upper_face": ("Upper face", "How much brows, cheeks and the nose move, and lids that squint or widen", _AMOUNT),
    "head": ("Head", "How far the head moves about its usual pose; eyes go on looking where they looked", _AMOUNT),
    "blink_rate": (
        "Blink rate",
        ("How many of the blinks there are: below 1 those go that come with no glance or pause, above 1 copies of the "
        "person's own are added where glances and pauses are"),
        _AMOUNT,
    ),
    "blink_strength": ("Blink strength", "How far the lids go down in a blink", _AMOUNT),
    "gaze": ("Gaze", "How far the eyes go when they glance away from where they mostly look", _AMOUNT),
    "eye_contact": (
        "Eye contact",
        "0 rests the eyes beside and below the partner's, 1 is as generated, 2 never looks away",
        _AMOUNT,
    ),
    "liveliness": (
        "Calm – lively",
        ("Motion of head, brows and eyes about their slow pose: 0 is calm, 1 as generated, 2 lively. Lips keep up with "
        "the speech"),
        _AMOUNT,
    ),
    "smooth_mouth": ("Mouth", "Rounds off the motion of lips and jaw; closures stay shut", _SHARE),
    "smooth_brows": ("Brows", "Rounds off the motion of brows, cheeks and squinting lids", _SHARE),
    "smooth_head": ("Head", "Rounds off the motion of the head", _SHARE),
    "smooth_eyes": ("Eyes", "Rounds off glances; the sharp jumps of eyes look alive, so use a little", _SHARE),
    "offset": (
        "Time offset",
        "The person moves so many seconds later than the sound; below 0, earlier. Sound and cuts stay",
        {"min": -MOST_OFFSET, "max": MOST_OFFSET, "soft_min": -0.5, "soft_max": 0.5, "subtype": "TIME_ABSOLUTE",
         "step": 1, "precision": 3},
    ),
}  # fmt: skip
_MIRRORED: Final = (
    "Mirrored",
    (
        "What the person does on the left they do on the right: expression, tilts and turns of the head, glances. They "
        "still sit where they sit and face the partner, and eyes that met still meet"
    ),
)


def _shown_items(adjust: bpy.types.PropertyGroup, _context: object) -> list[tuple[str, str, str, str, int]]:
    first, second = names_of(_settings_of(adjust))
    return lasting(
        (
            ("first", first, f"Adjust {first}", "NONE", 0),
            ("second", second, f"Adjust {second}", "NONE", 1),
            (BOTH, "Both", "Adjust both people; a slider shows the first one's value and sets both", "LINKED", 2),
        )
    )


class _Sliders:
    """Beside a property group: the values as the arithmetic takes them."""

    def told(self) -> Adjustment:
        """What these sliders ask for."""
        found = {name: getattr(self, name) for name in NAMES}
        return Adjustment(**{name: rounded(one) if isinstance(one, float) else one for name, one in found.items()})


class PersonAdjustment(_Sliders, bpy.types.PropertyGroup):
    """One person's."""


class BothAdjustment(_Sliders, bpy.types.PropertyGroup):
    """Shows the first person's and sets both people's."""


class AdjustSettings(bpy.types.PropertyGroup):
    """Both people's sliders, and whose the panel shows."""

    first: bpy.props.PointerProperty(type=PersonAdjustment, description="The first person's sliders")  # type: ignore[valid-type]
    second: bpy.props.PointerProperty(type=PersonAdjustment, description="The second person's sliders")  # type: ignore[valid-type]
    both: bpy.props.PointerProperty(type=BothAdjustment, description="Sliders that set both people's")  # type: ignore[valid-type]
    live: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Live",
        description="Write the keys again while a slider moves. Off, sliders wait for Write keys",
        default=True,
    )
    shown: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Adjust", description="Whose sliders are shown", items=_shown_items
    )


def people_adjusted(settings: DuologueSettings) -> tuple[PersonAdjustment, PersonAdjustment]:
    """The sliders of both people."""
    return settings.adjust.first, settings.adjust.second


def shown_sliders(settings: DuologueSettings) -> PersonAdjustment | BothAdjustment:
    """What the panel shows."""
    return getattr(settings.adjust, settings.adjust.shown or "first")  # type: ignore[no-any-return]


def adjustments_of(settings: DuologueSettings) -> Adjustments:
    """What both people's sliders ask for."""
    first, second = people_adjusted(settings)
    return first.told(), second.told()


def reset_sliders(settings: DuologueSettings) -> None:
    """Those that the panel shows are as generated again."""
    shown = settings.adjust.shown
    for sliders in people_adjusted(settings) if shown == BOTH else (shown_sliders(settings),):
        for name in NAMES:
            if getattr(sliders, name) != getattr(AS_GENERATED, name):
                setattr(sliders, name, getattr(AS_GENERATED, name))


def _settings_of(group: bpy.types.PropertyGroup) -> Any:
    """The conversation that `group`, somewhere below its `adjust`, belongs to."""
    path = group.path_from_id()
    return group.id_data.path_resolve(path[: path.rindex(".adjust")])


def _moved(group: bpy.types.PropertyGroup, _context: object) -> None:
    if listeners:
        settings = _settings_of(group)
        for listener in listeners:
            listener(settings)


def _shared(name: str) -> dict[str, Any]:
    """Get and set of a slider of both people."""

    def value(group: bpy.types.PropertyGroup) -> Any:
        return getattr(_settings_of(group).adjust.first, name)

    def put(group: bpy.types.PropertyGroup, new: Any) -> None:
        for sliders in people_adjusted(_settings_of(group)):
            setattr(sliders, name, new)

    return {"get": value, "set": put}


def _property(name: str, more: dict[str, Any]) -> Any:
    default = getattr(AS_GENERATED, name)
    if isinstance(default, bool):
        title, text = _MIRRORED
        return bpy.props.BoolProperty(name=title, description=text, default=default, **more)
    title, text, shape = _SLIDERS[name]
    return bpy.props.FloatProperty(name=title, description=text, default=default, **shape, **more)


for _name in NAMES:
    PersonAdjustment.__annotations__[_name] = _property(_name, {"update": _moved})
    BothAdjustment.__annotations__[_name] = _property(_name, _shared(_name))


def _former(name: str, *places: tuple[str, str]) -> Any:
    """A slider of earlier versions, now another name for those at `places`, (person, slider); it shows the first."""

    def value(settings: Any) -> float:
        person, slider = places[0]
        return float(getattr(getattr(settings.adjust, person), slider))

    def put(settings: Any, new: float) -> None:
        for person, slider in places:
            setattr(getattr(settings.adjust, person), slider, new)

    return bpy.props.FloatProperty(
        name=name, description="As in Adjust", default=1.0, min=0.0, max=2.0, subtype="FACTOR", get=value, set=put
    )


class AdjustProperties:
    """The part of a conversation's settings that is edited in *Adjust*, and what its sliders were called before."""

    adjust: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=AdjustSettings, name="Adjust", description="What both people's sliders make of the take"
    )
    expression_strength: _former(  # type: ignore[valid-type]
        "Expression", *((person, name) for person in ("first", "second") for name in ("lips", "upper_face"))
    )
    jaw_strength: _former("Jaw", ("first", "jaw"), ("second", "jaw"))  # type: ignore[valid-type]
    head_strength: _former("Head", ("first", "head"), ("second", "head"))  # type: ignore[valid-type]
    eye_contact_a: _former("Eye contact", ("first", "eye_contact"))  # type: ignore[valid-type]
    eye_contact_b: _former("Eye contact", ("second", "eye_contact"))  # type: ignore[valid-type]


_FORMER: Final = ("expression_strength", "jaw_strength", "head_strength", "eye_contact_a", "eye_contact_b")


def take_over_former_values(settings: DuologueSettings) -> None:
    """What a file of an earlier version remembers under the former names goes to the sliders of today.

    Such names only read and set other sliders now, so the old value lies where Blender keeps it, unread.
    """
    kept = settings.bl_system_properties_get() if hasattr(settings, "bl_system_properties_get") else settings
    for name in _FORMER:
        value = None if kept is None else kept.get(name)
        if value is not None:
            del kept[name]
            setattr(settings, name, float(value))


CLASSES: Final = (PersonAdjustment, BothAdjustment, AdjustSettings)
