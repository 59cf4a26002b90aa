"""Run by Blender: plays one story in its window, writes what came of it, and quits."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.ui.window import Story, Window

_FOLDER = Path(os.environ["DUOLOGUE_UI"])
_TICK = 0.02
_STORY = sys.argv[sys.argv.index("--") + 1]


def _ended(error: BaseException | None) -> None:
    if error is not None:
        traceback.print_exception(error)
        window.picture("failed")
    window.ended(None if error is None else f"{type(error).__name__}: {error}")
    sys.stdout.flush()
    if error is not None:
        os._exit(1)
    bpy.ops.wm.quit_blender()


def _play(story: Story) -> None:
    """Have a timer resume `story` until it ends, then end the run."""

    def tick() -> float | None:
        try:
            next(story)
        except StopIteration:
            _ended(None)
        except BaseException as error:  # noqa: BLE001  (whatever it was, the run is to end and say so)
            _ended(error)
        else:
            return _TICK
        return None

    bpy.app.timers.register(tick, first_interval=1.0, persistent=True)


window = Window(_FOLDER, _STORY)
_play(importlib.import_module(f"tests.ui.{_STORY}").story(window))
