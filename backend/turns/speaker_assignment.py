"""Assigning speech to a track's owner or to the other person, by speaker embeddings.

Loudness alone cannot decide: people mumble, and a track may be put together from recordings of different levels. But
a voice belongs to the track in which it is louder. Where the speech of a track has two clearly different levels, the
embedding of each chunk of 1.2 s is compared with those of clearly louder speech of the other track and of its own. A
voice that is in neither track's loud speech, a radio's say, stays with the track: it may be its owner, disguised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import binary_dilation, binary_erosion, binary_propagation, maximum_filter1d

from ..contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
from .embedding import FEATURE_SECONDS, VoiceNetwork, mel_features, voice_embeddings
from .levels import otsu_split
from .networks import AfterStep, no_step

_ACTIVE: Final = 0.5
_SYLLABLE_FRAMES: Final = 9
_PHRASE_FRAMES: Final = 25
"""Levels are the loudest of so many frames: of a syllable, and of the words around it."""

_TWO_LEVELS: Final = 9.0
"""Decibels between loud and soft speech from which there may be two voices; one person alone has 4.5 to 6."""
_SOFT_SHARE: Final = (0.1, 0.9)

_CHUNK, _HOP = 30, 15
"""Frames of a chunk that gets an embedding, 1.2 s, and from one chunk to the next."""
_SPEECH_SHARE: Final = 0.3
_LEVEL_PERCENTILE: Final = 80.0
_LOUD_PERCENTILE: Final = 90.0
_BLOCK: Final = 256
"""Chunks whose mel features are in memory at once."""

_LOUDER: Final = 6.0
"""Decibels, each relative to its track's loud speech, by which speech is clearly louder."""
_MOST_REFERENCES: Final = 200
"""Chunks of each track that all others are compared with: the cost stays linear in the length."""
_NEAREST: Final = 2

_SIMILAR: Final = 0.52
"""Cosine similarity from which a chunk sounds like the other person."""
_RATHER_WEIGHT: Final = 4.0
"""Also it must sound more like the other than like the owner, and what is missing counts four times."""
_MOST_EVIDENCE: Final = 0.4
_CHANGE_COST, _ODD_COST = 0.12, 0.15
"""Costs in cosine similarity: of a change from own to foreign, and of a chunk in which both talk or neither does."""
_FOREIGN: Final = np.array([[False, False], [True, False], [False, True], [True, True]])
"""The four states of a chunk: in whose track the speech is foreign, that is the other person's."""

_DOUBT_FRAMES, _GROWTH_FRAMES = 6, 20
"""At both ends of a foreign stretch: so much may be the owner's, and so far beyond the foreign voice may reach."""
_LOUDEST_FOREIGN, _USUAL_FOREIGN = 95.0, 75.0
"""Percentiles of the foreign voice's level: what is above the first is the owner, up to the second it reaches on."""
_EDGE_FRAMES: Final = 5
"""Words begin and end softly: so much around own speech stays."""


def without_foreign_speech(
    speaking: np.ndarray,
    tracks: np.ndarray,
    levels: np.ndarray,
    network: VoiceNetwork,
    after_step: AfterStep = no_step,
) -> np.ndarray:
    """`speaking` [2, T] with 0 where what a track holds is the other person's voice under its owner's.

    `tracks` [2, N] at 16 kHz, `levels` [2, T] decibels of their frames. Tracks whose speech is of one level are left
    as they are, and no embedding is computed. `after_step` as in `voice_embeddings`.
    """
    active = speaking > _ACTIVE
    two_level_tracks = [person for person in (0, 1) if _of_two_levels(levels[person], active[person])]
    if not two_level_tracks or not active.any(axis=1).all():
        return speaking
    chunks = _chunks(active, levels)
    references = _references(chunks)
    wanted = references.copy()
    wanted[two_level_tracks] |= chunks.speech[two_level_tracks]
    embeddings = _embeddings(tracks, wanted, network, after_step)
    evidence = np.full(chunks.speech.shape, -_MOST_EVIDENCE)  # [2, M]
    for person in two_level_tracks:
        evidence[person] = _evidence(person, chunks.levels, embeddings, references)
    foreign = _most_likely(evidence, chunks.speech)
    cleaned = speaking.copy()
    for person in two_level_tracks:
        cleaned[person, _foreign_frames(foreign[person], active[person], levels[person])] = 0.0
    return cleaned


def _of_two_levels(levels: np.ndarray, active: np.ndarray) -> bool:
    split = otsu_split(maximum_filter1d(levels, _PHRASE_FRAMES)[active])
    return split.separation >= _TWO_LEVELS and _SOFT_SHARE[0] <= split.share <= _SOFT_SHARE[1]


@dataclass(frozen=True)
class _Chunks:
    """M stretches of 1.2 s in both tracks: their first frames `starts` [M], whether there is `speech` [2, M] and their
    `levels` [2, M] in decibels relative to the track's loud speech.
    """

    starts: np.ndarray
    speech: np.ndarray
    levels: np.ndarray


def _chunks(active: np.ndarray, levels: np.ndarray) -> _Chunks:
    frames = active.shape[1]
    starts = np.arange(0, max(frames - _CHUNK, 0) + 1, _HOP)
    inside = np.minimum(starts[:, None] + np.arange(_CHUNK), frames - 1)  # [M, 30]
    speech = active[:, inside].mean(axis=2) > _SPEECH_SHARE
    loudness = np.percentile(levels[:, inside], _LEVEL_PERCENTILE, axis=2)
    loud = [
        np.percentile(row[talk], _LOUD_PERCENTILE) if talk.any() else 0.0
        for row, talk in zip(loudness, speech, strict=True)
    ]
    return _Chunks(starts, speech, loudness - np.array(loud)[:, None])


