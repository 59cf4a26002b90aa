"""A staging as a picture from above: right is the picture's right, and the camera is at the bottom."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ...keys.take_picture import COLOURS
from .figures import (
    Figure,
    direction,
    draw_bench,
    draw_body,
    draw_head,
    draw_seat,
    draw_shadow,
    draw_sight,
    head_turn,
)
from .painting import (
    Colour,
    Point,
    blank,
    block,
    circle,
    fill,
    lettering,
    line,
    outline,
    strokes_of,
    text_size,
    towards,
    triangle,
)

_UNIT: Final = 172.0
"""Pixels of a picture whose lines are one pixel thick and whose letters are as high as the panel's."""
_AROUND: Final = 0.56
"""Metres around a person's eyes that are in the picture."""
_FEET, _BED_HALF_WIDTH = 1.75, 0.5
"""Metres from the eyes of who lies to the end of the bed, and to its sides."""
_CLOSEST: Final = 92.0
_SMALLEST: Final = 46.0
"""Units a metre: no picture shows less than 1.8 metres, and people are never drawn smaller than at this scale."""
_CAMERA_STRIP, _TOP_STRIP = 22.0, 8.0
"""Units at the bottom and at the top that people stay out of."""
_TABLE_AHEAD, _TABLE_RADIUS = 0.12, 0.45
"""Metres, as the set has them."""
_LETTERS: Final = 8.0
_UPRIGHT: Final = 0.3
"""How far two may stand behind one another, as a sine, so that the line beside them is on their right."""
_SAME_HEIGHT: Final = 0.03
_CENTIMETRES: Final = 100.0
_BELOW: Final = 0.58
"""Metres from somebody's head to what is written of their height."""
_BESIDE: Final = 0.52
"""Metres from the line between the two to the one that says how long it is."""


@dataclass(frozen=True)
class Look:
    """The picture's side in pixels, and the colour of the panel's letters, in which everything but the two is drawn."""

    size: int
    ink: Colour = (0.9, 0.9, 0.9)


@dataclass(frozen=True)
class _View:
    """Metres → pixels: `centre` metres is at `middle` pixels; bodies are drawn at `body` pixels a metre."""

    scale: float
    body: float
    centre: Point
    middle: Point

    def at(self, place: Mapping[str, Any]) -> Point:
        x, _, z = place["position"]
        return self.point(float(x), float(z))

    def point(self, x: float, z: float) -> Point:
        return (
            self.middle[0] + (x - self.centre[0]) * self.scale,
            self.middle[1] + (z - self.centre[1]) * self.scale,
        )


def plan_picture(
    staging: Mapping[str, Any], names: Sequence[str], look: Look, *, table: bool = False, bench: bool = False
) -> np.ndarray:
    """[size, size, 4] of `staging`, in the layout of a take's meta: red, green, blue, alpha, 0 to 1, from the top.

    Colours are multiplied by alpha. `table` and `bench`, which is for both: whether the set has one. Raises KeyError,
    TypeError, ValueError and the like where a field is off.
    """
    places = staging["places"]
    unit = look.size / _UNIT
    view = _view_of(places, look.size, unit)
    picture = blank(look.size)
    _draw_camera(picture, look, unit)
    figures = _figures(places, names, view)
    bearings = [_bearing(places[person], places[1 - person]) for person in (0, 1)]
    if table:
        _draw_table(picture, places, view, look)
    if bench:
        draw_bench(picture, figures, look.ink)
    for figure in figures:
        if not bench:
            draw_seat(picture, figure, look.ink)
    above = float(places[0]["position"][1]) - float(places[1]["position"][1])  # metres
    for figure, metres in zip(figures, (above, -above), strict=True):
        draw_shadow(picture, figure, metres)
    for figure in figures:
        draw_body(picture, figure)
    for figure, place, bearing in zip(figures, places, bearings, strict=True):
        draw_sight(picture, figure, place, bearing)
    for figure in figures:
        draw_head(picture, figure)
    _draw_distance(picture, places, view, look, unit)
    if abs(above) >= _SAME_HEIGHT:
        _draw_height(picture, figures[0 if above > 0.0 else 1], abs(above), look, unit)
    return picture


