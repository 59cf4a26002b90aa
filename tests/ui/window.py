"""A Blender window as a person uses it: finds buttons by what they do, moves the mouse there, clicks, types, looks.

Runs inside Blender. A story is a generator: it yields whenever Blender is to go on, and a timer resumes it. Buttons are
named by what Blender says of the one under the mouse: an operator's Python call (`bpy.ops.duologue.generate()`) or a
property's data path (`bpy.data.scenes["Scene"].duologue.prompt`), so that no story knows a pixel.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import bpy

from tests.ui.pointer import noticed_at
from tests.ui.screen import Screen

Story = Generator[None, None, None]

_SCREEN_HEIGHT: Final = 2900
_ROW: Final = 11
"""Pixels between two places that a search looks at; buttons are 20 high."""
_COLUMNS: Final = (0.55, 0.93, 0.25, 0.75, 0.08)
"""Shares of the region's width that a search looks at, one after the other."""
_SETTLED: Final = 0.04
"""Seconds that Blender is given once it has noticed the mouse."""
_NOTICED: Final = 2.0
"""Seconds after which it will not notice it there."""
_SEEN: Final = "seen.json"
_PATIENCE: Final = 3.0
"""Times as long as named everything may take: other tests run beside, on a slow machine."""
_FOLDED: Final = 32
"""Pixels from a button to the middle of a folded panel's header right below it."""
_OPENS: Final = 5.0
"""Seconds in which a panel opens."""


class StoryFailedError(Exception):
    """What a person would have seen go wrong."""


