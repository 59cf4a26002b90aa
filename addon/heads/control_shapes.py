"""What controls look like: wire meshes that every head of a file shares, in metres of the bone's own axes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import bpy
import numpy as np

from .control_board import TRAVEL, Control

_WIDGET: Final = "duologue_widget"
"""On an object: which shape it is."""
_ROUND: Final = 32
_KNOB: Final = 0.006
"""Metres: the radius of a control."""
_WIDE, _LOW, _HIGH = 0.078, -0.172, 0.172
"""Metres: half the board's width, and where it ends below and above its middle."""
_TITLE: Final = 0.0125
"""Metres: the size of letters."""
_GAP: Final = 0.0035
"""Metres between a control's way and its name."""

Strokes = Sequence[np.ndarray]
"""Open polylines [N, 3]; one that ends where it began is closed."""


def control_shape(name: str) -> bpy.types.Object:
    """The shape `name` (“ring”, “halo”, “chin”, “eye”, “knob”, “square”, “turner”, “handle”); one a file."""
    return _widget(name, _STROKES[name])


def board_shape(controls: Sequence[Control]) -> bpy.types.Object:
    """The frame of a board with these `controls`, the ways that they go and their names."""
    ways = repr([(control.label, control.place, control.reach(0), control.reach(1)) for control in controls])
    every = f"board {blake2b(f'{ways} {_TITLE} {_GAP}'.encode(), digest_size=4).hexdigest()}"
    strokes = [_rectangle(-_WIDE, _WIDE, _LOW, _HIGH)]
    for control in controls:
        middle = np.array([*control.place, 0.0])
        ends = [control.reach(axis) for axis in (0, 1)]
        strokes += [stroke + middle for stroke in _track(*ends)]
    return _widget(every, strokes, [(control.label, control.place) for control in controls])


def _widget(name: str, strokes: Strokes, labels: Sequence[tuple[str, tuple[float, float]]] = ()) -> bpy.types.Object:
    for one in bpy.data.objects:
        if one.get(_WIDGET) == name and one.library is None:
            return one
    points = np.concatenate(strokes)
    edges, first = [], 0
    for stroke in strokes:
        edges += [(first + index, first + index + 1) for index in range(len(stroke) - 1)]
        first += len(stroke)
    faces: list[Sequence[int]] = []
    for label, (across, up) in labels:
        letters, filled = _letters(label)
        if len(letters):
            letters += (across, up + TRAVEL + _GAP, 0.0)
            faces += [[index + len(points) for index in face] for face in filled]
            points = np.concatenate([points, letters])
    title = f"Duologue {name}"
    mesh = bpy.data.meshes.new(title)
    mesh.from_pydata(points.tolist(), edges, faces)
    widget = bpy.data.objects.new(title, mesh)
    widget[_WIDGET] = name
    return widget


def _letters(text: str) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Vertices [V, 3] and faces of `text` in Blender's own font, its foot in the middle at 0."""
    curve = bpy.data.curves.new("Duologue label", "FONT")
    try:
        curve.body, curve.size, curve.align_x, curve.resolution_u = text, _TITLE, "CENTER", 2
        writing = bpy.data.objects.new("Duologue label", curve)
        try:
            mesh = writing.to_mesh()
            points = np.empty(3 * len(mesh.vertices), np.float32)
            mesh.vertices.foreach_get("co", points)
            faces = [tuple(polygon.vertices) for polygon in mesh.polygons]
            writing.to_mesh_clear()
        finally:
            bpy.data.objects.remove(writing)
    finally:
        bpy.data.curves.remove(curve)
    return points.reshape(-1, 3).astype(float), faces


def _circle(radius: float, across: int, up: int, begin: float = 0.0, end: float = 2.0) -> np.ndarray:
    """[N, 3] an arc of `radius` in the plane of two axes, from `begin` to `end` in half turns."""
    angles = np.pi * np.linspace(begin, end, _ROUND + 1)
    points = np.zeros((len(angles), 3))
    points[:, across], points[:, up] = radius * np.cos(angles), radius * np.sin(angles)
    return points


def _rectangle(left: float, right: float, low: float, high: float) -> np.ndarray:
    corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
    return np.array([(*corner, 0.0) for corner in corners])


def _track(across: tuple[float, float], up: tuple[float, float]) -> list[np.ndarray]:
    """The box of a control that goes both ways, or the line of one that goes one way, with a tick at its rest."""
    if across[0] < across[1] and up[0] < up[1]:
        return [_rectangle(*across, *up)]
    ends = [(across[0], 0.0), (across[1], 0.0)] if across[0] < across[1] else [(0.0, up[0]), (0.0, up[1])]
    tick = 0.25 * TRAVEL
    level = [(-tick, 0.0), (tick, 0.0)] if up[0] < up[1] else [(0.0, -tick), (0.0, tick)]
    return [np.array([(*point, 0.0) for point in line]) for line in (ends, level)]


def _arrow_ring() -> list[np.ndarray]:
    """A ring with two arrow heads: it can be turned as well."""
    ring = _circle(_KNOB, 0, 1)
    head = np.array([(-0.3, -0.35, 0.0), (0.0, 0.0, 0.0), (0.35, -0.3, 0.0)]) * _KNOB
    aside = np.array([1.5 * _KNOB, 0.0, 0.0])
    return [ring, ring * 1.5, head + aside, -head - aside]


_STROKES: Final[dict[str, Strokes]] = {
    "ring": [_circle(0.17, 0, 2), _circle(0.175, 0, 2)],
    "halo": [_circle(0.1, 0, 2)],
    "chin": [_circle(0.05, 0, 2, 0.15, 0.85), _circle(0.054, 0, 2, 0.15, 0.85)],
    "eye": [_circle(0.014, 0, 1)],
    "knob": [_circle(_KNOB, 0, 1), _circle(0.2 * _KNOB, 0, 1)],
    "turner": _arrow_ring(),
    "square": [_rectangle(-_KNOB, _KNOB, -_KNOB, _KNOB), _circle(0.2 * _KNOB, 0, 1)],
    "handle": [_rectangle(-0.03, 0.03, _HIGH + 0.004, _HIGH + 0.014)],
}