def _view_of(places: Sequence[Mapping[str, Any]], size: int, unit: float) -> _View:
    held = [point for place in places for point in _held(place)]
    lows = [min(point[axis] for point in held) for axis in (0, 1)]
    highs = [max(point[axis] for point in held) for axis in (0, 1)]
    spans = [max(high - low, 0.1) for low, high in zip(lows, highs, strict=True)]
    top, bottom = _TOP_STRIP * unit, size - _CAMERA_STRIP * unit
    room = (size - 2.0 * unit, bottom - top)
    scale, smallest = _CLOSEST * unit, _SMALLEST * unit
    for span, pixels in zip(spans, room, strict=True):
        # Metres of somebody's own size become no fewer pixels than the smallest scale makes of them.
        fitting = pixels / (span + 2.0 * _AROUND)
        scale = min(scale, fitting if fitting > smallest else (pixels - 2.0 * _AROUND * smallest) / span)
    centre = ((lows[0] + highs[0]) / 2.0, (lows[1] + highs[1]) / 2.0)
    return _View(scale, max(scale, smallest), centre, (size / 2.0, (top + bottom) / 2.0))


def _held(place: Mapping[str, Any]) -> list[Point]:
    """Points of one person around which the picture has room: the eyes, and both corners at the end of a bed."""
    x, _, z = (float(metres) for metres in place["position"])
    if place["posture"] != "lying":
        return [(x, z)]
    dx, dz = direction(float(place["facing"]))
    end, side = _FEET - _AROUND, _BED_HALF_WIDTH - _AROUND
    return [(x, z), *((x + end * dx + way * side * dz, z + end * dz - way * side * dx) for way in (-1.0, 1.0))]


def _figures(places: Sequence[Mapping[str, Any]], names: Sequence[str], view: _View) -> list[Figure]:
    letters = _letters(names)
    figures = []
    for person, place in enumerate(places):
        other = places[1 - person]
        figures.append(
            Figure(
                eyes=view.at(place),
                ahead=direction(float(place["facing"])),
                head=direction(head_turn(place, _bearing(place, other))),
                scale=view.body,
                posture=str(place["posture"]),
                lean=float(place["lean"]),
                colour=tuple(part / 255.0 for part in COLOURS[person]),  # type: ignore[arg-type]
                letter=letters[person],
                partner=view.at(other),
            )
        )
    return figures


def _letters(names: Sequence[str]) -> list[str]:
    """The first letter of each name, without accents; none where they are the same or cannot be drawn."""
    plain = [unicodedata.normalize("NFD", name.strip()).upper()[:1] for name in names]
    known = [letter if strokes_of(letter) else "" for letter in plain]
    return known if known[0] != known[1] else ["", ""]


