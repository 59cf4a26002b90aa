"""Duologue, a Blender extension: audio and a sentence become two people in conversation."""

from __future__ import annotations


def register() -> None:
    """Called by Blender when the extension is enabled."""
    from . import addon

    addon.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled."""
    from . import addon

    addon.unregister()
