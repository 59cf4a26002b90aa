"""One person from above: how they sit, stand or lie, where body and head are turned, and where they look."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .painting import (
    Colour,
    Point,
    Shape,
    arc,
    block,
    circle,
    dashes,
    ellipse,
    fill,
    lettering,
    line,
    outline,
    triangle,
    union,
)

_HEAD: Final = 0.125
"""Metres, of a head's radius; drawn larger than it is, so that a letter fits in."""
_SHOULDERS, _CHEST = 0.25, 0.125
_EYES_AHEAD: Final = 0.10
"""Metres from the middle between the hips to below the eyes of who leans nowhere."""
_HIP_TO_EYES: Final = 0.65
_NECK: Final = math.radians(75.0)
_EYES: Final = math.radians(30.0)
"""How far a head turns on its body, and eyes in their head."""
_AWAY: Final = 0.25
"""Share of the time from which somebody is shown looking away."""
_DOWN, _UP = -18.0, 15.0
"""Degrees from which a look is shown as one at the floor, or at the sky."""
_GLANCE, _GLANCE_DOWN = 0.62, 0.36
"""Metres that a line of sight goes where it meets nobody."""
_INK_ON_COLOUR: Final[Colour] = (0.08, 0.08, 0.08)
_DARKER: Final = 0.55
_STEADY: Final = 1e-6
_APART: Final = 1.3
"""Widths of a line of sight between it and the way from one person to the other."""
_MEETING: Final = math.radians(3.0)


@dataclass(frozen=True)
class Figure:
    """A person in the picture: pixels, and `scale` pixels a metre. Unit vectors of `ahead`, `left` and `head`."""

    eyes: Point
    ahead: Point
    head: Point
    scale: float
    posture: str
    lean: float
    colour: Colour
    letter: str
    partner: Point

    @property
    def left(self) -> Point:
        """To the person's own left."""
        return self.ahead[1], -self.ahead[0]

    def at(self, ahead: float, left: float = 0.0) -> Point:
        """The point so many metres from the middle between the hips."""
        return tuple(  # type: ignore[return-value]
            self.eyes[axis] + self.scale * ((ahead - _EYES_AHEAD) * self.ahead[axis] + left * self.left[axis])
            for axis in (0, 1)
        )

    @property
    def leant(self) -> float:
        """Metres that the eyes are further ahead by leaning."""
        return math.sin(self.lean) * _HIP_TO_EYES

    @property
    def skull(self) -> Point:
        """The middle of the head, which the eyes are in front of."""
        x, y = self.at(_EYES_AHEAD + self.leant)
        back = 0.4 * _HEAD * self.scale
        return x - back * self.head[0], y - back * self.head[1]


def direction(angle: float) -> Point:
    """The unit vector in the picture, whose second number goes down: 0 to the camera, positive to the right."""
    return math.sin(angle), math.cos(angle)


def looks_away(place: Mapping[str, Any]) -> bool:
    """Whether somebody looks away often enough to show it."""
    return float(place["gaze_away"]) >= _AWAY


def sight(place: Mapping[str, Any], partner: float) -> float:
    """Where somebody mostly looks, as an angle; `partner` is where the partner is. As far as neck and eyes go."""
    away = place["away"]
    wanted = partner + math.radians(float(away[0])) if looks_away(place) and away is not None else partner
    return _within(wanted, float(place["facing"]), _NECK + _EYES)


def head_turn(place: Mapping[str, Any], partner: float) -> float:
    """Where the head is turned, as an angle."""
    return _within(sight(place, partner), float(place["facing"]), _NECK)


def _within(angle: float, middle: float, most: float) -> float:
    """`angle`, or what is nearest to it within `most` of `middle`; who has it behind looks ahead."""
    off = _difference(angle, middle)
    if abs(off) > math.pi - (math.pi - most) / 2.0:
        return middle
    return middle + min(max(off, -most), most)


def _difference(angle: float, other: float) -> float:
    """From `other` to `angle`, -π to π."""
    return (angle - other + math.pi) % math.tau - math.pi


def draw_shadow(picture: np.ndarray, figure: Figure, metres: float) -> None:
    """Below somebody whose eyes are `metres` above the other's, the further away from them the higher."""
    if metres <= 0.0:
        return
    x, y = figure.at(0.0)
    away = figure.scale * (0.05 + 0.25 * min(metres, 1.0))
    shape = ellipse((x + away * 0.6, y + away), figure.left, figure.scale * _SHOULDERS, figure.scale * _CHEST * 1.4)
    fill(picture, shape, (0.0, 0.0, 0.0), 0.28)


