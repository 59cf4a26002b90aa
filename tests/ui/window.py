"""A Blender window as a person uses it: finds buttons by what they do, moves the mouse there, clicks, types, looks.

Runs inside Blender. A story is a generator: it yields whenever Blender is to go on, and a timer resumes it. Buttons are
named by what Blender says of the one under the mouse: an operator's Python call (`bpy.ops.duologue.generate()`) or a
property's data path (`bpy.data.scenes["Scene"].duologue.prompt`), so that no story knows a pixel.
"""

from __future__ import annotations

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
_ROW: Final = 9
"""Pixels between two places that a search looks at; buttons are 20 high."""
_COLUMNS: Final = (0.25, 0.5, 0.75, 0.93, 0.08)
"""Shares of the region's width that a search looks at, one after the other."""
_SETTLED: Final = 0.06
"""Seconds that Blender is given to notice the mouse."""


class StoryFailedError(Exception):
    """What a person would have seen go wrong."""


@dataclass
class Window:
    """The first window of this Blender, its pictures in `folder`, and where its buttons were last seen."""

    folder: Path
    story: str
    pictures: int = 0
    began: float = field(default_factory=time.monotonic)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _tool: Any = None

    # What there is.

    @property
    def window(self) -> bpy.types.Window:
        """The window."""
        return bpy.context.window_manager.windows[0]

    def area(self, kind: str = "VIEW_3D") -> bpy.types.Area:
        """The first editor of that kind."""
        return next(area for area in self.window.screen.areas if area.type == kind)

    def region(self, kind: str = "UI", area: str = "VIEW_3D") -> bpy.types.Region:
        """A region of that editor; the sidebar unless told otherwise."""
        return next(region for region in self.area(area).regions if region.type == kind)

    def context(self, kind: str = "UI", area: str = "VIEW_3D") -> Any:
        """A context in that region."""
        override = {"window": self.window, "screen": self.window.screen, "area": self.area(area)}
        return bpy.context.temp_override(**override, region=self.region(kind, area))

    # What a person does.

    def move(self, x: int, y: int) -> None:
        """The mouse to a place in the window, counted from its lower left corner."""
        self._say(f"mousemove {x} {self.window.height - 1 - y}")

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

    def type(self, text: str) -> None:
        """A text, letter by letter."""
        subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)

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
        if name in self.seen:
            x, y = self.seen[name]
            self.move(x, y)
            yield from wait(_SETTLED)
            if name in self.under_the_mouse(kind, area):
                return x, y
        for x, y in self._places(kind, area):
            self.move(x, y)
            yield from wait(_SETTLED)
            if name in self.under_the_mouse(kind, area):
                self.seen[name] = x, y
                return x, y
        self.picture("not-found")
        raise StoryFailedError(f"there is no button {name} in the {kind} of {area}")

    def click(self, name: str, **where: str) -> Story:
        """Find a button and press it."""
        yield from self.find(name, **where)
        self.press()
        yield from wait(3 * _SETTLED)

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
