"""Work in steps: what is done is told before each step, and between two of them the work can be given up."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

_T = TypeVar("_T")

Steps = Generator[tuple[str, float], None, _T]
"""Tells before each step what is done and the share of all that is done, 0 to 1; returns what came of it.

One that is closed early, or raises, leaves everything as it was.
"""


def at_once(steps: Steps[_T]) -> _T:
    """What comes of all `steps`, one after the other: what scripts and `-b` use. Raises what they raise."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def part_of(steps: Steps[_T], begin: float, end: float) -> Steps[_T]:
    """`steps` as the part of some greater work that goes from its share `begin` to `end`."""
    with closing(steps):
        while True:
            try:
                doing, share = next(steps)
            except StopIteration as last:
                return last.value  # type: ignore[no-any-return]
            yield doing, begin + (end - begin) * share


def each_part(count: int, begin: float = 0.0, end: float = 1.0) -> list[tuple[float, float]]:
    """Where each of `count` equal parts of what goes from `begin` to `end` begins and ends."""
    width = (end - begin) / max(count, 1)
    return [(begin + index * width, begin + (index + 1) * width) for index in range(count)]