def draw_seat(picture: np.ndarray, figure: Figure, ink: Colour) -> None:
    """What carries somebody: a chair, a stool, a bed, a wall to lean on."""
    scale = figure.scale
    if figure.posture == "seated":
        fill(picture, circle(figure.at(0.02), 0.23 * scale), ink, 0.16)
        back = (-figure.ahead[0], -figure.ahead[1])
        fill(picture, arc(figure.at(0.0), back, math.radians(62.0), 0.29 * scale, 0.055 * scale), ink, 0.6)
    elif figure.posture == "perching":
        fill(picture, circle(figure.at(-0.02), 0.19 * scale), ink, 0.16)
        outline(picture, circle(figure.at(-0.02), 0.19 * scale), ink, 0.04 * scale, 0.6)
    elif figure.posture == "lying":
        bed = block(figure.at(0.78), figure.ahead, 1.02 * scale, 0.46 * scale, 0.08 * scale)
        fill(picture, bed, ink, 0.10)
        outline(picture, bed, ink, 0.03 * scale, 0.45)
        fill(picture, block(figure.at(0.06), figure.ahead, 0.16 * scale, 0.30 * scale, 0.07 * scale), ink, 0.22)
    elif figure.posture == "leaning_on":
        wall = line([figure.at(-0.22, -0.42), figure.at(-0.22, 0.42)], 0.07 * scale)
        fill(picture, wall, ink, 0.6)


def draw_bench(picture: np.ndarray, figures: Sequence[Figure], ink: Colour) -> None:
    """One seat for both, with a back."""
    first, second = figures
    start, end = first.at(0.0), second.at(0.0)
    length, scale = math.dist(start, end), first.scale
    if length <= 0.0:
        return
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    middle = ((start[0] + end[0]) / 2.0, (start[1] + end[1]) / 2.0)
    half = length / 2.0 + 0.30 * scale
    fill(picture, block(middle, along, half, 0.22 * scale, 0.04 * scale), ink, 0.16)
    ahead = tuple(one + other for one, other in zip(first.ahead, second.ahead, strict=True))
    side = 1.0 if along[1] * ahead[0] - along[0] * ahead[1] < 0.0 else -1.0
    back = (middle[0] + side * 0.25 * scale * along[1], middle[1] - side * 0.25 * scale * along[0])
    ends = [(back[0] + way * half * along[0], back[1] + way * half * along[1]) for way in (-1.0, 1.0)]
    fill(picture, line(ends, 0.055 * scale), ink, 0.6)


def draw_body(picture: np.ndarray, figure: Figure) -> None:
    """Legs and shoulders."""
    scale = figure.scale
    legs = [_stretch(figure, *leg) for leg in _LEGS.get(figure.posture, _LEGS["standing"])]
    _paint(picture, union(legs), figure.colour, scale, 0.62)
    if figure.posture == "lying":
        trunk = block(figure.at(0.42), figure.ahead, 0.30 * scale, 0.19 * scale, 0.13 * scale)
        shoulders = ellipse(figure.at(0.26), figure.left, _SHOULDERS * scale, _CHEST * scale)
        _paint(picture, union([trunk, shoulders]), figure.colour, scale)
        return
    _paint(
        picture,
        ellipse(figure.at(0.45 * figure.leant), figure.left, _SHOULDERS * scale, _CHEST * scale),
        figure.colour,
        scale,
    )


_Leg = tuple[Point, Point, float]
_LEGS: Final[Mapping[str, tuple[_Leg, ...]]] = {
    "standing": tuple(((0.02, side * 0.09), (0.20, side * 0.11), 0.105) for side in (-1.0, 1.0)),
    "leaning_on": tuple(((0.02, side * 0.07), (0.27, side * 0.09), 0.105) for side in (-1.0, 1.0)),
    "seated": tuple(((0.0, side * 0.09), (0.45, side * 0.12), 0.15) for side in (-1.0, 1.0)),
    "perching": (*(((0.0, side * 0.08), (0.30, side * 0.13), 0.13) for side in (-1.0, 1.0)),),
    "kneeling": tuple(((0.10, side * 0.09), (-0.42, side * 0.09), 0.12) for side in (-1.0, 1.0)),
    "crouching": tuple(((-0.02, side * 0.06), (0.28, side * 0.20), 0.13) for side in (-1.0, 1.0)),
    "lying": tuple(((0.70, side * 0.09), (1.50, side * 0.10), 0.14) for side in (-1.0, 1.0)),
}
"""From and to metres ahead of the hips and to the left, and how thick."""


