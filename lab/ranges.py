"""The range that a number should lie in."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; −inf or inf where nothing bounds it."""

    low: float
    high: float

    def allows(self, value: float) -> bool:
        """Whether `value` lies within; nan does not."""
        return self.low <= value <= self.high

    @property
    def is_bounded(self) -> bool:
        """Whether there is a bound at all."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    def verdict(self, value: float) -> bool | None:
        """Whether `value` lies within; None where it is nan or where there is no bound."""
        return None if math.isnan(value) or not self.is_bounded else self.allows(value)
