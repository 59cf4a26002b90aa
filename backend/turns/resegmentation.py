"""Resegmentation: each second of speech is compared with both speaker embeddings and, where clear, reassigned."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..contract.constants import FRAME_RATE
from ..contract.segments import runs_of
from .clustering import group_centres, two_groups
from .embedding import FEATURE_SECONDS, VoiceNetwork, mel_features, voice_embeddings
from .networks import AfterStep, no_step

_CHUNK_SECONDS, _HOP_SECONDS = 1.2, 0.4
_SPEECH_SHARE: Final = 0.7
_ACTIVE: Final = 0.5
_CLEARLY: Final = 0.12
"""Difference in cosine similarity from which a second of speech clearly sounds like one of the two."""

_SURELY: Final = 0.1
"""Difference from which a chunk of speech teaches what one of the two sounds like."""

_REFINEMENTS: Final = 3
_CLEARLY_BETTER: Final = 0.005
"""In cosine similarity, on average over all chunks."""

_FEWEST_GROUPED, _MOST_GROUPED = 10, 1500
"""So many chunks are grouped; more cost time and memory with their square."""

_SHORTEST_SECONDS: Final = 0.6


def resegmented(
    speaking: np.ndarray,
    mix: np.ndarray,
    centres: np.ndarray,
    network: VoiceNetwork,
    after_step: AfterStep = no_step,
) -> np.ndarray:
    """`speaking` [2, T] with stretches moved to the other person where the voice says so clearly.

    Within ten seconds the segmentation sometimes takes two similar voices for one; `centres` [2, 192], learnt from
    the whole recording, tell them apart. Stretches in which both speak stay as they are.
    """
    margin = _margins(speaking, mix, centres, network, after_step)
    alone = (speaking > _ACTIVE).sum(axis=0) == 1
    assigned = np.where(speaking[0] > speaking[1], 1.0, -1.0)
    doubtful = alone & (margin * assigned < -_CLEARLY)
    moved = speaking.copy()
    for start, stop in runs_of(doubtful):
        if stop - start >= _SHORTEST_SECONDS * FRAME_RATE:
            moved[:, start:stop] = speaking[::-1, start:stop]
    return moved


def _margins(
    speaking: np.ndarray, mix: np.ndarray, centres: np.ndarray, network: VoiceNetwork, after_step: AfterStep
) -> np.ndarray:
    """[T] how much more the voice at each frame is like the first person's than the second's, 0 where nobody speaks."""
    frames = speaking.shape[1]
    features = mel_features(mix)
    length, hop = round(_CHUNK_SECONDS / FEATURE_SECONDS), round(_HOP_SECONDS / FEATURE_SECONDS)
    alone = (speaking > _ACTIVE).sum(axis=0) == 1
    at = np.minimum((np.arange(len(features)) * FEATURE_SECONDS * FRAME_RATE).astype(int), frames - 1)
    candidates = range(0, len(features) - length, hop)
    starts = [start for start in candidates if alone[at[start : start + length]].mean() > _SPEECH_SHARE]
    if not starts:
        return np.zeros(frames)
    embeddings = voice_embeddings([features[start : start + length] for start in starts], network, length, after_step)
    difference = _similarity_difference(embeddings, reestimated_centres(centres, embeddings))
    sums, weights = np.zeros(frames), np.full(frames, 1e-9)
    for start, value in zip(starts, difference, strict=True):
        middle = min(round((start + length / 2) * FEATURE_SECONDS * FRAME_RATE), frames - 1)
        sums[middle] += value
        weights[middle] += 1.0
    width = _HOP_SECONDS * FRAME_RATE / 2.0
    margin: np.ndarray = gaussian_filter1d(sums, width) / np.maximum(gaussian_filter1d(weights, width), 1e-6)
    return margin


def reestimated_centres(centres: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """[2, 192] both voices as the chunks' `embeddings` [M, 192] show them, in the order of `centres` [2, 192].

    Where a room blurs every ten seconds the centres are blurred too, and refining them does not part them; two groups
    of chunks, found without them, are taken where they fit the chunks clearly better.
    """
    estimated = refined_centres(centres, embeddings)
    sample = embeddings[:: 1 + len(embeddings) // _MOST_GROUPED]
    if len(sample) < _FEWEST_GROUPED:
        return estimated
    equal_weights = np.ones(len(sample))
    found = refined_centres(group_centres(sample, equal_weights, two_groups(sample, equal_weights)), embeddings)
    if _fit(found, embeddings) < _fit(estimated, embeddings) + _CLEARLY_BETTER:
        return estimated
    straight, crossed = (float((order * centres).sum()) for order in (found, found[::-1]))
    return found if straight >= crossed else found[::-1]


def _fit(centres: np.ndarray, embeddings: np.ndarray) -> float:
    """The mean cosine of each chunk with the more similar centre."""
    return float((embeddings @ centres.T).max(axis=1).mean())


def refined_centres(centres: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """`centres` [2, 192] moved to the middle of the `embeddings` [M, 192] that are more like the one than the other.

    A local speaker of ten seconds may have been both people at once, which the short chunks tell apart.
    """
    for _ in range(_REFINEMENTS):
        difference = _similarity_difference(embeddings, centres)
        sums = np.stack([embeddings[difference > _SURELY].sum(axis=0), embeddings[difference < -_SURELY].sum(axis=0)])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0.0, sums / np.maximum(lengths, 1e-9), centres)
    return centres


def _similarity_difference(embeddings: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """[M] how much more each voice is like the first than like the second, as a difference of cosines."""
    difference: np.ndarray = (embeddings @ centres.T) @ np.array([1.0, -1.0])
    return difference
