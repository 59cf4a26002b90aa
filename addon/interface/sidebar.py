"""Where Duologue's panels are, and how their rows look: as in Blender's own panels, names beside their fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import bpy

from ..settings.people import names_of
from .operators.stepping import SteppingOperator
from .wrapping import is_narrow, row_or_column

NAMES: Final = 0.4
"""The share of a row that Blender gives to the names of split properties."""


class InSidebar:
    """Beside a panel's base: the tab *Duologue* of the 3D view's sidebar."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Duologue"


class SubPanel(InSidebar):
    """A step of the work, to be folded; `bl_order` says where it stands among the others.

    Conversation 0, Cast 1, Sound 2, Scene 3, Generate 4, Takes 5, Adjust 6, Output 7.
    """

    bl_parent_id = "DUOLOGUE_PT_main"

    def __init_subclass__(cls, **named: object) -> None:
        """Whatever the panel draws is grey while the scene is an operator's that works in steps."""
        super().__init_subclass__(**named)
        for name in ("draw", "draw_header", "draw_header_preset"):
            if name in cls.__dict__:
                setattr(cls, name, _grey_meanwhile(cls.__dict__[name]))


def scene_is_free() -> bool:
    """Whether panels are to be used: no operator works in steps whose progress they show.

    While any other works, what changes the scene waits (`reason_to_wait`); panels that turn grey for it would flicker.
    """
    return SteppingOperator.shown is None


def _grey_meanwhile(draw: Callable[[Any, bpy.types.Context], None]) -> Callable[[Any, bpy.types.Context], None]:
    @wraps(draw)
    def drawn(self: Any, context: bpy.types.Context) -> None:
        if not scene_is_free():
            self.layout.enabled = False
        draw(self, context)

    return drawn


def native(layout: bpy.types.UILayout, context: bpy.types.Context, *, align: bool = False) -> bpy.types.UILayout:
    """A column whose properties stand right of their names; in a narrow sidebar names are in the fields."""
    column = layout.column(align=align)
    column.use_property_split, column.use_property_decorate = not is_narrow(context), False
    return column


def draw_whose(layout: bpy.types.UILayout, context: bpy.types.Context, settings: bpy.types.AnyType, name: str) -> None:
    """Two buttons with both people's names, for the property `name`, which is "first" or "second"."""
    row = row_or_column(layout, context)
    for value, person in zip(("first", "second"), names_of(settings), strict=True):
        row.prop_enum(settings, name, value, text=person)


def beside(column: bpy.types.UILayout, context: bpy.types.Context, name: str) -> bpy.types.UILayout:
    """Where something stands that is no property, beside `name` as properties are."""
    if is_narrow(context):
        return column.row(align=True)
    row = column.split(factor=NAMES, align=True)
    side = row.row()
    side.alignment = "RIGHT"
    side.label(text=name)
    return row.row(align=True)
