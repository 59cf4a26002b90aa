"""What *Cast* offers for a person beyond who it is: controls to polish a bundled head, overrides of a linked rig."""

from __future__ import annotations

import bpy

from ..heads.controls import controls_shown, has_all_controls, has_controls
from ..heads.rig import FACE_PROPERTY
from ..keys.overriding import is_linked
from .sidebar import beside


def draw_cast_tools(
    column: bpy.types.UILayout, context: bpy.types.Context, head: bpy.types.Object, person: str
) -> None:
    """A row for the `head` of `person` (“first” or “second”) where there is something to do; nothing otherwise."""
    if is_linked(head):
        row = beside(column, context, "Linked")
        row.operator("duologue.override_character", icon="LIBRARY_DATA_OVERRIDE").person = person
    elif FACE_PROPERTY in head and has_controls(head):
        shown = controls_shown(head)
        row = beside(column, context, "Polish")
        icon = "HIDE_OFF" if shown else "HIDE_ON"
        row.operator("duologue.show_controls", icon=icon, depress=shown).person = person
        if not has_all_controls(head):
            row.operator("duologue.add_controls", text="", icon="ADD").person = person
        if shown:
            row.operator("duologue.turn_board", text="", icon="CON_TRACKTO").person = person
    elif FACE_PROPERTY in head:
        row = beside(column, context, "Polish")
        row.operator("duologue.add_controls", icon="BONE_DATA").person = person
