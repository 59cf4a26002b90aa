"""Run by Blender: plays one story in its window, writes what came of it, and quits."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.ui.window import Window, play

_FOLDER = Path(os.environ["DUOLOGUE_UI"])
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


window = Window(_FOLDER, _STORY)
play(importlib.import_module(f"tests.ui.{_STORY}").story(window), _ended)
