"""Takes in the list: put onto the heads, compared, copied, moved to the bin, read from disk again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import bpy

from ....backend.contract.errors import DuologueError
from ....backend.contract.job import PERFORMANCE_FILE
from ....backend.contract.performance import load_performance
from ...conversation import missing_heads
from ...keys.kept_actions import forget
from ...keys.switching import switched_in_steps
from ...keys.take_identity import TakeIdentity, identity_of
from ...keys.take_notes import read_notes
from ...keys.takes import check_deletable, duplicated, performance_at
from ...recycle_bin import move_to_bin
from ...settings.blend_paths import remembered
from ...settings.conversations import conversations_of
from ...settings.properties import DuologueSettings, settings_of
from ...settings.take_properties import owner_of
from ...steps import Steps
from ..following import catch_up
from ..take_rows import folder_of, list_of, refresh_soon, refreshed_in_steps
from .saying import say, say_error
from .shows_take import ShowsTake
from .stepping import SteppingOperator

_AT_ONCE: Final = 0.4
"""Seconds that Blender may stand still for a click."""
_TAKE: Final = {
    "name": "Take",
    "description": "The take's folder, or the performance.npz in it; empty: the one that the panel means",
    "subtype": "FILE_PATH",
    "options": {"SKIP_SAVE"},
}


class _SwitchingOperator(ShowsTake, SteppingOperator):
    """An operator that puts a take onto the heads; classes have the property `take` of their own."""

    _begun: Steps[str] | None = None

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """At once if that is how long it takes; what takes longer shows how far it is, and Esc stops it."""
        self.take = str(self.folder(settings_of(context.scene)))
        self._begun = self._switched(context)
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < _AT_ONCE:
                next(self._begun)
        except StopIteration as end:
            self._begun = None  # the same operator may be repeated
            return self.finish(context, end.value)
        except DuologueError as error:
            self._begun = None
            return self.fail(context, error)
        return super().invoke(context, event)

    def steps(self, context: bpy.types.Context) -> Steps[str]:
        """Write, or put back. Raises DuologueError; then everything is as it was."""
        begun, self._begun = self._begun, None
        return begun or self._switched(context)

    def _switched(self, context: bpy.types.Context) -> Steps[str]:
        settings = settings_of(context.scene)
        take = performance_at(self.folder(settings) / PERFORMANCE_FILE)
        if not missing_heads(settings):
            return (yield from switched_in_steps(context, take))
        yield "Reading the take", 0.0
        load_performance(take)
        settings.take = remembered(take)
        return f"The take is {take.parent.name}. Write keys puts it onto heads once there are two."

    def finish(self, context: bpy.types.Context, told: str) -> set[str]:
        """Say what was done; the keys of this take follow the sliders of *Adjust*, wherever those were before."""
        say(self, context, told)
        catch_up(settings_of(context.scene))
        return {"FINISHED"}

    def folder(self, settings: DuologueSettings) -> Path:
        """Of the take that is asked for."""
        return Path(folder_of(settings, self.take or settings.take))


class DUOLOGUE_OT_use_take(_SwitchingOperator):  # noqa: N801 — Blender's naming
    """Put a take onto the heads."""

    bl_idname = "duologue.use_take"
    bl_label = "Use take"
    bl_description = "Put this take onto the heads. Keys of the one before stay ready, so that going back is instant"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    take: bpy.props.StringProperty(**_TAKE)  # type: ignore[valid-type]


class DUOLOGUE_OT_compare_takes(_SwitchingOperator):  # noqa: N801 — Blender's naming
    """Back and forth between two takes."""

    bl_idname = "duologue.compare_takes"
    bl_label = "Compare"
    bl_description = "Back to the take that was on the heads before this one; press again to return"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    take: bpy.props.StringProperty(**_TAKE)  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be another take, and heads."""
        settings = settings_of(context.scene)
        reason = missing_heads(settings)
        if not settings.takes.before:
            reason = "Use another take first; then this goes back and forth between the two"
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def folder(self, settings: DuologueSettings) -> Path:
        """Of the one before, unless another one is asked for."""
        return Path(folder_of(settings, self.take or settings.takes.before))


