"""What the stories share: where things are, what Blender's data says, and work that is stopped by Esc."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import bpy

from tests.ui.window import Story, Window, check, until, wait

MODULE = "bl_ext.user_default.duologue"
_MOST_TO_CANCEL = 36.0
"""Seconds, where other tests run beside; how long it took is in the log. Two are promised where nothing else runs."""


def settings():
    """The conversation that the panel shows; asked for anew each time, since undo makes references invalid."""
    return sys.modules[f"{MODULE}.addon.settings.conversations"].settings_of(bpy.context.scene)


def project() -> Path:
    """The artist's file."""
    return Path(os.environ["DUOLOGUE_PROJECT"]) / "dialogue.blend"


def wheelhouse() -> Path:
    """The folder that another machine packed; no folder where the checkout's own backend serves."""
    return Path(os.environ["DUOLOGUE_WHEELHOUSE"])


def running_job():
    """The class that knows of the take that is being made."""
    return sys.modules[f"{MODULE}.addon.interface.operators.running_job"].RunningJob


def stepping():
    """The class that knows of work in steps: preparing a take, writing keys."""
    return sys.modules[f"{MODULE}.addon.interface.operators.stepping"].SteppingOperator


def is_idle() -> bool:
    """Whether no take is being made and no key written."""
    return running_job().worker is None and not stepping().under_way


def _curves_of(head: bpy.types.Object):
    mesh = next(child for child in head.children if child.type == "MESH" and child.data.shape_keys)
    data = mesh.data.shape_keys.animation_data
    if data is None or data.action is None:
        return ()
    return sys.modules[f"{MODULE}.addon.keys.actions"].channels_of(mesh.data.shape_keys).fcurves


def keys_of(head: bpy.types.Object) -> bytes:
    """All keys of a head's shape keys, to be compared."""
    return b"".join(f"{c.data_path}{[tuple(p.co) for p in c.keyframe_points]}".encode() for c in _curves_of(head))


def count_of_keys(head: bpy.types.Object) -> int:
    """How many there are of a head's shape keys."""
    return sum(len(curve.keyframe_points) for curve in _curves_of(head))


def open_the_panel(window: Window) -> Story:
    """Close the splash screen, show the sidebar, choose the tab."""
    yield from wait(1)
    window.key("Escape")
    yield from wait(0.5)
    window.area().spaces[0].show_region_ui = True
    yield from wait(0.5)
    window.region().active_panel_category = "Duologue"
    yield from wait(0.5)
    window.picture("start-here")


def cancel(window: Window, at: str, reached: Callable[[], bool], name: str = "duologue.generate()") -> Story:
    """Press what is called `name`, and Esc once `reached` holds; how long it takes until nothing runs is in the log."""
    yield from window.click(name)
    window.rest()
    yield from until(reached, f"it comes to {at}", 60)
    pressed = time.monotonic()
    window.key("Escape")
    yield from until(lambda: is_idle() or _is_cancelling(), f"Esc is seen at {at}", 12)
    seen = time.monotonic() - pressed
    longest, before = 0.0, time.monotonic()
    while not is_idle():
        check(time.monotonic() - pressed < _MOST_TO_CANCEL, f"it is cancelled at {at}")
        yield
        longest, before = max(longest, time.monotonic() - before), time.monotonic()
    took = time.monotonic() - pressed
    print(f"cancelled at {at} after {took:.2f} s (seen after {seen:.2f} s, longest tick {longest:.2f} s)", flush=True)


def _is_cancelling() -> bool:
    worker = running_job().worker
    return worker is not None and worker.progress.cancelling


def quit_by_keyboard(window: Window) -> Story:
    """Ctrl+Q asks about unsaved changes: Esc stays, Return saves and ends Blender."""
    window.rest()
    window.key("ctrl+q")
    yield from wait(2)
    window.picture("quit-question")
    window.key("Escape")
    yield from wait(2)
    window.ended(None)
    window.key("ctrl+q")
    yield from wait(2)
    window.key("Return")
    yield from until(lambda: False, "Blender quits", 30)