def _stretch(figure: Figure, start: Point, end: Point, thick: float) -> Shape:
    return line([figure.at(*start), figure.at(*end)], thick * figure.scale)


def draw_head(picture: np.ndarray, figure: Figure) -> None:
    """With a nose, and the first letter of the name."""
    x, y = figure.skull
    radius, (dx, dy) = _HEAD * figure.scale, figure.head
    tip = (x + 1.42 * radius * dx, y + 1.42 * radius * dy)
    beside = [
        (x + 0.8 * radius * dx + side * dy, y + 0.8 * radius * dy - side * dx)
        for side in (-0.42 * radius, 0.42 * radius)
    ]
    _paint(picture, union([triangle((tip, beside[0], beside[1])), circle((x, y), radius)]), figure.colour, figure.scale)
    letter = lettering(figure.letter, (x, y), 1.02 * radius, max(0.17 * radius, 1.1))
    if letter is not None:
        fill(picture, letter, _INK_ON_COLOUR, 0.95)


def draw_sight(picture: np.ndarray, figure: Figure, place: Mapping[str, Any], towards_partner: float) -> None:
    """A line to whatever somebody looks at; of dashes where they look away, nobody knows where."""
    scale, width = figure.scale, max(0.028 * figure.scale, 1.2)
    angle = sight(place, towards_partner)
    ahead = direction(angle)
    x, y = figure.skull
    start = (x + 1.6 * _HEAD * scale * ahead[0], y + 1.6 * _HEAD * scale * ahead[1])
    gap = math.dist((x, y), figure.partner)
    away = place["away"] if looks_away(place) else None
    if not looks_away(place):  # beside the other one's line
        x, y = x - _APART * width * ahead[1], y + _APART * width * ahead[0]
        start = (start[0] - _APART * width * ahead[1], start[1] + _APART * width * ahead[0])
    if looks_away(place) and away is None:
        end = (x + 0.55 * gap * ahead[0], y + 0.55 * gap * ahead[1])
        for dash in dashes(start, end, width, 3.2 * width):
            fill(picture, dash, figure.colour, 0.9)
        return
    up = 0.0 if away is None else float(away[1])
    if abs(_difference(angle, towards_partner)) < _MEETING and away is None:
        length = gap - 1.7 * _HEAD * scale
    else:
        length = (_GLANCE_DOWN if up < _DOWN else _GLANCE) * scale + 1.6 * _HEAD * scale
    length = min(length, *_rooms((x, y), ahead, picture.shape[0] - 3.0 * width, 3.0 * width))
    end = (x + length * ahead[0], y + length * ahead[1])
    if length <= math.dist((x, y), start):
        return
    fill(picture, line([start, end], width), figure.colour, 0.9)
    _draw_end(picture, figure, end, ahead, up, width)


def _rooms(start: Point, ahead: Point, most: float, least: float) -> list[float]:
    """How far one may go `ahead` from `start` to the right or left side of the picture, and to its top or bottom."""
    return [
        ((most if part > 0.0 else least) - place) / part if abs(part) > _STEADY else math.inf
        for place, part in zip(start, ahead, strict=True)
    ]


def _draw_end(picture: np.ndarray, figure: Figure, end: Point, ahead: Point, up: float, width: float) -> None:
    """A point on the floor, a ring for what is above, else the head of an arrow."""
    if up < _DOWN:
        fill(picture, circle(end, 2.0 * width), figure.colour, 0.95)
    elif up > _UP:
        outline(picture, circle(end, 2.2 * width), figure.colour, width, 0.95)
    else:
        wings = [
            (end[0] - 3.0 * width * ahead[0] + side * ahead[1], end[1] - 3.0 * width * ahead[1] - side * ahead[0])
            for side in (-2.2 * width, 2.2 * width)
        ]
        fill(picture, line([wings[0], end, wings[1]], width), figure.colour, 0.9)


def _paint(picture: np.ndarray, shape: Shape, colour: Colour, scale: float, bright: float = 1.0) -> None:
    """Filled, with a darker edge that shows it on bright ground."""
    red, green, blue = colour
    fill(picture, shape, (bright * red, bright * green, bright * blue))
    edge = _DARKER * bright
    outline(picture, shape, (edge * red, edge * green, edge * blue), max(0.018 * scale, 1.0))