class _TakeOperator(ShowsTake, bpy.types.Operator):
    """An operator on the take in `folder`."""

    def folder(self, context: bpy.types.Context) -> Path:
        """Of the take that is asked for, or of the conversation's own."""
        settings = settings_of(context.scene)
        return Path(folder_of(settings, self.take or settings.take))

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be a take."""
        if list_of(context).rows or settings_of(context.scene).take:
            return True
        cls.poll_message_set("Generate a take first, or choose one")
        return False


class DUOLOGUE_OT_duplicate_take(_TakeOperator):  # noqa: N801 — Blender's naming
    """Copy a take."""

    bl_idname = "duologue.duplicate_take"
    bl_label = "Duplicate take"
    bl_description = "Copy this take on disk, with its name and note, beside the .blend. Keys in the scene stay"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form; files on disk are not undone

    take: bpy.props.StringProperty(**_TAKE)  # type: ignore[valid-type]

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copy the folder whole, or say why not."""
        source, settings = self.folder(context), settings_of(context.scene)
        try:
            copy = duplicated(source, owner_of(settings.takes))
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        refresh_soon()
        say(self, context, f"{source.name} is copied to {copy.name}.")
        return {"FINISHED"}


class DUOLOGUE_OT_delete_take(_TakeOperator):  # noqa: N801 — Blender's naming
    """Move a take to the bin."""

    bl_idname = "duologue.delete_take"
    bl_label = "Delete take"
    bl_description = "Move this take's folder to the system's bin. Keys that are in the scene stay"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    take: bpy.props.StringProperty(**_TAKE)  # type: ignore[valid-type]

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        folder = self.folder(context)
        self.take = str(folder)
        name = read_notes(folder).name or folder.name
        return context.window_manager.invoke_confirm(  # type: ignore[no-any-return]
            self,
            event,
            title=f"Delete {name}?",
            message="Its folder goes to the system's bin; keys in the scene stay.",
            confirm_text="Delete",
            icon="QUESTION",
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """To the bin, or say why not."""
        folder = self.folder(context)
        identity = identity_of(folder / PERFORMANCE_FILE)
        try:
            check_deletable(folder)
            move_to_bin(folder)
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        for scene in bpy.data.scenes:
            for settings in conversations_of(scene):
                _forget(settings, folder, identity)
        refresh_soon()
        say(self, context, f"{folder.name} is in the bin.")
        return {"FINISHED"}


class DUOLOGUE_OT_refresh_takes(SteppingOperator):  # noqa: N801 — Blender's naming
    """Look for takes on disk."""

    bl_idname = "duologue.refresh_takes"
    bl_label = "Refresh"
    bl_description = "Read the list of takes from disk again"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    def steps(self, _context: bpy.types.Context) -> Steps[None]:
        """Read."""
        return (yield from refreshed_in_steps())

    def finish(self, context: bpy.types.Context, _found: None) -> set[str]:
        """Say how many there are."""
        count = len(list_of(context).rows)
        self.report({"INFO"}, f"{count} take{'' if count == 1 else 's'} found.")
        return {"FINISHED"}


def _forget(settings: DuologueSettings, folder: Path, identity: TakeIdentity) -> None:
    if folder_of(settings, settings.takes.before) == str(folder):
        settings.takes.before = ""
    forget(settings, identity, edited=True)
    if folder_of(settings, settings.take) == str(folder):
        settings.take, settings.takes.content = "", ""


CLASSES: Final = (
    DUOLOGUE_OT_use_take,
    DUOLOGUE_OT_compare_takes,
    DUOLOGUE_OT_duplicate_take,
    DUOLOGUE_OT_delete_take,
    DUOLOGUE_OT_refresh_takes,
)
