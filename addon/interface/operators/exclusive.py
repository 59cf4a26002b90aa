"""What changes the scene waits while an operator works in steps on it: in panels, popovers, dialogs and file selectors.

Panels are grey then, but a popover is none, and a file selector or the preferences have a window of their own, which
the operator at work does not keep the mouse from.
"""

from __future__ import annotations

import functools

import bpy

from .stepping import reason_to_wait


def changes_scene(kind: type) -> bool:
    """Whether `kind` is an operator that leaves an undo step, or says of itself that it changes the scene."""
    return issubclass(kind, bpy.types.Operator) and (
        "UNDO" in getattr(kind, "bl_options", ()) or getattr(kind, "changes_scene", False)
    )


def made_to_wait(kind: type) -> None:
    """Have the operator `kind` be grey, with the reason, and not be executed while another one is at the scene."""
    if "_waits" in vars(kind):
        return
    poll = next((vars(base)["poll"] for base in kind.__mro__ if "poll" in vars(base)), None)
    execute = next((vars(base)["execute"] for base in kind.__mro__ if "execute" in vars(base)), None)

    def waits(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
        reason = reason_to_wait()
        if reason is not None:
            cls.poll_message_set(reason)
            return False
        return poll is None or bool(poll.__func__(cls, context))

    def executed(self: bpy.types.Operator, context: bpy.types.Context) -> set[str]:
        """The answer of a dialog or a file selector comes without a poll."""
        reason = reason_to_wait()
        if reason is not None:
            self.report({"WARNING"}, reason)
            return {"CANCELLED"}
        return execute(self, context)  # type: ignore[no-any-return]

    kind._waits = True  # type: ignore[attr-defined]  # noqa: SLF001  (registered again, it is wrapped already)
    kind.poll = classmethod(waits)  # type: ignore[attr-defined]
    if execute is not None:
        kind.execute = functools.wraps(execute)(executed)  # type: ignore[attr-defined]
