"""Texts of menus that are made anew whenever they are drawn: Blender points at them and keeps no reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

_Item = TypeVar("_Item", bound=tuple[Any, ...])

_texts: Final[dict[str, str]] = {}
"""Whatever was in a menu once; the same text is the same object for good."""


def lasting(items: Iterable[_Item]) -> list[_Item]:
    """The same items for a dynamic enum's menu, of texts that live as long as Blender runs."""
    return [
        tuple(_texts.setdefault(one, one) if isinstance(one, str) else one for one in item)  # type: ignore[misc]
        for item in items
    ]
