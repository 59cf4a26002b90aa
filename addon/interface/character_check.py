"""What of a character cannot move, kept for the panel *Mapping* to show."""

from __future__ import annotations

import bpy

from ..keys.acting import warnings_on
from ..settings.mapping_properties import show_mapping, table_of


def check_shown(scene: bpy.types.Scene, head: bpy.types.Object) -> list[str]:
    """Try every channel of `head`; the sentences are returned, and shown until the table shows something else.

    Raises DuologueError (RIG_UNSUITABLE) where nothing of a mapping is on it.
    """
    table = table_of(scene)
    found = warnings_on(scene, head)
    if table.shown != head:
        show_mapping(scene, head)
    table.hindrances = "\n".join(found)
    return found
