"""From nothing to all with soft edges: how a face moves from one pose to the next, and a doubt becomes a decision."""

from __future__ import annotations

import numpy as np


def smooth_step(values: np.ndarray, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """0 up to `low`, 1 from `high` on, 3x² − 2x³ between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def swell(since: np.ndarray, rise: float, stay: float, fall: float) -> np.ndarray:
    """From 0 up to 1 in `rise`, 1 for `stay`, and back in `fall`; seconds, `since` it began."""
    return np.asarray(smooth_step(since / rise) * (1 - smooth_step((since - rise - stay) / fall)))
