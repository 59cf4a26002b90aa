"""Shapes with soft edges on an array of pixels. A shape is its distance from every pixel, so that no edge is jagged."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...paths import PRESETS, table_of

Point = tuple[float, float]
Colour = tuple[float, float, float]
"""Red, green, blue, 0 to 1."""

_SOFT: Final = 2.0
"""Pixels around a shape's box in which its edge fades."""
_GRID_WIDTH, _GRID_HEIGHT = 4.0, 6.0
_BETWEEN: Final = 2.2
"""Of the letters' grid: their size, and what is free between two letters."""


@dataclass(frozen=True)
class Shape:
    """`box` holds it: left, top, right, bottom, in pixels; `distance` of pixels at x and y from it, negative inside."""

    box: tuple[float, float, float, float]
    distance: Callable[[np.ndarray, np.ndarray], np.ndarray]


def blank(size: int) -> np.ndarray:
    """[size, size, 4] nothing: red, green, blue, alpha, 0 to 1, from the top; colours are multiplied by alpha."""
    return np.zeros((size, size, 4), np.float32)


def fill(picture: np.ndarray, shape: Shape, colour: Colour, opacity: float = 1.0) -> None:
    """Paint `shape` over what is there."""
    _cover(picture, shape.box, lambda x, y: np.clip(0.5 - shape.distance(x, y), 0.0, 1.0), colour, opacity)


def outline(picture: np.ndarray, shape: Shape, colour: Colour, width: float, opacity: float = 1.0) -> None:
    """Paint the edge of `shape`, `width` pixels of it."""
    box = _grown(shape.box, width)
    _cover(picture, box, lambda x, y: np.clip(0.5 + width / 2 - abs(shape.distance(x, y)), 0.0, 1.0), colour, opacity)


def _cover(
    picture: np.ndarray,
    box: tuple[float, float, float, float],
    coverage: Callable[[np.ndarray, np.ndarray], np.ndarray],
    colour: Colour,
    opacity: float,
) -> None:
    height, width = picture.shape[:2]
    left, top, right, bottom = _grown(box, _SOFT)
    columns = slice(max(0, math.floor(left)), min(width, math.ceil(right)))
    rows = slice(max(0, math.floor(top)), min(height, math.ceil(bottom)))
    if columns.start >= columns.stop or rows.start >= rows.stop:
        return
    x = np.arange(columns.start, columns.stop, dtype=np.float32)[None] + 0.5  # [1, W] the middles of pixels
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5  # [H, 1]
    covered = (coverage(x, y) * opacity)[..., None]  # [H, W, 1]
    part = picture[rows, columns]
    part[:] = part * (1.0 - covered) + np.array((*colour, 1.0), np.float32) * covered


def _grown(box: tuple[float, float, float, float], by: float) -> tuple[float, float, float, float]:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def line(points: Sequence[Point], width: float) -> Shape:
    """A stroke with round ends through `points`; a dot where they are one."""
    return union([_stick(a, b, width / 2) for a, b in itertools.pairwise(points)] or [circle(points[0], width / 2)])


def dashes(start: Point, end: Point, width: float, dash: float) -> list[Shape]:
    """A line of dashes, `dash` pixels long and apart."""
    length = math.dist(start, end)
    count = max(1, round((length / dash + 1) / 2))
    at = [(2 * number * dash, min((2 * number + 1) * dash, length)) for number in range(count)]
    return [
        line([towards(start, end, a / length), towards(start, end, b / length)], width) for a, b in at if a < length
    ]


def towards(start: Point, end: Point, share: float) -> Point:
    """The point after `share` of the way."""
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def circle(centre: Point, radius: float) -> Shape:
    """A disc."""
    return Shape(_around(centre, radius), lambda x, y: np.hypot(x - centre[0], y - centre[1]) - radius)


def ellipse(centre: Point, along: Point, half_along: float, half_across: float) -> Shape:
    """Half its length lies along the unit vector `along`."""

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        u, v = _turned(x, y, centre, along)
        scaled = np.hypot(u / half_along, v / half_across)
        slope = np.hypot(u / half_along**2, v / half_across**2)
        return scaled * (scaled - 1.0) / np.maximum(slope, 1e-6)  # type: ignore[no-any-return]

    return Shape(_around(centre, max(half_along, half_across)), distance)


