"""How a command tells a person at a shell that it failed."""

from __future__ import annotations

import sys

from ..contract.errors import DuologueError


def tell(failure: DuologueError) -> None:
    """The code and both sentences, on standard error."""
    print(f"error {int(failure.code)}: {failure.sentence()}", file=sys.stderr, flush=True)