def _references(chunks: _Chunks) -> np.ndarray:
    """[2, M] a limited number of chunks with speech in each track, evenly spread."""
    references = np.zeros_like(chunks.speech)
    for person, speech in enumerate(chunks.speech):
        places = np.flatnonzero(speech)
        references[person, places[:: 1 + len(places) // _MOST_REFERENCES]] = True
    return references


def _embeddings(tracks: np.ndarray, wanted: np.ndarray, network: VoiceNetwork, after_step: AfterStep) -> np.ndarray:
    """[2, M, 192] of unit length for the chunks that are `wanted` [2, M], zeros for the others."""
    embeddings = np.zeros((*wanted.shape, 192), np.float32)
    places = np.argwhere(wanted)
    length = round(_CHUNK / FRAME_RATE / FEATURE_SECONDS)
    for first in range(0, len(places), _BLOCK):
        block = places[first : first + _BLOCK]
        begins = block[:, 1] * _HOP * SAMPLES_PER_FRAME
        pieces = [
            mel_features(tracks[person, begin : begin + _CHUNK * SAMPLES_PER_FRAME])
            for person, begin in zip(block[:, 0], begins, strict=True)
        ]
        embeddings[tuple(block.T)] = voice_embeddings(pieces, network, length)
        after_step(first + len(block), len(places))
    return embeddings


def _evidence(person: int, levels: np.ndarray, embeddings: np.ndarray, references: np.ndarray) -> np.ndarray:
    """[M] how surely each chunk of one person's track is the other's voice; below 0 it is the person's own.

    What is about as loud as the track gets is the owner's: nothing in it is clearly louder.
    """
    own, other = (
        _similarity(embeddings[person], levels[person], embeddings[who][references[who]], levels[who][references[who]])
        for who in (person, 1 - person)
    )
    known = np.isfinite(own) & np.isfinite(other)
    evidence = np.where(known, np.fmin(other - _SIMILAR, _RATHER_WEIGHT * (other - own)), -_MOST_EVIDENCE)
    clipped: np.ndarray = np.clip(evidence, -_MOST_EVIDENCE, _MOST_EVIDENCE)
    return clipped


def _similarity(
    embeddings: np.ndarray, levels: np.ndarray, references: np.ndarray, reference_levels: np.ndarray
) -> np.ndarray:
    """[M] mean cosine similarity of each voice with those clearly louder `references` that it is most like.

    `embeddings` [M, 192] with `levels` [M], `references` [R, 192] with `reference_levels` [R]; NaN where too few are
    clearly louder.
    """
    if len(references) < _NEAREST:
        return np.full(len(embeddings), np.nan)
    louder = reference_levels[None] >= levels[:, None] + _LOUDER
    similar = np.where(louder, embeddings @ references.T, np.nan)  # [M, R]
    nearest = np.sort(np.where(louder, similar, -np.inf), axis=1)[:, -_NEAREST:]
    similarity: np.ndarray = np.where(np.isfinite(nearest).all(axis=1), nearest.mean(axis=1), np.nan)
    return similarity


def _most_likely(evidence: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """[2, M] whether the chunks of each track are foreign: the states in which all `evidence` [2, M] fits best.

    Foreign speech comes in stretches, and people mostly talk one at a time: what sounds a little like the other, while
    the other is talking, is the other; where nobody else is, it takes more. (Viterbi, IEEE Trans. Information Theory
    1967.)
    """
    speech_here = speech.T[:, None]  # [M, 1, 2]
    talking = (speech_here & ~_FOREIGN).sum(axis=2)  # [M, 4] how many
    odd = (talking != 1) & speech_here.any(axis=2)
    scores = (evidence.T[:, None] * (speech_here & _FOREIGN)).sum(axis=2) - _ODD_COST * odd  # [M, 4]
    changes = -_CHANGE_COST * (_FOREIGN[:, None] != _FOREIGN[None]).sum(axis=2)  # [4, 4]
    best, came_from = scores[0], []
    for score in scores[1:]:
        reached = best[:, None] + changes
        came_from.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + score
    states = [int(best.argmax())]
    for before in reversed(came_from):
        states.append(int(before[states[-1]]))
    found: np.ndarray = _FOREIGN[states[::-1]].T
    return found


def _foreign_frames(foreign: np.ndarray, active: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """[T] where speech is foreign, from whether the chunks are `foreign` [M]; `active` [T], `levels` [T] decibels.

    Chunks say it to half a second; from there the foreign voice reaches as far as the track stays at its level, and
    whatever is louder than it ever is belongs to the owner.
    """
    nearest = np.round((np.arange(len(active)) - _CHUNK / 2) / _HOP).astype(int)
    surely = foreign[np.clip(nearest, 0, len(foreign) - 1)]
    if not (surely & active).any():
        return np.zeros_like(active)
    syllables = maximum_filter1d(levels, _SYLLABLE_FRAMES)
    usual, loudest = np.percentile(syllables[surely & active], [_USUAL_FOREIGN, _LOUDEST_FOREIGN])
    inside = binary_erosion(surely, np.ones(2 * _DOUBT_FRAMES + 1), border_value=1)
    seeds = inside & (syllables <= loudest)
    around = binary_dilation(surely, np.ones(2 * _GROWTH_FRAMES + 1)) & (syllables <= usual)
    reached = binary_propagation(seeds, mask=seeds | around)
    own = binary_dilation(active & ~reached, np.ones(2 * _EDGE_FRAMES + 1))
    found: np.ndarray = active & ~own
    return found