def block(centre: Point, along: Point, half_along: float, half_across: float, corner: float) -> Shape:
    """A rectangle with round corners, half its length along the unit vector `along`."""

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        u, v = _turned(x, y, centre, along)
        beside, above = abs(u) - half_along + corner, abs(v) - half_across + corner
        outside = np.hypot(np.maximum(beside, 0.0), np.maximum(above, 0.0))
        return outside + np.minimum(np.maximum(beside, above), 0.0) - corner  # type: ignore[no-any-return]

    return Shape(_around(centre, math.hypot(half_along, half_across)), distance)


def arc(centre: Point, middle: Point, half_angle: float, radius: float, width: float) -> Shape:
    """A part of a ring with round ends, `half_angle` radians to both sides of the unit vector `middle`."""
    sine, cosine = math.sin(half_angle), math.cos(half_angle)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        u, v = _turned(x, y, centre, middle)
        v = abs(v)
        within = v * cosine < u * sine
        ends = np.hypot(u - radius * cosine, v - radius * sine)
        return np.where(within, abs(np.hypot(u, v) - radius), ends) - width / 2  # type: ignore[no-any-return]

    return Shape(_around(centre, radius + width), distance)


def triangle(corners: tuple[Point, Point, Point]) -> Shape:
    """A triangle; seen from its outside the corners go round clockwise or not."""
    (ax, ay), (bx, by), (cx, cy) = corners
    way = 1.0 if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0.0 else -1.0

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        sides = []
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
            length = max(math.dist(start, end), 1e-6)
            across = (end[1] - start[1]) * (x - start[0]) - (end[0] - start[0]) * (y - start[1])
            sides.append(way * across / length)
        return np.maximum(np.maximum(sides[0], sides[1]), sides[2])  # type: ignore[no-any-return]

    return Shape(_box_of(corners), distance)


def union(shapes: Sequence[Shape]) -> Shape:
    """All of them as one, so that nothing is painted twice where they meet."""
    boxes = [shape.box for shape in shapes]
    lows, highs = (
        [min(box[side] for box in boxes) for side in (0, 1)],
        [max(box[side] for box in boxes) for side in (2, 3)],
    )
    return Shape(
        (lows[0], lows[1], highs[0], highs[1]),
        lambda x, y: functools.reduce(np.minimum, (shape.distance(x, y) for shape in shapes)),
    )


def text_size(text: str, height: float) -> Point:
    """Width and height in pixels of `text` whose capitals are `height` pixels high."""
    unit = height / _GRID_HEIGHT
    widths = [_width_of(letter) for letter in text]
    return (sum(widths) + _BETWEEN * max(len(text) - 1, 0)) * unit, height


def lettering(text: str, centre: Point, height: float, width: float) -> Shape | None:
    """`text` in strokes `width` pixels wide about `centre`; letters that are unknown are left out, None without any."""
    unit = height / _GRID_HEIGHT
    left, base = centre[0] - text_size(text, height)[0] / 2, centre[1] + height / 2
    strokes = []
    for letter in text:
        strokes += [
            line([(left + across * unit, base - up * unit) for across, up in stroke], width)
            for stroke in strokes_of(letter)
        ]
        left += (_width_of(letter) + _BETWEEN) * unit
    return union(strokes) if strokes else None


def strokes_of(letter: str) -> tuple[tuple[Point, ...], ...]:
    """The strokes of a letter on a grid 4 wide and 6 high; none for one that is unknown."""
    return _letters().get(letter, ())


@functools.cache
def _letters() -> dict[str, tuple[tuple[Point, ...], ...]]:
    table = table_of(PRESETS / "interface" / "letters.json")["strokes"]
    return {
        letter: tuple(
            tuple((float(stroke[at]), float(stroke[at + 1])) for at in range(0, len(stroke), 2))
            for stroke in strokes.split()
        )
        for letter, strokes in table.items()
    }


def _width_of(letter: str) -> float:
    across = [x for stroke in strokes_of(letter) for x, _ in stroke]
    return max(across) if across else _GRID_WIDTH / 2


def _stick(start: Point, end: Point, radius: float) -> Shape:
    (ax, ay), (bx, by) = start, end
    square = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-6)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        share = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square, 0.0, 1.0)
        return np.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)) - radius  # type: ignore[no-any-return]

    return Shape(_grown(_box_of((start, end)), radius), distance)


def _turned(x: np.ndarray, y: np.ndarray, centre: Point, along: Point) -> tuple[np.ndarray, np.ndarray]:
    """Pixels along and across a direction, from `centre`."""
    dx, dy = x - centre[0], y - centre[1]
    return dx * along[0] + dy * along[1], dy * along[0] - dx * along[1]


def _around(centre: Point, radius: float) -> tuple[float, float, float, float]:
    return centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius


def _box_of(points: Sequence[Point]) -> tuple[float, float, float, float]:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)
