"""What operators share that build or take away heads."""

from __future__ import annotations

import bpy


class InObjectMode:
    """Beside an operator's base: heads are built and removed in object mode."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not in the midst of editing or posing."""
        if context.mode != "OBJECT":
            cls.poll_message_set("Leave edit or pose mode first")  # type: ignore[attr-defined]
            return False
        return True
