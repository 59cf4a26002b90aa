"""How far a worker is, and the cross that stops it."""

from __future__ import annotations

import bpy


def draw_progress(layout: bpy.types.UILayout, told: str, share: float, cancel: str) -> None:
    """One row: a bar with the sentence `told`, filled by `share`, 0 to 1, and `cancel`, an operator; Esc does the same.

    It has the height of `layout`'s rows, so that it can stand where a button was.
    """
    row = layout.row(align=True)
    row.progress(text=told, factor=share)
    row.operator(cancel, text="", icon="X")
