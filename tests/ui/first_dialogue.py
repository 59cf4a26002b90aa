"""An artist's first ten minutes: the zip, the backend, a conversation, a take, another one, changes, and saving."""

from __future__ import annotations

import os
import sys
import time

import bpy

from tests.ui.file_browser import choose
from tests.ui.parts import (
    MODULE,
    cancel,
    keys_of,
    open_the_panel,
    project,
    quit_by_keyboard,
    running_job,
    settings,
    wheelhouse,
)
from tests.ui.preferences import install_from_preferences
from tests.ui.window import Story, Window, check, until, wait

_GENERATES = 6.0
"""Seconds from when the worker runs until the first take is cancelled."""
LEFT_AT = 1.4
"""What a slider is set to before Blender is left."""


def story(window: Window) -> Story:
    """All of it, in the order that the panel suggests."""
    yield from install_the_zip(window)
    yield from open_the_panel(window)
    yield from install_the_backend(window)
    yield from load_the_example(window)
    yield from generate_and_cancel(window)
    yield from generate(window)
    yield from undo_and_redo(window)
    yield from save(window)
    yield from make_a_variation(window)
    yield from compare(window)
    yield from drag_a_slider(window)
    yield from save(window)
    yield from leave_a_change(window)
    yield from quit_by_keyboard(window)


def install_the_zip(window: Window) -> Story:
    """As *Install from Disk…* does."""
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["DUOLOGUE_ZIP"], repo="user_default", enable_on_install=True
    )
    yield from until(lambda: MODULE in sys.modules, "the extension is enabled")


def install_the_backend(window: Window) -> Story:
    """From a folder, begun in the preferences."""
    if wheelhouse().is_dir():  # else the checkout's own backend serves
        yield from install_from_preferences(window)


def load_the_example(window: Window) -> Story:
    """Two heads, a sentence and the bundled dialogue at one click."""
    yield from window.click("duologue.load_example")
    yield from until(lambda: settings().head_b is not None and settings().track_b, "the example is there", 120)
    yield from wait(2)
    window.picture("example")


def generate_and_cancel(window: Window) -> Story:
    """Esc ends it within two seconds and leaves everything as it was."""
    began: list[float] = []

    def has_gone_on() -> bool:
        if running_job().worker is None:
            return False
        began[:] = began or [time.monotonic()]
        if time.monotonic() - began[0] < _GENERATES:
            return False
        window.picture("generating")
        return True

    yield from cancel(window, "the first take", has_gone_on)
    yield from wait(0.5)
    window.picture("cancelled")
    check(not settings().take, "nothing was written")
    check(not keys_of(settings().head_a), "nobody has keys")


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
    window.rest()
    window.key("ctrl+z")
    yield from until(lambda: not keys_of(settings().head_a), "undo takes the keys away", 10)
    window.key("ctrl+shift+z")
    yield from until(lambda: bool(keys_of(settings().head_a)), "redo brings them back", 10)
    check(keys_of(settings().head_a) == before, "the keys are the same after undo and redo")


def save(window: Window) -> Story:
    """Ctrl+S into the artist's folder, and the takes with it; the file browser asks the first time."""
    window.rest()
    window.key("ctrl+s")
    if not bpy.data.filepath:
        yield from choose(window, project().parent, project().name)
    yield from until(lambda: bpy.data.filepath == str(project()) and not bpy.data.is_dirty, "the file is saved")
    yield from until(lambda: settings().take.startswith("//"), "the take went along", 10)


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
    window.rest()
    window.key("ctrl+z")
    yield from until(lambda: keys_of(settings().head_a) == keys, "undo brings the keys back", 10)
    yield from wait(1)
    check(settings().adjust.first.lips == 1.0, "undo brings the slider back")
    check(keys_of(settings().head_a) == keys, "and the keys stay as they were")
    window.picture("adjusted")


def leave_a_change(window: Window) -> Story:
    """A value that is typed into a slider, and not saved."""
    yield from window.find(".jaw")
    window.key("Return")
    yield from window.write(f"{LEFT_AT:g}")
    yield from until(lambda: abs(settings().adjust.first.jaw - LEFT_AT) < 1e-6, "the slider has it", 10)
    yield from until(lambda: bpy.data.is_dirty, "the file is not as it was saved", 10)
    yield from wait(2)
