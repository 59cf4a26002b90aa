"""A Blender window as a person uses it: finds buttons by what they do, moves the mouse there, clicks, types, looks.

Runs inside Blender. A story is a generator: it yields whenever Blender is to go on, and a timer resumes it. Buttons are
named by what Blender says of the one under the mouse: an operator's Python call (`bpy.ops.duologue.generate()`) or a
property's data path (`bpy.data.scenes["Scene"].duologue.prompt`), so that no story knows a pixel.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import bpy

Story = Generator[None, None, None]

_SCREEN_HEIGHT: Final = 2500
_TICK: Final = 0.02
_ROW: Final = 11
"""Pixels between two places that a search looks at; buttons are 20 high."""
_COLUMNS: Final = (0.55, 0.93, 0.25, 0.75, 0.08)
"""Shares of the region's width that a search looks at, one after the other."""
_SETTLED: Final = 0.06
"""Seconds that Blender is given to notice the mouse."""


class StoryFailedError(Exception):
    """What a person would have seen go wrong."""


@dataclass
class Window:
    """This Blender's windows, their pictures in `folder`, and where buttons were last seen.

    What is said of an editor is of the first one of that kind, in whichever window it is.
    """

    folder: Path
    story: str
    pictures: int = 0
    began: float = field(default_factory=time.monotonic)
    seen: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _numbers: dict[tuple[int, int, int], str] = field(default_factory=dict)
    _tool: Any = None

    # What there is.

    def window_with(self, area: str = "VIEW_3D") -> bpy.types.Window | None:
        """The window in which an editor of that kind is; None where there is none."""
        windows = bpy.context.window_manager.windows
        return next((one for one in windows if any(each.type == area for each in one.screen.areas)), None)

    def area(self, kind: str = "VIEW_3D") -> bpy.types.Area:
        """The first editor of that kind. Raises StoryFailedError."""
        window = self.window_with(kind)
        if window is None:
            raise StoryFailedError(f"there is no {kind}")
        return next(area for area in window.screen.areas if area.type == kind)

    def region(self, kind: str = "UI", area: str = "VIEW_3D") -> bpy.types.Region:
        """A region of that editor; the sidebar unless told otherwise."""
        return next(region for region in self.area(area).regions if region.type == kind)

    def context(self, kind: str = "UI", area: str = "VIEW_3D") -> Any:
        """A context in that region."""
        place = {"window": self.window_with(area), "area": self.area(area), "region": self.region(kind, area)}
        return bpy.context.temp_override(**place)

    # What a person does.

    def move(self, x: int, y: int, area: str = "VIEW_3D") -> None:
        """The mouse to a place in the window of that editor, counted from its lower left corner."""
        window = self.window_with(area)
        self._say(f"mousemove --window {self._on_screen(window)} {x} {window.height - 1 - y}")

    def rest(self) -> None:
        """The mouse to where no button is: in the middle of the 3D view."""
        self.move(400, 800)

    def press(self, button: int = 1) -> None:
        """A click where the mouse is."""
        self._say(f"click {button}")

    def hold(self, button: int = 1) -> None:
        """Press a button of the mouse and keep it."""
        self._say(f"mousedown {button}")

    def release(self, button: int = 1) -> None:
        """Let it go."""
        self._say(f"mouseup {button}")

    def key(self, keys: str) -> None:
        """A key, as xdotool names it: `ctrl+z`, `Escape`."""
        self._say(f"key {keys}")

    def close(self, area: str) -> None:
        """The window of that editor, as the cross on its frame does."""
        self._say(f"windowactivate --sync {self._on_screen(self.window_with(area))}")
        self.key("alt+F4")

    def write(self, text: str) -> Story:
        """What the field that is being edited is to hold, letter by letter, and Return."""
        self.key("ctrl+a")
        yield from wait(0.1)
        self._say(f"type --delay 12 {shlex.quote(text)}")
        yield from wait(0.3 + 0.02 * len(text))
        self.key("Return")
        yield from wait(0.3)

    def picture(self, name: str) -> Path:
        """Keep what the screen shows now, and beside it what the sidebar alone shows; the log says when that was."""
        self.pictures += 1
        print(f"{time.monotonic() - self.began:6.1f} s  {name}", flush=True)
        file = self.folder / f"{self.story}-{self.pictures:02d}-{name}.png"
        subprocess.run(["import", "-window", "root", str(file)], check=True)
        region = self.region()
        top = _SCREEN_HEIGHT - region.y - region.height
        cut = f"{region.width}x{region.height}+{region.x}+{top}"
        panel = self.folder / f"{self.story}-{name}-panel.png"
        background = ["-bordercolor", "#303030", "-trim", "+repage"]
        subprocess.run(["convert", str(file), "-crop", cut, "+repage", *background, str(panel)], check=True)
        return file

    def _on_screen(self, window: bpy.types.Window) -> str:
        """The number of that window on its screen, known by its size. Raises StoryFailedError."""
        every = [(one.as_pointer(), one.width, one.height) for one in bpy.context.window_manager.windows]
        if self._numbers.keys() != set(every):
            words = ["xdotool", "search", "--onlyvisible", "--class", "Blender", "getwindowgeometry", "--shell", "%@"]
            told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
            found = re.findall(r"WINDOW=(\d+)\n(?:[XY]=-?\d+\n)*WIDTH=(\d+)\nHEIGHT=(\d+)", told)
            numbers = {(int(width), int(height)): number for number, width, height in found}
            if not {one[1:] for one in every} <= numbers.keys():
                raise StoryFailedError(f"of the windows {every} the screen shows {found}")
            self._numbers = {one: numbers[one[1:]] for one in every}
        return self._numbers[window.as_pointer(), window.width, window.height]

    def _say(self, line: str) -> None:
        if self._tool is None:
            self._tool = subprocess.Popen(["xdotool", "-"], stdin=subprocess.PIPE, text=True, bufsize=1)
        self._tool.stdin.write(line + "\n")
        self._tool.stdin.flush()

    # Where a button is.

    def under_the_mouse(self, kind: str = "UI", area: str = "VIEW_3D") -> str:
        """The Python call or the data path of the button under the mouse; empty where there is none."""
        manager = bpy.context.window_manager
        manager.clipboard = ""
        with self.context(kind, area):
            for ask in (
                bpy.ops.ui.copy_python_command_button,
                lambda: bpy.ops.ui.copy_data_path_button(full_path=True),
            ):
                try:
                    ask()
                except RuntimeError:
                    continue
                return str(manager.clipboard)
        return ""

    def find(self, name: str, kind: str = "UI", area: str = "VIEW_3D") -> Generator[None, None, tuple[int, int]]:
        """Where the button is whose call or path holds `name`. Raises StoryFailedError."""
        if (name, area) in self.seen:
            x, y = self.seen[name, area]
            self.move(x, y, area)
            yield from wait(_SETTLED)
            if name in self.under_the_mouse(kind, area):
                return x, y
        for x, y in self._places(kind, area):
            self.move(x, y, area)
            yield from wait(_SETTLED)
            if name in self.under_the_mouse(kind, area):
                self.seen[name, area] = x, y
                return x, y
        self.picture("not-found")
        raise StoryFailedError(f"there is no button {name} in the {kind} of {area}")

    def click(self, name: str, **where: str) -> Story:
        """Find a button and press it."""
        yield from self.find(name, **where)
        self.press()
        yield from wait(3 * _SETTLED)

    def ended(self, failure: str | None) -> None:
        """Write what came of the story: before Blender is asked to quit, and where something went wrong."""
        (self.folder / f"{self.story}.json").write_text(json.dumps({"failure": failure}), encoding="utf-8")

    def unfold(self, name: str, below: str) -> Story:
        """Open the folded panel right below the button `below`, so that a button with `name` is there.

        A panel's header is no button, so it is looked for by what it opens. Raises StoryFailedError.
        """
        x, y = yield from self.find(below)
        for offset in range(24, 60, 8):
            self.move(x, y - offset)
            yield from wait(_SETTLED)
            self.press()
            yield from wait(0.5)
            for further in range(offset, offset + 120, _ROW):
                self.move(x, y - further)
                yield from wait(_SETTLED)
                if name in self.under_the_mouse():
                    return
        self.picture("not-unfolded")
        raise StoryFailedError(f"there is no panel with {name} below {below}")

    def _places(self, kind: str, area: str) -> Iterator[tuple[int, int]]:
        region = self.region(kind, area)
        for share in _COLUMNS:
            for offset in range(_ROW, region.height, _ROW):
                yield region.x + round(share * region.width), region.y + region.height - offset


def wait(seconds: float) -> Story:
    """Let Blender go on for so long."""
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        yield


def until(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Story:
    """Let Blender go on until that holds. Raises StoryFailedError after so long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise StoryFailedError(f"{what}: not within {seconds:g} s")
        yield


def check(holds: bool, what: str) -> None:
    """Raises StoryFailedError."""
    if not holds:
        raise StoryFailedError(f"not so: {what}")


def play(story: Story, ended: Callable[[BaseException | None], None]) -> None:
    """Have a timer resume `story` until it ends, then call `ended` with what went wrong, or None."""

    def tick() -> float | None:
        try:
            next(story)
        except StopIteration:
            ended(None)
        except BaseException as error:  # noqa: BLE001  (whatever it was, the run is to end and say so)
            ended(error)
        else:
            return _TICK
        return None

    bpy.app.timers.register(tick, first_interval=1.0, persistent=True)
