"""Sizes that a network may have: what a file says of them is believed only within reason."""

from __future__ import annotations

from typing import Final

_MOST_LAYERS: Final = 128
"""Layers cost time even where their numbers take no memory."""


def check_sizes(*sizes: object, layers: int = 1) -> None:
    """Raises ValueError unless `sizes` are whole numbers above 0, and `layers` as many as a network may have."""
    if not all(type(size) is int and size > 0 for size in (*sizes, layers)):
        raise ValueError("a size is no whole number above 0")
    if layers > _MOST_LAYERS:
        raise ValueError(f"{layers} layers are more than any network here has")
