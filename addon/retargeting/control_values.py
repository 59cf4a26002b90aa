"""What a control has to be for the shapes that it drives to be as a take wants them. No bpy here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
"""[N] values of a control → [N] values of a shape."""

_STEPS: Final = 1024
_TRIED: Final = 64
"""Steps between the ends of a range that is only looked at."""
_SEARCHED: Final = tuple(0.001 * 2.0**power for power in range(24))
"""How far a control without limits is tried from where it rests, in its own unit: millimetres to kilometres."""
_REACHED: Final = 0.999
_TIE: Final = 1e-9
"""Weight of staying near the rest, where nothing else decides."""
_FLAT: Final = 1e-6


@dataclass(frozen=True)
class Span:
    """The values that a control may take: from `low` to `high`, `rest` where it lies when nothing is asked of it."""

    low: float
    high: float
    rest: float


def working_span(function: Function, limits: tuple[float, float], rest: float, wanted: float = 1.0) -> Span | None:
    """Where within `limits` (infinite where there are none) `function` goes one way and reaches `wanted`.

    Both sides of `rest` if it can be, else the one that does; None where it turns back or never moves. Where it cannot
    get there, for limits or because it levels off, as far as it gets is enough.
    """
    low, high = limits
    if np.isfinite(low) and np.isfinite(high):
        return _monotone(function, _sides(low, rest, high), rest)
    reached: dict[float, Span] = {}
    for way in _SEARCHED:
        found = _monotone(function, _sides(max(low, rest - way), rest, min(high, rest + way)), rest)
        if found is not None:
            most = float(function(np.array([found.low, found.high])).max())
            if most >= _REACHED * wanted:
                return found
            reached.setdefault(most, found)
    # Still going one way at the widest: it levels off.
    return reached[max(reached)] if reached and found is not None else None


def _sides(low: float, rest: float, high: float) -> tuple[tuple[float, float], ...]:
    return (low, high), (rest, high), (low, rest)


def solved(functions: Sequence[Function], wanted: np.ndarray, span: Span) -> np.ndarray:
    """[T] values of one control for which `functions` come nearest to `wanted` [n, T], least squares.

    Between 1024 places in `span` the functions are taken to be straight.
    """
    places = np.unique(np.append(np.linspace(span.low, span.high, _STEPS + 1), np.clip(span.rest, span.low, span.high)))
    table = np.stack([function(places) for function in functions])  # [n, N]
    away = _TIE * ((places - span.rest) / max(span.high - span.low, _FLAT)) ** 2  # [N]
    misfit = (table**2).sum(axis=0)[:, None] - 2.0 * table.T @ wanted  # [N, T]
    nearest = (misfit + away[:, None]).argmin(axis=0)  # [T]
    best, least = places[nearest], np.take_along_axis(misfit, nearest[None], axis=0)[0]
    for step in (-1, 0):
        first = np.clip(nearest + step, 0, len(places) - 2)
        rise = table[:, first + 1] - table[:, first]  # [n, T]
        steep = (rise**2).sum(axis=0)
        part = np.clip(((wanted - table[:, first]) * rise).sum(axis=0) / np.maximum(steep, _FLAT**2), 0.0, 1.0)
        there = table[:, first] + part * rise
        off = (there**2 - 2.0 * there * wanted).sum(axis=0)
        better = (steep > _FLAT**2) & (off < least - _TIE)
        best = np.where(better, places[first] + part * (places[first + 1] - places[first]), best)
        least = np.where(better, off, least)
    return best


def _monotone(function: Function, tried: Sequence[tuple[float, float]], rest: float) -> Span | None:
    """The first range of `tried` over which `function` moves, and one way only."""
    for low, high in tried:
        if low < high:
            steps = np.diff(function(np.linspace(low, high, _TRIED + 1)))
            if np.abs(steps).max() > _FLAT and ((steps >= -_FLAT).all() or (steps <= _FLAT).all()):
                return Span(low, high, float(np.clip(rest, low, high)))
    return None