@dataclass
class Window:
    """This Blender's windows, their pictures in `folder`, and by editor and name where buttons were last seen.

    What is said of an editor is of the first one of that kind, in whichever window it is.
    """

    folder: Path
    story: str
    pictures: int = 0
    began: float = field(default_factory=time.monotonic)
    seen: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    screen: Screen = field(default_factory=Screen)

    def __post_init__(self) -> None:
        """What the story before has seen is a good guess."""
        if not self.seen and (self.folder / _SEEN).is_file():
            self.seen = json.loads((self.folder / _SEEN).read_text(encoding="utf-8"))

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
        self.screen.say(
            f"mousemove --window {self.screen.number_of(self.window_with(area))} {x} {window.height - 1 - y}"
        )

    def go(self, x: int, y: int, area: str = "VIEW_3D") -> Story:
        """The mouse to that place, and Blender's eye too."""
        self.move(x, y, area)
        end = time.monotonic() + _NOTICED
        while time.monotonic() < end:
            yield
            with bpy.context.temp_override(window=self.window_with(area)):
                at = noticed_at()
            if max(abs(at[0] - x), abs(at[1] - y)) <= 2:
                break
        else:
            print(f"the mouse at {x}, {y} is noticed at {at}", flush=True)
        yield from wait(_SETTLED)

    def rest(self) -> None:
        """The mouse to where no button is: in the middle of the 3D view."""
        self.move(400, 800)

    def press(self, button: int = 1) -> None:
        """A click where the mouse is."""
        self.screen.say(f"click {button}")

    def hold(self, button: int = 1) -> None:
        """Press a button of the mouse and keep it."""
        self.screen.say(f"mousedown {button}")

    def release(self, button: int = 1) -> None:
        """Let it go."""
        self.screen.say(f"mouseup {button}")

    def key(self, keys: str) -> None:
        """A key, as xdotool names it: `ctrl+z`, `Escape`."""
        self.screen.say(f"key {keys}")

    def activate(self, area: str) -> Story:
        """Keys go to the window of that editor from now on."""
        yield from self.shown()
        self.screen.say(f"windowactivate --sync {self.screen.number_of(self.window_with(area))}")
        yield from wait(0.5)

    def close(self, area: str) -> Story:
        """The window of that editor, as the cross on its frame does."""
        yield from self.activate(area)
        self.key("alt+F4")

    def shown(self) -> Story:
        """Wait until the screen shows every window: a new one comes there some time after Blender has it."""
        yield from until(self.screen.shows_all, "the screen shows every window", 10)

    def write(self, text: str) -> Story:
        """What the field that is being edited is to hold, letter by letter, and Return."""
        self.key("ctrl+a")
        yield from wait(0.1)
        self.screen.say(f"type --delay 12 {shlex.quote(text)}")
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

    def find(
        self, name: str, kind: str = "UI", area: str = "VIEW_3D", share: float = _COLUMNS[0]
    ) -> Generator[None, None, tuple[int, int]]:
        """Where the button is whose call or path holds `name`. Raises StoryFailedError.

        Looks where such a button was last seen and beside that, then in the column at `share` of the region's width,
        then everywhere.
        """
        yield from self.shown()
        seen = [*reversed(self.seen.get(area, {}).items())]
        last = next((place for text, place in seen if name in text), None)
        nearby = last or next((place for _, place in seen), None)
        for x, y in (*_beside(last), *self._places(kind, area, share, nearby)):
            if (yield from self._is_at(name, x, y, kind, area)):
                return x, y
        self.picture("not-found")
        raise StoryFailedError(f"there is no button {name} in the {kind} of {area}")

    def _is_at(self, name: str, x: int, y: int, kind: str, area: str) -> Generator[None, None, bool]:
        """Whether the button with `name` is there; whatever is, is remembered as what was seen last."""
        yield from self.go(x, y, area)
        text, seen = self.under_the_mouse(kind, area), self.seen.setdefault(area, {})
        if text:
            seen.pop(text, None)
            seen[text] = x, y
        return name in text

    def click(self, name: str, **where: Any) -> Story:
        """Find a button and press it."""
        yield from self.find(name, **where)
        self.press()
        yield from wait(3 * _SETTLED)

    def ended(self, failure: str | None) -> None:
        """Write what came of the story and where buttons were seen: at its end, and before Blender is asked to quit."""
        (self.folder / f"{self.story}.json").write_text(json.dumps({"failure": failure}), encoding="utf-8")
        (self.folder / _SEEN).write_text(json.dumps(self.seen), encoding="utf-8")

    def unfold(
        self, name: str, below: str, at: int = _FOLDED, share: float = _COLUMNS[0]
    ) -> Generator[None, None, tuple[int, int]]:
        """Open the folded panel below the button `below`, so that a button with `name` is there.

        A panel's header is no button, so it is looked for by what it opens, first `at` pixels down. `share` is where
        `below` is looked for. Returns where the header is. Raises StoryFailedError.
        """
        _, y = yield from self.find(below, share=share)
        x = self.region().x + round(_COLUMNS[0] * self.region().width)
        for offset in sorted(range(24, 96, 8), key=lambda offset: abs(offset - at)):
            for _press in range(2):  # one that was not noticed, or closed it, is made up for by another
                yield from self.go(x, y - offset)
                if self.under_the_mouse():
                    break
                self.press()
                yield from wait(0.5)
                if (yield from self._has_opened(name, x, y - offset)):
                    return x, y - offset
        self.picture("not-unfolded")
        raise StoryFailedError(f"there is no panel with {name} below {below}")

    def _has_opened(self, name: str, x: int, y: int) -> Generator[None, None, bool]:
        """Whether a button with `name` comes to be below that place."""
        end = time.monotonic() + _OPENS
        while time.monotonic() < end:
            for further in range(_ROW, 12 * _ROW, _ROW):
                if (yield from self._is_at(name, x, y - further, "UI", "VIEW_3D")):
                    return True
        return False

    def _places(self, kind: str, area: str, share: float, nearby: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
        """Every place of the region, in each column from the height of `nearby` on."""
        region = self.region(kind, area)
        heights = [region.y + region.height - offset for offset in range(_ROW, region.height, _ROW)]
        if nearby is not None:
            heights.sort(key=lambda height: abs(height - nearby[1]))
        for column in (share, *(one for one in _COLUMNS if one != share)):
            for height in heights:
                yield region.x + round(column * region.width), height


def _beside(place: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """The place itself and what is up to 10 rows above and below it: rows above come and go."""
    if place is not None:
        for offset in sorted(range(-10 * _ROW, 11 * _ROW, _ROW), key=abs):
            yield place[0], place[1] + offset


def wait(seconds: float) -> Story:
    """Let Blender go on for so long."""
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        yield


def until(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Story:
    """Let Blender go on until that holds. Raises StoryFailedError after so long, and the patience of these tests."""
    began, longest = time.monotonic(), _PATIENCE * seconds
    while not condition():
        if time.monotonic() - began > longest:
            raise StoryFailedError(f"{what}: not within {longest:g} s")
        yield


def check(holds: bool, what: str) -> None:
    """Raises StoryFailedError."""
    if not holds:
        raise StoryFailedError(f"not so: {what}")
