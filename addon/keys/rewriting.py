"""Curves that are written again and again into the same action: those alone that are not as they are there."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from ..retargeting.curves import Curve
from ..retargeting.sliders import widen_sliders
from .actions import ActionSlot, places_of, rewrite_curves
from .shape_parts import Part
from .strips import playing

Place = tuple[str, str, int]
"""An F-curve: its owner, data path and index."""
Written = dict[Place, np.ndarray]
"""The values [K] float32 that it was given last."""


def rewrite_changed(parts: Sequence[Part], frames: np.ndarray, written: Written, *, begins: bool) -> None:
    """Give F-curves the values of `parts` at `frames` [K] and note them in `written`.

    Curves that are as they were `written` last, or, as a drag `begins`, as they are there, stay as they are.
    """
    for part in parts:
        owner, place = part.owner, playing(part.owner)
        if place is None:
            continue
        if begins:
            written |= _there(part, place, frames)
        values = {_name(owner, curve): np.asarray(curve.values, np.float32) for curve in part.curves}
        changed = [
            curve
            for curve in part.curves
            if not np.array_equal(written.get(_name(owner, curve), ()), values[_name(owner, curve)])
        ]
        if isinstance(owner, bpy.types.Key):
            widen_sliders(owner, changed)
        rewrite_curves(place, changed, frames)
        written |= values


def _there(part: Part, place: ActionSlot, frames: np.ndarray) -> Written:
    """Values of the curves of `part` that have a key at each of `frames` [K] already."""
    keys, at = places_of(place), frames.astype(np.float32)
    found = {_name(part.owner, curve): keys.get((curve.data_path, curve.index)) for curve in part.curves}
    return {name: there[:, 1] for name, there in found.items() if there is not None and np.array_equal(there[:, 0], at)}


def _name(owner: bpy.types.ID, curve: Curve) -> Place:
    return f"{owner.id_type} {owner.name_full}", curve.data_path, curve.index
