"""The sliders of a head's character, kept on its armature, and the menus of characters."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import bpy

from ...backend.contract.errors import DuologueError
from ..characters.character_editing import HAIR_CHOICES, dress_again, follow_colours, follow_identity
from ..characters.character_fields import BALD, FIELDS, LOOKS, Field
from ..characters.character_files import CharacterFile, folder_state, list_characters, stable_number
from ..heads.hair_styles import STYLES
from .conversations import conversations_of, settings_of

_HARDEST: Final = 5.0
"""A typed coefficient ends here; the sliders end where people do."""

_Item = tuple[str, str, str, str, int]
_items_of_state: dict[tuple[tuple[str, int], ...], tuple[list[_Item], list[_Item]]] = {}
"""All items, and those of the artist's own characters. Blender keeps no reference to the strings of a dynamic enum, so
whatever was shown once stays here."""
_LOOKED_AT_EVERY: Final = 1.0
_looked: dict[str, Any] = {"at": -_LOOKED_AT_EVERY, "state": ()}


def own_characters() -> Path:
    """The folder of the artist's own characters; it need not exist."""
    return Path(bpy.utils.user_resource("DATAFILES", path="duologue")) / "characters"


def character_items(_self: object, _context: object) -> list[_Item]:
    """Menu items of all characters. A character keeps its number whichever others come and go.

    Panels ask many times with every redraw, so the folders are looked at once a second at most, and files are read only
    after something there changed; scripts get what is there now.
    """
    return _items()[0]


def own_items(_self: object, _context: object) -> list[_Item]:
    """The same, of the artist's own characters alone."""
    return _items()[1]


def look_again() -> None:
    """A character's file was written or removed: menus show it at once."""
    _looked["at"] = -_LOOKED_AT_EVERY


def _items() -> tuple[list[_Item], list[_Item]]:
    now = time.monotonic()
    if now - _looked["at"] >= _pause():
        _looked["at"], _looked["state"] = now, folder_state(own_characters())
    state = _looked["state"]
    if state not in _items_of_state:
        found = list_characters(own_characters())
        _items_of_state[state] = [_item(one) for one in found], [_item(one) for one in found if one.own]
    return _items_of_state[state]


def _pause() -> float:
    return 0.0 if bpy.app.background else _LOOKED_AT_EVERY


def _item(one: CharacterFile) -> _Item:
    icon = "ERROR" if one.problem else ("USER" if one.own else "NONE")
    return one.key, one.name, one.description, icon, stable_number(one.key)


def _identity_moved(self: IdentitySlider, context: bpy.types.Context) -> None:
    _told(context, self.id_data, lambda: follow_identity(context, self.id_data))


def _colours_moved(self: CharacterSettings, context: bpy.types.Context) -> None:
    _told(context, self.id_data, lambda: follow_colours(self.id_data))


def _hair_changed(self: CharacterSettings, context: bpy.types.Context) -> None:
    _told(context, self.id_data, lambda: dress_again(self.id_data))


def _told(context: bpy.types.Context, head: bpy.types.Object, follow: Any) -> None:
    """A slider has nobody to raise to; the panel says what is wrong with the conversation that `head` is in."""
    try:
        follow()
    except DuologueError as error:
        its = (one for one in conversations_of(context.scene) if head in (one.head_a, one.head_b))
        settings = next(its, settings_of(context.scene))
        settings.message_code = int(error.code)
        settings.message, settings.message_is_error = f"{error.sentence()} ({int(error.code)})", True


class IdentitySlider(bpy.types.PropertyGroup):
    """One identity component. `value` is what counts; the others show it with the range of their kind."""

    label: bpy.props.StringProperty(description="The slider's name")  # type: ignore[valid-type]
    group: bpy.props.StringProperty(description="The part of the person that it shapes")  # type: ignore[valid-type]
    kind: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="Which of its values is shown: signed, share or deviations", default="signed"
    )
    value: bpy.props.FloatProperty(  # type: ignore[valid-type]
        description="The component's coefficient", min=-_HARDEST, max=_HARDEST, update=_identity_moved
    )
    signed: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Value", description="From one extreme to the other; 0 is the mean adult", min=-_HARDEST, max=_HARDEST,
        soft_min=-1.0, soft_max=1.0, step=5, precision=2,
        get=lambda self: self.value, set=lambda self, value: setattr(self, "value", value),
    )  # fmt: skip
    share: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Share", description="From none of it to all of it", min=-_HARDEST, max=_HARDEST,
        soft_min=0.0, soft_max=1.0, step=5, precision=2,
        get=lambda self: self.value, set=lambda self, value: setattr(self, "value", value),
    )  # fmt: skip
    deviations: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Deviations", description="Standard deviations from the mean person", min=-_HARDEST, max=_HARDEST,
        soft_min=-3.0, soft_max=3.0, step=10, precision=2,
        get=lambda self: self.value, set=lambda self, value: setattr(self, "value", value),
    )  # fmt: skip


def _property(field: Field) -> Any:
    """The Blender property of one look or habit; looks change the head at once, habits the next take."""
    words = {"name": field.label, "description": field.text}
    if field in LOOKS:
        words["update"] = _hair_changed if field.kind == "choice" else _colours_moved
    if field.kind == "colour":
        return bpy.props.FloatVectorProperty(**words, subtype="COLOR", size=3, min=0.0, max=1.0, default=field.ordinary)
    if field.kind == "choice":
        items = [(key, STYLES[key].title if key in STYLES else "None", "") for key in HAIR_CHOICES]
        return bpy.props.EnumProperty(
            **words, items=items, default=field.ordinary if field.ordinary in STYLES else BALD
        )
    return bpy.props.FloatProperty(**words, min=field.low, max=field.high, default=field.ordinary, step=5)


class CharacterSettings(bpy.types.PropertyGroup):
    """Who a head is. `source` is the JSON that it came from and `worn` the identity it had; sliders go over them."""

    source: bpy.props.StringProperty(description="The character as JSON, as it was loaded")  # type: ignore[valid-type]
    worn: bpy.props.StringProperty(description="The identity that it had then")  # type: ignore[valid-type]
    identity: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        type=IdentitySlider, description="A slider for each component of the identity"
    )


for _field in FIELDS:
    CharacterSettings.__annotations__[_field.property_name] = _property(_field)


def attach() -> None:
    """Give every object room for a character; only heads use it."""
    bpy.types.Object.duologue_character = bpy.props.PointerProperty(type=CharacterSettings)


def detach() -> None:
    """Take it away again."""
    del bpy.types.Object.duologue_character
