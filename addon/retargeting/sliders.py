"""Ranges of shape keys' sliders: Blender clamps an animated value to them without a word."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from .curves import Curve, key_path

Ranges = dict[str, tuple[float, float]]
"""Shape key → smallest and largest value."""


def widen_sliders(keys: bpy.types.Key, curves: Sequence[Curve]) -> Ranges:
    """Let every slider reach what `curves` write to it, never narrower than it was; returns the former ranges."""
    former: Ranges = {}
    values = {curve.data_path: curve.values for curve in curves}
    for block in keys.key_blocks:
        written = values.get(key_path(block.name))
        if written is None:
            continue
        low, high = float(written.min()), float(written.max())
        if low < block.slider_min or high > block.slider_max:
            former[block.name] = (block.slider_min, block.slider_max)
            block.slider_min, block.slider_max = min(block.slider_min, low), max(block.slider_max, high)
    return former


def restore_sliders(keys: bpy.types.Key, former: Ranges) -> None:
    """Undo `widen_sliders`."""
    for name, (low, high) in former.items():
        keys.key_blocks[name].slider_min, keys.key_blocks[name].slider_max = low, high
