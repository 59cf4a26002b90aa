"""*Apply cameras and cuts*, and taking them away again."""

from __future__ import annotations

from typing import Final

import bpy

from ....backend.contract.performance import load_performance
from ...conversation import collection_of, missing_heads
from ...keys.surroundings import apply_cuts_in_steps, remove_cuts
from ...keys.takes import take_file
from ...settings.properties import settings_of
from ...staging.camera_switching import has_markers
from ...staging.stage import cameras_in
from ...steps import Steps
from .saying import say
from .stepping import SteppingOperator


class DUOLOGUE_OT_apply_cuts(SteppingOperator):  # noqa: N801 — Blender's naming
    """Cameras around the two people, and cuts that follow the conversation."""

    bl_idname = "duologue.apply_cuts"
    bl_label = "Apply cameras and cuts"
    bl_description = (
        "Place five cameras around the two people and switch between them by timeline markers that follow the take. "
        "Cameras and markers of your own stay; Remove gives the scene's camera back"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    with_set: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Light and set too",
        description="Build light, a table and a room around the two people as well, or move those that are there",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be a take on two heads."""
        settings = settings_of(context.scene)
        reason = missing_heads(settings) or (None if settings.take else "Generate a take first, or choose one")
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def steps(self, context: bpy.types.Context) -> Steps[list[str]]:
        """Place and cut. Raises DuologueError."""
        settings = settings_of(context.scene)
        yield "Reading the take", 0.0
        performance = load_performance(take_file(settings))
        return (yield from apply_cuts_in_steps(settings, performance, with_set=self.with_set))

    def finish(self, context: bpy.types.Context, notes: list[str]) -> set[str]:
        """Say how many there are."""
        scene, collection = context.scene, collection_of(settings_of(context.scene))
        count = sum(marker.camera in cameras_in(collection) for marker in scene.timeline_markers)
        cuts = "1 shot" if count == 1 else f"{count} shots"
        say(self, context, " ".join((f"{cuts} by {len(cameras_in(collection))} cameras.", *notes)))
        return {"FINISHED"}


class DUOLOGUE_OT_remove_cuts(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """No cameras and cuts of Duologue's."""

    bl_idname = "duologue.remove_cuts"
    bl_label = "Remove cameras and cuts"
    bl_description = (
        "Take away this conversation's cuts and the cameras that Duologue placed; the scene's camera is the one that "
        "it was before. The next take brings none, until they are applied again"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be some."""
        collection = collection_of(settings_of(context.scene))
        there = collection is not None and (has_markers(context.scene, collection) or bool(cameras_in(collection)))
        if not there:
            cls.poll_message_set("This conversation has no cameras and cuts")
        return there

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove them, and say what films now."""
        remove_cuts(settings_of(context.scene))
        camera = context.scene.camera
        films = f"The scene's camera is {camera.name}." if camera is not None else "The scene has no camera now."
        say(self, context, f"Cameras and cuts are removed. {films}")
        return {"FINISHED"}


CLASSES: Final = (DUOLOGUE_OT_apply_cuts, DUOLOGUE_OT_remove_cuts)
