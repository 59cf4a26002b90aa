"""*Add conversation*: interactive in steps, or all at once in the background."""

from __future__ import annotations

from math import radians

import bpy
from mathutils import Euler

from ...adding import add_conversation_in_steps
from ...conversation import objects_between_heads
from ...settings.people import has_heads, heads_in_scene, heads_of, people_of
from ...settings.properties import DuologueSettings, settings_of
from ...staging.standing import person_of
from ...steps import Steps
from .object_mode import InObjectMode
from .saying import say
from .stepping import SteppingOperator

_FROM_THE_FRONT = Euler((radians(85.0), 0.0, 0.0)).to_quaternion()
_DISTANCE = 2.6
"""Metres from which two people fill a 3D view."""


class DUOLOGUE_OT_add_conversation(InObjectMode, SteppingOperator):  # noqa: N801 — Blender's naming
    """Build the heads that are missing, cameras, light and a set."""

    bl_idname = "duologue.add_conversation"
    bl_label = "Add conversation"
    bl_description = "Build two heads, cameras, light and a set; beside a rig that you picked, the other head alone"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    _missing: tuple[int, ...] = (0, 1)
    """Who is built."""

    def steps(self, context: bpy.types.Context) -> Steps[tuple[str, ...]]:
        """Build."""
        settings = settings_of(context.scene)
        staying = (None, None) if has_heads(settings) else heads_in_scene(settings)
        self._missing = tuple(person for person, head in enumerate(staying) if head is None)
        return add_conversation_in_steps(context)

    def finish(self, context: bpy.types.Context, notes: tuple[str, ...]) -> set[str]:
        """Look at the two, and say what there is now."""
        settings = settings_of(context.scene)
        look_at_people(context, settings)
        in_the_way = objects_between_heads(context.scene)
        people, collection = people_of(settings), settings.collection.name
        sentence = f"Two heads, cameras and light are in the collection {collection}."
        if len(self._missing) == 1:
            built, other = people[self._missing[0]], people[1 - self._missing[0]]
            sentence = f"{built} is in the collection {collection}, opposite {other}, who was not changed."
        if in_the_way:
            sentence += f" In their way: {', '.join(in_the_way)}; move or hide it."
        say(self, context, " ".join((sentence, *notes)))
        return {"FINISHED"}

    def given_up(self, context: bpy.types.Context) -> set[str]:
        """Nothing stays of it."""
        say(self, context, "Cancelled. Nothing was added.")
        return {"CANCELLED"}


def look_at_people(context: bpy.types.Context, settings: DuologueSettings) -> None:
    """Show the two people in the context's 3D view, if it has one.

    Through their camera, or from the front where the scene's camera is another one.
    """
    view, camera = context.region_data, context.scene.camera
    if view is None:
        return
    if camera is not None and settings.collection is not None and camera.name in settings.collection.all_objects:
        view.view_perspective = "CAMERA"
        return
    first, second = (person_of(head) for head in heads_of(settings))
    view.view_perspective = "PERSP"
    view.view_location = (first.eyes + second.eyes) / 2.0
    view.view_distance = _DISTANCE * max(first.size, second.size)
    view.view_rotation = _FROM_THE_FRONT
