"""The next day: the file is opened, everything is there, and few keys are written, and it is filmed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import bpy

from tests.ui.file_browser import choose
from tests.ui.first_dialogue import LEFT_AT
from tests.ui.parts import (
    MODULE,
    count_of_keys,
    is_idle,
    keys_of,
    open_the_panel,
    project,
    settings,
)
from tests.ui.window import Story, Window, check, until, wait

_FEWER = 5
"""Reduced keys are at most one of so many."""
_FILMED = 4
"""Frames of the preview film."""
_LIVE = 0.08
"""The share of the sidebar's width at which the box of *Live* is."""
_PAST_KEYS = 58
"""Pixels from *Live* to the header of *Output*: the folded panel *Keys* is between."""


def story(window: Window) -> Story:
    """The take's keys, the panel, and what an artist does with a take."""
    check(MODULE in sys.modules, "the extension is still enabled")
    yield from open_the_file(window)
    yield from open_the_panel(window)
    for head in (settings().head_a, settings().head_b):
        check(bool(keys_of(head)), f"{head.name} has its keys")
    check(abs(settings().adjust.first.jaw - LEFT_AT) < 1e-6, "what was asked about when Blender was left is saved")
    window.picture("everything")
    yield from reduce_keys(window)
    yield from film(window)


def open_the_file(window: Window) -> Story:
    """Ctrl+O, and the file browser."""
    yield from wait(1)
    window.key("Escape")
    yield from wait(0.5)
    window.rest()
    window.key("ctrl+o")
    yield from choose(window, project().parent, project().name)
    yield from until(lambda: settings().head_a is not None, "the file is open")


def reduce_keys(window: Window) -> Story:
    """*Density: Reduced*, and *Write keys*."""
    before = count_of_keys(settings().head_a)
    yield from window.find(".jaw")
    header = yield from window.unfold("key_writing.density", below="adjust.live", share=_LIVE)
    yield from window.click("key_writing.density")
    window.key("r")
    yield from until(lambda: settings().key_writing.density == "reduced", "few keys are chosen", 5)
    yield from window.click("duologue.write_keys")
    yield from until(lambda: is_idle() and count_of_keys(settings().head_a) != before, "they are written", 60)
    after = count_of_keys(settings().head_a)
    print(f"{before} keys of shape keys became {after}", flush=True)
    check(0 < after * _FEWER <= before, f"{after} keys are few beside {before}")
    yield from wait(1)
    window.picture("reduced")
    yield from window.go(*header)
    window.press()  # folded again: with it the panel is longer than the screen is high
    yield from wait(1)


def film(window: Window) -> Story:
    """*Preview film* of a short range: the file is there, and a player is asked for."""
    scene = bpy.context.scene
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 1, _FILMED
    file, opened = project().parent / "films" / "dialogue preview.mp4", Path(os.environ["HOME"]) / "opened"
    yield from window.unfold("duologue.preview_film", below="adjust.live", at=_PAST_KEYS, share=_LIVE)
    yield from window.click("duologue.preview_film")
    yield from until(file.is_file, "the film is there", 90)
    check(file.stat().st_size > 1000, "there is something in it")
    yield from until(lambda: opened.is_file() and str(file) in opened.read_text(), "a player is asked for", 10)
    yield from wait(1)
    window.picture("filmed")
    bpy.context.scene.use_preview_range = False
