"""What people do with their bodies while they talk, by the names that takes have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EYE_HEIGHTS: Final[Mapping[str, float]] = {
    "seated": 1.20,
    "standing": 1.59,
    "kneeling": 1.15,
    "crouching": 0.80,
    "lying": 0.62,
    "perching": 1.38,
    "leaning_on": 1.54,
}
"""Metres above the floor of the eyes of a person of average stature: on a chair; on their feet; upright on the knees;
low on both feet; on a bed or couch; on the edge of a table or a bar stool; with the back or elbows on something."""
