"""How far a worker is, and the button that stops it."""

from __future__ import annotations

import bpy


def draw_progress(layout: bpy.types.UILayout, told: str, share: float, cancel: str) -> None:
    """A bar with the sentence `told`, filled by `share`, 0 to 1; below it `cancel`, an operator; Esc does the same."""
    layout.progress(text=told, factor=share)
    layout.operator(cancel, text="Cancel (Esc)", icon="CANCEL")
