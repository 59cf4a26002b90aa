"""Blender's file browser, answered by its own button."""

from __future__ import annotations

from pathlib import Path

from tests.ui.window import Story, Window, until, wait

_AREA = "FILE_BROWSER"


def choose(window: Window, folder: Path, name: str = "") -> Story:
    """Wait for the browser, have it show the folder with the file's `name` in its field, and press its button.

    Folder and name are set as data: a field of the browser stays in editing where the keys come from a program.
    """
    yield from until(lambda: window.window_with(_AREA) is not None, "the file browser opens")
    yield from wait(1)
    params = window.area(_AREA).spaces[0].params
    params.directory = f"{folder}/".encode()
    if name:
        params.filename = name
    yield from wait(0.5)
    window.picture("file-browser")
    yield from window.click("file.execute", kind="EXECUTE", area=_AREA)
    yield from until(lambda: window.window_with(_AREA) is None, "the file browser closes")
