"""Telling an engine's steps: which stage they belong to, and whether to go on."""

from __future__ import annotations

from collections.abc import Callable


def steps_of(
    stage: str, progress: Callable[[str, int, int], None], check_cancel: Callable[[], None]
) -> Callable[[int, int], None]:
    """`progress` of one stage; at each step `check_cancel` may raise before anything is told."""

    def step(done: int, total: int) -> None:
        check_cancel()
        progress(stage, done, total)

    return step
