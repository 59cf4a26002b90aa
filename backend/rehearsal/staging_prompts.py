"""A staging in words: the sentence an artist could have written for it."""

from __future__ import annotations

import numpy as np

from .staging_parameters import RehearsedStaging


def word_prompt(rng: np.random.Generator, staged: RehearsedStaging) -> str:
    """One of the many sentences that say what `staged` says."""
    del rng
    return (staged.arrangement or "").replace("_", " ")
