"""Keys of an F-curve as arrays, as Blender's `foreach_get` and `foreach_set` take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from .bezier_keys import Keys, cut_at, straight_keys

_LINEAR, _BEZIER = 1, 2
FREE, ALIGNED, _AUTO_CLAMPED = 0, 3, 4
"""Values of the enums behind `interpolation` and `handle_left_type`; `foreach_set` takes numbers only."""
_HALF: Final = 0.5

Table = dict[str, np.ndarray]
"""Attribute of keys → [K] or [K, 2] values of it, as `foreach_set` takes them."""

COLUMNS: Final = {
    "co": 2,
    "handle_left": 2,
    "handle_right": 2,
    "interpolation": 1,
    "handle_left_type": 1,
    "handle_right_type": 1,
    "type": 1,
    "easing": 1,
    "back": 1,
    "amplitude": 1,
    "period": 1,
}
NUMBERED: Final = ("interpolation", "handle_left_type", "handle_right_type", "type", "easing")
ENUM: Final = np.uint8
"""As Blender stores the `NUMBERED` ones: `foreach_get` and `foreach_set` copy them as they are, ten times as fast."""


def key_a_frame(frames: np.ndarray, values: np.ndarray) -> Table:
    """Linear keys at `frames` [K] with `values` [K]."""
    return table_of(straight_keys(np.asarray(frames), np.asarray(values)))


def table_of(keys: Keys) -> Table:
    """`keys` with their kinds of handles: linear ones have those that Blender sets by itself."""
    kinds = np.where(keys.linear, _AUTO_CLAMPED, np.where(keys.broken, FREE, ALIGNED))
    return {
        "co": keys.places,
        "handle_left": keys.left,
        "handle_right": keys.right,
        "interpolation": np.where(keys.linear, _LINEAR, _BEZIER),
        "handle_left_type": kinds,
        "handle_right_type": kinds.copy(),
    }


def with_keys_in(there: Table, spans: Sequence[tuple[int, int]], new: Table) -> Table:
    """The keys that are `there` outside of the spans, and the `new` ones."""
    for first, last in spans:
        for frame in (first - 1, last + 1):
            there = _with_key_at(there, frame)
    outside = ~near_spans(there["co"][:, 0], spans)
    count = len(new["co"])
    merged = {
        name: np.concatenate([values[outside], new[name] if name in new else _usual(name, values, count)])
        for name, values in there.items()
    }
    order = np.argsort(merged["co"][:, 0], kind="stable")
    return {name: values[order] for name, values in merged.items()}


def _usual(name: str, values: np.ndarray, count: int) -> np.ndarray:
    """[count] what a new key has of the attribute `name`."""
    usual = {"back": 1.70158, "amplitude": 0.8, "period": 4.1}.get(name, 0)
    return np.full(count, usual, dtype=values.dtype)


def _with_key_at(table: Table, frame: int) -> Table:
    """The same curve with a key at `frame`, if it is between two of its keys."""
    linear = table["interpolation"] == _LINEAR
    keys = Keys(table["co"], table["handle_left"], table["handle_right"], linear, linear)
    cut = cut_at(keys, frame)
    if len(cut) == len(keys):
        return table
    index = int(np.searchsorted(table["co"][:, 0], frame))
    found = {name: np.insert(values, index, values[index - 1], axis=0) for name, values in table.items()}
    found |= {"co": cut.places, "handle_left": cut.left, "handle_right": cut.right}
    for side, near in (("left", index - 1), ("right", index + 1)):
        # A handle that Blender sets by itself would not lie where the curve goes on as it was.
        other = {"left": "right", "right": "left"}[side]
        kinds = found[f"handle_{other}_type"]
        kinds[near] = np.where(np.isin(kinds[near], (FREE, ALIGNED)), kinds[near], FREE)
        found[f"handle_{side}_type"][index] = ALIGNED
    return found


def near_spans(frames: np.ndarray, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """[K] bool: which of `frames` are nearest to one in a span."""
    found = np.zeros(len(frames), dtype=bool)
    for first, last in spans:
        found |= (frames >= first - _HALF) & (frames < last + _HALF)
    return found
