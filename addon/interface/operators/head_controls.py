"""Polishing a bundled head by hand: its controls are added, shown and hidden."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError
from ...heads.controls import (
    add_controls,
    controls_shown,
    has_all_controls,
    has_controls,
    show_controls,
    turn_board,
)
from ...heads.polish_components import is_known
from ...heads.rig import FACE_PROPERTY, head_mesh
from ...settings.properties import heads_of, people_of, settings_of
from .saying import say, say_error

PERSONS = (("first", "First", "The first person"), ("second", "Second", "The second person"))


class _ForHead:
    """Beside an operator's base: which of the conversation's heads it is for."""

    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Head", description="Whose controls", items=PERSONS, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a head that Duologue built."""
        if any(head is not None and FACE_PROPERTY in head for head in heads_of(settings_of(context.scene))):
            return True
        cls.poll_message_set("Press Add conversation first")  # type: ignore[attr-defined]
        return False

    def head(self, context: bpy.types.Context) -> tuple[bpy.types.Object | None, str]:
        """The armature, None where Duologue did not build it, and the person's name."""
        settings, index = settings_of(context.scene), int(self.person == "second")
        head = heads_of(settings)[index]
        return (head if head is not None and FACE_PROPERTY in head else None), people_of(settings)[index]


class DUOLOGUE_OT_add_controls(_ForHead, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Give a head a control board and shapes for its bones."""

    bl_idname = "duologue.add_controls"
    bl_label = "Add controls"
    bl_description = (
        "Give this head a board of controls and shapes for its bones, to polish a take by hand. At rest they change "
        "nothing; the take's keys stay as they are"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """What it does; for a board that lacks something, why."""
        head = heads_of(settings_of(context.scene))[int(properties.person == "second")]
        if head is None or not has_controls(head):
            return cls.bl_description
        return (
            "Give this board the controls that it lacks. On a face without names for its expressions they are combined "
            "from its components; what these cannot make, and what was never imported here, stays away"
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add them, and show them."""
        head, name = self.head(context)
        if head is None or has_all_controls(head):
            self.report({"INFO"}, f"{name} needs no controls" if head is None else f"{name} has its controls already")
            return {"CANCELLED"}
        new = not has_controls(head)
        try:
            lacking = add_controls(head, head_mesh(head))
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        done = f"{name} has controls now; pose them in pose mode. " if new else ""
        say(self, context, f"{done}{_limits(head, name, lacking)}".rstrip() or f"{name} has all controls now.")
        return {"FINISHED"}


def _limits(head: bpy.types.Object, name: str, lacking: tuple[str, ...]) -> str:
    if not lacking:
        return ""
    if not is_known(str(head[FACE_PROPERTY])):
        return (
            f"For {', '.join(lacking)} choose {name}'s face with Use FLAME file… on this computer, then add controls."
        )
    return f"{name}'s face cannot make all of {', '.join(lacking)}."


class DUOLOGUE_OT_show_controls(_ForHead, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Show a head's board and the shapes of its bones, or hide them."""

    bl_idname = "duologue.show_controls"
    bl_label = "Controls"
    bl_description = (
        "Show the board of controls beside this head and shapes for its bones, or hide them. What was keyed with them "
        "stays either way"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The other way round from now on."""
        head, name = self.head(context)
        if head is None or not has_controls(head):
            self.report({"WARNING"}, f"{name} has no controls")
            return {"CANCELLED"}
        show_controls(head, shown=not controls_shown(head))
        return {"FINISHED"}


class DUOLOGUE_OT_turn_board(_ForHead, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Turn the board of a head to the view."""

    bl_idname = "duologue.turn_board"
    bl_label = "Turn board to view"
    bl_description = (
        "Put this head's board beside the face as this view or its camera sees it; nothing of the face changes"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only from a 3D view."""
        if context.region_data is None:
            cls.poll_message_set("Only in a 3D view")
            return False
        return super().poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Turn it."""
        head, name = self.head(context)
        if head is None or not has_controls(head):
            self.report({"WARNING"}, f"{name} has no controls")
            return {"CANCELLED"}
        try:
            turn_board(head, context.region_data.view_matrix.inverted().to_quaternion())
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (DUOLOGUE_OT_add_controls, DUOLOGUE_OT_show_controls, DUOLOGUE_OT_turn_board)
