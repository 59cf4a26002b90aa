"""Clustering of speaker embeddings: into two groups, and how many people there are."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

_PERSON_SHARE: Final = 0.05
"""A group of voices with less of all speech than this is an outlier, no person."""

_MOST_GROUPS: Final = 8

_ANOTHER_PERSON: Final = 0.45
"""Cosine distance, on average, from which two groups are different people. One voice in a room or through a telephone
stays within 0.42."""

_SURELY_SHARE: Final = 0.08
_SURELY_SECONDS: Final = 2.0
"""Of all speech, and at least, what a person says who is counted."""


def two_groups(embeddings: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`embeddings` [M, 192], M at least 2, `weights` [M] → [M] 0 or 1 for the two heaviest groups of voices, -1 else.

    Average linkage on cosine distance, cut so that a second group of some weight appears: a single outlying “mm-hm”
    is no person.
    """
    tree = linkage(embeddings, method="average", metric="cosine")
    groups = np.zeros(len(embeddings), dtype=int)
    for count in range(2, _MOST_GROUPS + 1):
        labels = fcluster(tree, count, criterion="maxclust")
        sizes = np.bincount(labels, weights=weights)
        first, second = np.argsort(sizes)[::-1][:2]
        groups = np.where(labels == first, 0, np.where(labels == second, 1, -1))
        if sizes[second] >= _PERSON_SHARE * weights.sum():
            break
    return groups


def group_centres(embeddings: np.ndarray, weights: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """[2, 192] of unit length: the weighted mean of group 0 and of group 1."""
    sums = np.stack([(weights[groups == group, None] * embeddings[groups == group]).sum(axis=0) for group in (0, 1)])
    centres: np.ndarray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return centres


def voice_count(embeddings: np.ndarray, seconds: np.ndarray) -> int:
    """How many people are in `embeddings` [M, 192], each of so many `seconds` [M] of speech."""
    if len(embeddings) < 2:  # noqa: PLR2004 — two people need two voices
        return len(embeddings)
    groups = fcluster(linkage(embeddings, method="average", metric="cosine"), _ANOTHER_PERSON, criterion="distance")
    spoken = np.bincount(groups, weights=seconds)
    return max(1, int((spoken >= max(_SURELY_SECONDS, _SURELY_SHARE * seconds.sum())).sum()))
