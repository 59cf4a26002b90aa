"""Many names in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_NAMED: Final = 3
"""So many names before “and 9 more”."""


def listed(names: Sequence[str]) -> str:
    """“a, b, c and 9 more”."""
    if len(names) <= _NAMED + 1:
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return shortened(names, _NAMED)


def shortened(names: Sequence[str], most: int) -> str:
    """“a, b, c”; where there are more than `most`, “a, b and 9 more”."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def counted(kind: str, names: Sequence[str], of: str) -> tuple[str, bool]:
    """“The bone Head of Anna” or “5 bones of Anna (Neck, Head, Jaw and 2 more)”, and whether they are several."""
    if len(names) == 1:
        return f"The {kind} {names[0]} of {of}", False
    return f"{len(names)} {kind}s of {of} ({listed(names)})", True
