"""An artist's first ten minutes: the zip, the backend, a conversation, a take, another one, changes, and saving."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import bpy

from tests.ui.window import Story, Window, check, until, wait

MODULE = "bl_ext.user_default.duologue"
_MOST_TO_CANCEL = 12.0
"""Seconds, where other tests run beside; how long it took is in the log. Two are promised where nothing else runs."""


def story(window: Window) -> Story:
    """All of it, in the order that the panel suggests."""
    yield from install_the_zip(window)
    yield from open_the_panel(window)
    yield from install_the_backend(window)
    yield from load_the_example(window)
    yield from generate_and_cancel(window)
    yield from generate(window)
    yield from undo_and_redo(window)
    save()
    yield from make_a_variation(window)
    yield from compare(window)
    yield from drag_a_slider(window)
    save()


def settings():
    """The conversation that the panel shows; asked for anew each time, since undo makes references invalid."""
    return bpy.context.scene.duologue


def running_job():
    """The class that knows of the take that is being made."""
    return sys.modules[f"{MODULE}.addon.interface.operators.generate"].RunningJob


def keys_of(head: bpy.types.Object) -> bytes:
    """All keys of a head's shape keys, to be compared."""
    mesh = next(child for child in head.children if child.type == "MESH" and child.data.shape_keys)
    data = mesh.data.shape_keys.animation_data
    action = data.action if data else None
    if action is None:
        return b""
    curves = sys.modules[f"{MODULE}.addon.keys.actions"].channels_of(mesh.data.shape_keys).fcurves
    return b"".join(f"{c.data_path}{[tuple(p.co) for p in c.keyframe_points]}".encode() for c in curves)


def install_the_zip(window: Window) -> Story:
    """As *Install from Disk…* does."""
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["DUOLOGUE_ZIP"], repo="user_default", enable_on_install=True
    )
    yield from until(lambda: MODULE in sys.modules, "the extension is enabled")


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


def install_the_backend(window: Window) -> Story:
    """From a folder, without a network: the selector's answer is given as the operator's property."""
    folder = Path(os.environ["DUOLOGUE_WHEELHOUSE"])
    if not folder.is_dir():  # the checkout's own backend serves
        return
    yield from window.find("duologue.install_backend_from_folder")
    with window.context("WINDOW"):
        bpy.ops.duologue.install_backend_from_folder("INVOKE_DEFAULT", directory=str(folder))
    yield from wait(6)
    window.picture("install-question")
    window.key("Return")
    yield from wait(4)
    window.picture("installing")
    preferences = sys.modules[f"{MODULE}.addon.worker.preferences"]
    yield from until(lambda: preferences.backend_state(bpy.context).ready, "the backend is there", 240)
    yield from wait(2)
    window.picture("installed")


def load_the_example(window: Window) -> Story:
    """Two heads, a sentence and the bundled dialogue at one click."""
    yield from window.click("duologue.load_example")
    yield from until(lambda: settings().head_b is not None and settings().track_b, "the example is there", 120)
    yield from wait(2)
    window.picture("example")


def generate_and_cancel(window: Window) -> Story:
    """Esc ends it within two seconds and leaves everything as it was."""
    yield from window.click("duologue.generate()")
    yield from until(lambda: running_job().worker is not None, "a take is being made", 10)
    yield from wait(3)
    window.picture("generating")
    window.move(400, 800)
    pressed = time.monotonic()
    window.key("Escape")
    yield from until(lambda: running_job().worker is None, "it is cancelled", _MOST_TO_CANCEL)
    print(f"cancelled after {time.monotonic() - pressed:.2f} s", flush=True)
    yield from wait(0.5)
    window.picture("cancelled")
    check(not settings().take, "nothing was written")


def generate(window: Window) -> Story:
    """The first take."""
    yield from window.click("duologue.generate()")
    yield from until(lambda: bool(settings().take), "the take is there", 240)
    yield from wait(2)
    for head in (settings().head_a, settings().head_b):
        check(bool(keys_of(head)), f"{head.name} has keys")
    window.picture("take")


def undo_and_redo(window: Window) -> Story:
    """One Ctrl+Z takes the take's keys away, one Shift+Ctrl+Z brings them back, equal to the last bit."""
    before = keys_of(settings().head_a)
    window.move(400, 800)
    window.key("ctrl+z")
    yield from until(lambda: not keys_of(settings().head_a), "undo takes the keys away", 10)
    window.key("ctrl+shift+z")
    yield from until(lambda: bool(keys_of(settings().head_a)), "redo brings them back", 10)
    check(keys_of(settings().head_a) == before, "the keys are the same after undo and redo")


def project() -> Path:
    """The artist's file."""
    return Path(os.environ["DUOLOGUE_PROJECT"]) / "dialogue.blend"


def save() -> None:
    """Into the artist's folder, and the takes with it."""
    bpy.ops.wm.save_as_mainfile(filepath=str(project()))
    check(settings().take.startswith("//"), "the take went along")


def make_a_variation(window: Window) -> Story:
    """A second take; the first one stays in the list."""
    first, keys = settings().take, keys_of(settings().head_a)
    yield from window.click("anew='variation'")
    yield from until(lambda: settings().take != first and running_job().worker is None, "the variation is there", 240)
    yield from wait(3)
    check(keys_of(settings().head_a) != keys, "a variation moves otherwise")
    window.picture("takes")


def compare(window: Window) -> Story:
    """A click puts the take from before onto the heads."""
    take, keys = settings().take, keys_of(settings().head_a)
    yield from window.click("duologue.compare_takes")
    yield from until(lambda: settings().take != take, "the other take is on the heads", 20)
    yield from wait(1)
    check(keys_of(settings().head_a) != keys, "its keys are others")
    window.picture("compared")
    yield from window.click("duologue.compare_takes")
    yield from until(lambda: settings().take == take, "the first one is back", 20)
    yield from until(lambda: keys_of(settings().head_a) == keys, "with the same keys", 10)


def drag_a_slider(window: Window) -> Story:
    """The keys follow the mouse, and one Ctrl+Z brings them back."""
    yield from window.unfold("adjust.", below="duologue.write_keys")
    keys = keys_of(settings().head_a)
    x, y = yield from window.find(".lips")
    window.hold()
    for step in range(1, 11):
        window.move(x - 4 * step, y)
        yield from wait(0.1)
    yield from until(lambda: keys_of(settings().head_a) != keys, "the keys follow", 10)
    window.picture("dragging")
    window.release()
    yield from wait(1)
    window.move(400, 800)
    window.key("ctrl+z")
    yield from until(lambda: keys_of(settings().head_a) == keys, "undo brings the keys back", 10)
    yield from wait(1)
    check(settings().adjust.first.lips == 1.0, "undo brings the slider back")
    check(keys_of(settings().head_a) == keys, "and the keys stay as they were")
    window.picture("adjusted")
