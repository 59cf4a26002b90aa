"""Who speaks when, drawn as bars for each person: of the take, else of the turns or the sound that are given."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import blf
import bpy
import numpy as np

from ...backend.contract.constants import FRAME_RATE
from ...backend.contract.errors import DuologueError
from ...backend.contract.reading import is_file, read_arrays, read_or_none
from ...backend.contract.segments import speaking_curves
from ...backend.contract.segments_file import read_segments
from ..conversation import audio_paths
from ..keys.takes import take_file
from ..settings.blend_paths import file_of
from ..settings.people import names_of
from ..settings.properties import DuologueSettings
from ..staging.sound_files import SoundFacts, facts_of, loudness_in_steps
from .operators.saying import redraw_panels
from .wrapping import is_narrow, text_width

_BARS: Final = "▁▂▃▄▅▆▇█"
_COLUMNS: Final = 64
_PEOPLE: Final = 2
_NAME_SHARE: Final = 0.25
_NO_ICON: Final = 30.0
"""Pixels at scale 1 that a line of text leaves for an icon and a box, which are not here."""
_LARGEST_BYTES: Final = 1 << 28
_TICK_SECONDS: Final = 0.02
_PAUSE_SECONDS: Final = 0.03
_DRAWN_EVERY: Final = 0.5

_Loudness = np.ndarray  # [columns, channels] 0 to 1
_heard: dict[tuple[Path, SoundFacts], _Loudness] = {}
_drawn = {"at": 0.0}
_listening: list[tuple[tuple[Path, SoundFacts], Iterator[_Loudness]]] = []


def draw_speaking(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """A row for each person; nothing where there is neither a take nor sound.

    A mix has one row of its own until there is a take: there is room for the second one, so that nothing moves then.
    """
    rows = _of_take(settings) or _of_segments(settings) or _of_sound(settings)
    if not (rows or any(audio_paths(settings))):
        return
    rows += [("", np.zeros(0), 1.0)] * (_PEOPLE - len(rows))
    column = layout.column(align=True)
    for name, heights, share in rows:
        line = column if is_narrow(context) else column.split(factor=_NAME_SHARE)
        line.label(text=name, translate=False)
        line.label(text=bars(heights, max(1, round(_fitting(context) * share))), translate=False)


def bars(heights: np.ndarray, count: int) -> str:
    """`heights` [N] from 0 to 1 as `count` letters, each the mean of what it stands for."""
    if not len(heights):
        return ""
    edges = np.linspace(0, len(heights), count + 1)
    means = [heights[int(low) : max(int(low) + 1, int(high))].mean() for low, high in itertools.pairwise(edges)]
    return "".join(_BARS[min(len(_BARS) - 1, int(max(0.0, mean) * len(_BARS)))] for mean in means)


def _fitting(context: bpy.types.Context) -> int:
    share = 1.0 if is_narrow(context) else 1.0 - _NAME_SHARE
    room = text_width(context) + _NO_ICON * context.preferences.system.ui_scale
    return max(1, int(room * share / blf.dimensions(0, _BARS[-1])[0]))


def _of_take(settings: DuologueSettings) -> list[tuple[str, np.ndarray, float]]:
    try:
        file = take_file(settings) if settings.take else None
    except DuologueError:
        return []
    speaking = _speaking(file, file.stat().st_mtime_ns) if file is not None else None
    if speaking is None:
        return []
    return [(name, row, 1.0) for name, row in zip(names_of(settings), speaking, strict=True)]


@lru_cache(maxsize=8)
def _speaking(file: Path, _changed: int) -> np.ndarray | None:
    """[2, T] how probably each speaks; None where the take cannot be read."""
    arrays = read_or_none(lambda: read_arrays(file, _LARGEST_BYTES, ("speaking",)))
    speaking = None if arrays is None else arrays.get("speaking")
    return speaking if speaking is not None and speaking.ndim == 2 and len(speaking) == 2 else None  # noqa: PLR2004


def _of_segments(settings: DuologueSettings) -> list[tuple[str, np.ndarray, float]]:
    file = file_of(settings, settings.segments) if settings.segments else None
    if file is None or not is_file(file):
        return []
    first, second = names_of(settings)
    turns = _turns(file, file.stat().st_mtime_ns, first, second)
    return [] if turns is None else [(name, row, 1.0) for name, row in zip((first, second), turns, strict=True)]


@lru_cache(maxsize=8)
def _turns(file: Path, _changed: int, first: str, second: str) -> np.ndarray | None:
    """[2, T] whether each speaks; None for a file that says nothing of the two."""
    try:
        turns = read_segments(file, (first, second))
    except DuologueError:
        return None
    seconds = max((segment.end for segment in turns.segments), default=0.0)
    return speaking_curves(turns, round(seconds * FRAME_RATE)) if seconds > 0.0 else None


def _of_sound(settings: DuologueSettings) -> list[tuple[str, np.ndarray, float]]:
    """Names, loudness and each file's share of the longest one."""
    found = [(path, facts_of(path)) for path in audio_paths(settings) if path is not None]
    known = {path: facts for path, facts in found if facts is not None}
    longest = max((facts.seconds for facts in known.values()), default=0.0)
    names = {"tracks": names_of(settings), "stereo": names_of(settings), "mix": ("Both",)}[settings.audio_kind]
    rows: list[tuple[str, np.ndarray, float]] = []
    for name, (path, channel) in zip(names, _channels(settings), strict=True):
        if path in known:
            heights = _loudness(path, known[path])
            row = heights[:, min(channel, heights.shape[1] - 1)] if channel >= 0 else heights.max(axis=1)
            rows.append((name, row, known[path].seconds / longest))
    return rows


def _channels(settings: DuologueSettings) -> list[tuple[Path | None, int]]:
    """The file and the channel of each row; -1 stands for all of them."""
    paths = audio_paths(settings)
    return [(paths[0], 0), (paths[0], 1)] if settings.audio_kind == "stereo" else [(path, -1) for path in paths]


def _loudness(path: Path, facts: SoundFacts) -> _Loudness:
    """As far as it is known by now; the rest is listened to while Blender has nothing to do."""
    key = path, facts
    if key not in _heard:
        _heard[key] = np.zeros((_COLUMNS, facts.channels))
        _listening.append((key, loudness_in_steps(path, _COLUMNS)))
        if not bpy.app.background and not bpy.app.timers.is_registered(_listen):
            bpy.app.timers.register(_listen)
    return _heard[key]


def _listen() -> float | None:
    """As many columns as fit into a tick; what is known is drawn when a file is through, and now and then before."""
    end = time.monotonic() + _TICK_SECONDS
    while _listening and time.monotonic() < end:
        key, steps = _listening[0]
        found = next(steps, None)
        if found is None:
            _listening.pop(0)
        else:
            _heard[key] = found
    if not _listening or time.monotonic() - _drawn["at"] > _DRAWN_EVERY:
        _drawn["at"] = time.monotonic()
        redraw_panels(bpy.context)
    return _PAUSE_SECONDS if _listening else None
