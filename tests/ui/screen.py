"""The screen that Blender's windows are on, as xdotool knows it: their numbers, and what mouse and keys do."""

from __future__ import annotations

import re
import subprocess
from typing import Any, Final

import bpy

_FOUND: Final = re.compile(r"WINDOW=(\d+)\n(?:[XY]=-?\d+\n)*WIDTH=(\d+)\nHEIGHT=(\d+)")


class Screen:
    """Says to xdotool what a person does, and which of its windows is which of Blender's."""

    def __init__(self) -> None:
        """Nothing is looked at or started yet."""
        self._numbers: dict[tuple[int, int, int], str] = {}
        self._tool: Any = None

    def say(self, line: str) -> None:
        """One of xdotool's commands."""
        if self._tool is None:
            self._tool = subprocess.Popen(["xdotool", "-"], stdin=subprocess.PIPE, text=True, bufsize=1)
        self._tool.stdin.write(line + "\n")
        self._tool.stdin.flush()

    def number_of(self, window: bpy.types.Window) -> str:
        """The number of that window, known by its size. Raises KeyError where the screen does not show every window."""
        self.shows_all()
        return self._numbers[window.as_pointer(), window.width, window.height]

    def shows_all(self) -> bool:
        """Whether every window of Blender is on the screen: a new one comes there some time after Blender has it."""
        every = [(one.as_pointer(), one.width, one.height) for one in bpy.context.window_manager.windows]
        if self._numbers.keys() == set(every):
            return True
        words = ["xdotool", "search", "--onlyvisible", "--class", "Blender", "getwindowgeometry", "--shell", "%@"]
        printed = subprocess.run(words, capture_output=True, text=True, check=False).stdout
        numbers = {(int(width), int(height)): number for number, width, height in _FOUND.findall(printed)}
        if not {one[1:] for one in every} <= numbers.keys():
            return False
        self._numbers = {one: numbers[one[1:]] for one in every}
        return True
