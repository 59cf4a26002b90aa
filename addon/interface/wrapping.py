"""What fits a narrow sidebar: sentences in lines, measured in the font that Blender draws; rows below one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import blf
import bpy

_INTERFACE_FONT: Final = 0
_AROUND: Final = 4.75
"""What tabs, margins, a box and an icon take of a sidebar's width, in icons of 20 pixels at scale 1."""
_ICON: Final = 20.0
_AND_MORE: Final = " …"
_NARROWEST: Final = 60.0
_NARROW: Final = 280.0
"""Below this width at scale 1 Blender cuts a name beside its field, and two buttons in a row."""


def draw_lines(
    layout: bpy.types.UILayout, context: bpy.types.Context, sentence: str, icon: str = "", units: float = 0.0
) -> None:
    """`sentence` as labels below one another, none of them cut; `icon` stands before the first.

    They fit the region that `context` draws, or a pop-up that is `units` of 20 pixels wide.
    """
    column = layout.column(align=True)
    for number, line in enumerate(lines_in(context, sentence, units)):
        column.label(text=line, icon="NONE" if not icon else icon if number == 0 else "BLANK1", translate=False)


def is_narrow(context: bpy.types.Context) -> bool:
    """Whether the region that `context` draws has no room for two things in a row."""
    return bool(context.region.width < _NARROW * context.preferences.system.ui_scale)


def row_or_column(layout: bpy.types.UILayout, context: bpy.types.Context) -> bpy.types.UILayout:
    """Where buttons stand side by side, or in a narrow sidebar below one another."""
    return layout.column(align=True) if is_narrow(context) else layout.row(align=True)


def lines_in(context: bpy.types.Context, sentence: str, units: float = 0.0) -> list[str]:
    """`sentence` in lines that fit into the region that `context` draws, or into a pop-up of `units`."""
    width = text_width(context, units)
    return wrapped(sentence, width, lambda text: float(blf.dimensions(_INTERFACE_FONT, text)[0]))


def line_of(context: bpy.types.Context, sentence: str) -> str:
    """As many words of `sentence` as fit into one line, and “…” for the rest; Blender would cut out its middle."""
    lines = lines_in(context, sentence)
    if len(lines) < 2:  # noqa: PLR2004  (all of it fits)
        return sentence
    width = text_width(context) - float(blf.dimensions(_INTERFACE_FONT, _AND_MORE)[0])
    return wrapped(sentence, width, lambda text: float(blf.dimensions(_INTERFACE_FONT, text)[0]))[0] + _AND_MORE


def text_width(context: bpy.types.Context, units: float = 0.0) -> float:
    """Pixels for a line of text where `lines_in` breaks it; from now on blf measures in the interface's font."""
    preferences = context.preferences
    scale = preferences.system.ui_scale
    blf.size(_INTERFACE_FONT, preferences.ui_styles[0].widget.points * scale)
    whole = units * _ICON * scale if units else context.region.width
    return float(max(_NARROWEST * scale, whole - _AROUND * _ICON * scale))


def wrapped(sentence: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`sentence` in lines of at most `width` by `measure`; words longer than that, such as paths, go on below."""
    lines = []
    line = ""
    for whole in sentence.split():
        word = whole
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and measure(word) > width:
            fitting = _fitting(word, width, measure)
            lines.append(word[:fitting])
            word = word[fitting:]
        line = word
    return [*lines, line] if line else lines


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    """How many letters of `word` fit, at least one; up to the last separator among them where there is one."""
    count = 1
    while count < len(word) and measure(word[: count + 1]) <= width:
        count += 1
    separated = max(word.rfind(one, 1, count) for one in "/\\")
    return separated + 1 if separated > 0 else count
