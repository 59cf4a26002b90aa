"""Plans as Blender's icons: painted from a timer when what they show has changed, never while a panel is drawn."""

from __future__ import annotations

import json
from typing import Any, Final

import bpy
import bpy.utils.previews
import numpy as np

from ....backend.contract.reading import read_or_none
from ...staging.furnishing import furnishing_of
from ..operators.saying import redraw_panels
from .painting import Colour
from .picture import Look, plan_picture

_KEPT: Final = 8
"""Plans that are kept: of several conversations, and of several windows that differ in size or theme."""
_PADDING: Final = 8
"""Pixels of an icon's square that Blender leaves free."""
_SMALLEST, _LARGEST = 32, 1024
"""Pixels of a picture's side."""
_previews: list[Any] = []
_wanted: dict[str, tuple[str, tuple[str, str], Look]] = {}
_unpaintable: set[str] = set()
_shown: dict[str, str] = {}
"""By place: the plan that was shown there last."""


def plan_icon(place: str, staging: str, names: tuple[str, str], look: Look) -> int:
    """The number among Blender's icons of the plan of `staging`, a take's meta as JSON, for a `place` that shows plans.

    Where it is not painted yet it will be once drawing is over, and the panels are drawn again; until then it is what
    that place has shown before, 0 where that was nothing.
    """
    key = _key(staging, names, look)
    plans = _previews[0] if _previews else {}
    if key in plans:
        _shown[place] = key
    elif key not in _unpaintable and not bpy.app.background:
        _wanted[key] = (staging, names, look)
        if not bpy.app.timers.is_registered(_paint_wanted):
            bpy.app.timers.register(_paint_wanted)
    shown = _shown.get(place, "")
    return int(plans[shown].icon_id) if shown in plans else 0


def paint_plan(staging: str, names: tuple[str, str], look: Look) -> int:
    """Paint it now; 0 where `staging` is none."""
    key = _key(staging, names, look)
    picture = read_or_none(lambda: _painted(staging, names, look))
    if picture is None:
        _unpaintable.add(key)
        return 0
    if not _previews:
        _previews.append(bpy.utils.previews.new())
    plans = _previews[0]
    for oldest in list(plans)[: max(0, len(plans) + 1 - _KEPT)]:
        del plans[oldest]
    plan = plans.new(key)
    plan.image_size = picture.shape[1], picture.shape[0]
    plan.image_pixels_float.foreach_set(np.ascontiguousarray(picture[::-1]).ravel())  # Blender begins at the bottom
    return int(plan.icon_id)


def look_of(context: bpy.types.Context, scale: float) -> Look:
    """Of an icon that a panel draws at `scale`: as many pixels as the screen has there, in the theme's colour."""
    pixels = int(scale * _unit(context)) - _PADDING
    return Look(min(max(pixels, _SMALLEST), _LARGEST), _ink(context))


def _unit(context: bpy.types.Context) -> int:
    """Pixels of Blender's unit of an interface, 20 at scale 1, as Blender reckons it."""
    system = context.preferences.system
    return round(18.0 * system.ui_scale) + 2 * max(1, int(system.pixel_size))


def forget_plans() -> None:
    """Give all icons back."""
    if bpy.app.timers.is_registered(_paint_wanted):
        bpy.app.timers.unregister(_paint_wanted)
    _wanted.clear()
    _unpaintable.clear()
    _shown.clear()
    while _previews:
        bpy.utils.previews.remove(_previews.pop())


def _key(staging: str, names: tuple[str, str], look: Look) -> str:
    return json.dumps([staging, names, look.size, look.ink])


def _painted(staging: str, names: tuple[str, str], look: Look) -> np.ndarray:
    told = json.loads(staging)
    there = furnishing_of(told, (True, True))
    return plan_picture(told, names, look, table=there.table, bench=there.bench)


def _paint_wanted() -> None:
    wanted = list(_wanted.values())
    _wanted.clear()
    for staging, names, look in wanted:
        paint_plan(staging, names, look)
    redraw_panels(bpy.context)


def _ink(context: bpy.types.Context) -> Colour:
    """What a panel writes with on its ground."""
    red, green, blue = context.preferences.themes[0].user_interface.wcol_regular.text[:3]
    return round(float(red), 2), round(float(green), 2), round(float(blue), 2)