def _bearing(place: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Where the other one is, as an angle: 0 to the camera, positive to the right."""
    x, _, z = (float(theirs) - float(own) for theirs, own in zip(other["position"], place["position"], strict=True))
    return math.atan2(x, z)


def _draw_camera(picture: np.ndarray, look: Look, unit: float) -> None:
    """At the bottom, with the edges of what it sees."""
    middle, base = look.size / 2.0, look.size - 8.0 * unit
    for side in (-1.0, 1.0):
        edge = line(
            [(middle + side * 5.0 * unit, base - 9.0 * unit), (middle + side * 74.0 * unit, 10.0 * unit)], 1.1 * unit
        )
        fill(picture, edge, look.ink, 0.13)
    fill(picture, block((middle, base), (1.0, 0.0), 8.0 * unit, 5.0 * unit, 1.6 * unit), look.ink, 0.75)
    lens = (
        (middle, base - 4.0 * unit),
        (middle - 5.5 * unit, base - 10.5 * unit),
        (middle + 5.5 * unit, base - 10.5 * unit),
    )
    fill(picture, triangle(lens), look.ink, 0.75)


def _draw_table(picture: np.ndarray, places: Sequence[Mapping[str, Any]], view: _View, look: Look) -> None:
    x, z = ((float(places[0]["position"][axis]) + float(places[1]["position"][axis])) / 2.0 for axis in (0, 2))
    shape = circle(view.point(x, z + _TABLE_AHEAD), _TABLE_RADIUS * view.scale)
    fill(picture, shape, look.ink, 0.10)
    outline(picture, shape, look.ink, max(0.02 * view.body, 1.0), 0.45)


def _draw_distance(
    picture: np.ndarray, places: Sequence[Mapping[str, Any]], view: _View, look: Look, unit: float
) -> None:
    """A line as long as the two are apart, beside them, and the metres."""
    first, second = (view.at(place) for place in places)
    length = math.dist(first, second)
    metres = math.dist(*((float(place["position"][0]), float(place["position"][2])) for place in places))
    along = ((second[0] - first[0]) / length, (second[1] - first[1]) / length) if length > 0.0 else (1.0, 0.0)
    across = _from_the_camera(along)
    off = _BESIDE * view.body
    start, end = ((x + off * across[0], y + off * across[1]) for x, y in (first, second))
    text, height, width = f"{metres:.1f} m", _LETTERS * unit, 1.1 * unit
    wide, high = text_size(text, height)
    gap = abs(along[0]) * wide / 2.0 + abs(along[1]) * high / 2.0 + 4.0 * unit  # from the middle of the text
    middle = towards(start, end, 0.5)
    for tick in (start, end):
        ends = [(tick[0] + side * across[0], tick[1] + side * across[1]) for side in (-3.0 * unit, 3.0 * unit)]
        fill(picture, line(ends, width), look.ink, 0.6)
    if length > 2.0 * gap + 6.0 * unit:
        for tip, way in ((start, -1.0), (end, 1.0)):
            inner = (middle[0] + way * gap * along[0], middle[1] + way * gap * along[1])
            fill(picture, line([tip, inner], width), look.ink, 0.6)
    else:
        fill(picture, line([start, end], width), look.ink, 0.6)
        beside = abs(across[0]) * wide / 2.0 + abs(across[1]) * high / 2.0 + 5.0 * unit
        middle = (middle[0] + beside * across[0], middle[1] + beside * across[1])
    _write(picture, text, middle, look, unit)


def _from_the_camera(along: Point) -> Point:
    """The unit vector across `along` that points away from the camera, or to the right where it hardly does either."""
    across = (-along[1], along[0])
    positive = across[0] > 0.0 if abs(across[1]) < _UPRIGHT else across[1] < 0.0
    return across if positive else (-across[0], -across[1])


def _draw_height(picture: np.ndarray, figure: Figure, metres: float, look: Look, unit: float) -> None:
    """By how much the eyes of the higher one are above the other's, below that one in the picture."""
    x, y = figure.skull
    _write(picture, f"+{round(metres * _CENTIMETRES)} cm", (x, y + _BELOW * figure.scale), look, unit)


def _write(picture: np.ndarray, text: str, middle: Point, look: Look, unit: float) -> None:
    """`text` about `middle`, or as near to it as the picture has room."""
    (wide, high), room = text_size(text, _LETTERS * unit), look.size - 2.0 * unit
    x = min(max(middle[0], 2.0 * unit + wide / 2.0), room - wide / 2.0)
    y = min(max(middle[1], 2.0 * unit + high / 2.0), room - high / 2.0)
    letters = lettering(text, (x, y), _LETTERS * unit, 1.25 * unit)
    if letters is not None:
        fill(picture, letters, look.ink, 0.95)
