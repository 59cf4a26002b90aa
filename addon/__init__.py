"""Runs inside Blender: bpy, numpy, the standard library and `backend.contract`; nothing else, ever."""

from __future__ import annotations


def register() -> None:
    """Register all classes; no file is read and nothing is started."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Take everything back."""
    from . import registration

    registration.unregister()
