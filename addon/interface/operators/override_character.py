"""*Make overrides*: a character that is linked from another file can be animated here."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError
from ...keys.overriding import is_linked, override_character
from ...settings.properties import heads_of, people_of, settings_of
from .head_controls import PERSONS
from .object_mode import InObjectMode
from .saying import say, say_error


class DUOLOGUE_OT_override_character(InObjectMode, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Make the library overrides that keys on a linked character need."""

    bl_idname = "duologue.override_character"
    bl_label = "Make overrides"
    bl_description = (
        "This character is linked from another file and cannot get keys. Make the library overrides that let it be "
        "animated here; the other file stays as it is"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Person", description="Whose character", items=PERSONS, options={"SKIP_SAVE"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make them, and choose what stands for the character from now on."""
        settings, index = settings_of(context.scene), int(self.person == "second")
        head, name = heads_of(settings)[index], people_of(settings)[index]
        if head is None or not is_linked(head):
            self.report({"INFO"}, f"{name} needs no overrides")
            return {"CANCELLED"}
        try:
            made = override_character(context.scene, context.view_layer, head)
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        setattr(settings, ("head_a", "head_b")[index], made)
        say(self, context, f"{made.name} is a library override now and can be animated.")
        return {"FINISHED"}


CLASSES = (DUOLOGUE_OT_override_character,)
