"""What long work calls now and then."""

from __future__ import annotations

from collections.abc import Callable

AfterStep = Callable[[int, int], None]
"""Called with (done, total) as work goes on; may raise to stop it."""


def carry_on(_done: int, _total: int) -> None:
    """The step that neither reports nor stops."""
