"""Diarisation of one recording of two people: segmentation, speaker embeddings, clustering, resegmentation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import Final

import numpy as np

from ..contract.constants import SAMPLE_RATE
from .clustering import group_centres, two_groups, voice_count
from .embedding import FEATURE_SECONDS, VOICE_FRAMES, VoiceNetwork, mel_features, voice_embeddings
from .networks import AfterStep, no_step
from .resegmentation import resegmented
from .segmentation import WINDOW_SECONDS, LocalActivity, blended, frame_count, local_activity
from .tracks import TurnModels

_HOP_SECONDS: Final = 5.0
_ACTIVE: Final = 0.5
_SHORTEST_VOICE: Final = 0.35
"""Seconds of one voice alone that an embedding needs; shorter ones follow from the others in their window."""

_SAME_WINDOW_PENALTY: Final = 0.25
"""What it costs, in cosine similarity, to call two local speakers of one window the same person."""

_REFINEMENTS: Final = 10

_ONE_VOICE: Final = 0.77
"""Two groups of voices more alike than this are one person speaking alone."""


@dataclass(frozen=True)
class _LocalSpeaker:
    """One local speaker of one window: `seconds` it speaks, and its embedding [192], or None when it is too short."""

    window: int
    local: int
    seconds: float
    embedding: np.ndarray | None


@dataclass(frozen=True)
class MixDiarisation:
    """`speaking` [2, T] probability that each of two people speaks, and how many different `voices` there are."""

    speaking: np.ndarray
    voices: int


def speaking_from_mix(mix: np.ndarray, models: TurnModels, after_step: AfterStep = no_step) -> np.ndarray:
    """`mix` [N] at 16 kHz → [2, T] probability that each of two people speaks; as `diarise_mix`."""
    return diarise_mix(mix, models, after_step).speaking


def diarise_mix(mix: np.ndarray, models: TurnModels, after_step: AfterStep = no_step) -> MixDiarisation:
    """Who speaks in `mix` [N] at 16 kHz; row 0 is who speaks first.

    Both may speak at once. A recording in which one voice speaks alone leaves the second row silent, and of more than
    two voices each is one of the two whom it resembles more.
    `after_step(done, total)` is called as the work goes on and may raise to stop.
    """
    local = local_activity(mix, models.segmentation, _HOP_SECONDS, after_step)
    voices = _local_speakers(mix, local, models.voice, after_step)
    centres = _two_people(voices)
    curves = np.zeros((2, *local.activity.shape[:2]))
    for voice, person in zip(voices, _assigned(voices, centres), strict=True):
        activity = local.activity[voice.window, :, voice.local]
        curves[person, voice.window] = np.maximum(curves[person, voice.window], activity)
    speaking = blended(local, curves, frame_count(len(mix)))
    if centres is not None:
        speaking = resegmented(speaking, mix, centres, models.voice, after_step)
    # row 0 is who speaks first
    begins = [int(np.argmax(row > _ACTIVE)) if (row > _ACTIVE).any() else len(row) for row in speaking]
    return MixDiarisation(speaking[::-1].copy() if begins[1] < begins[0] else speaking, _count(voices))


def _count(voices: list[_LocalSpeaker]) -> int:
    """How many people's voices there surely are; who says little does not count."""
    known = [voice for voice in voices if voice.embedding is not None]
    embeddings = (
        np.stack([voice.embedding for voice in known if voice.embedding is not None]) if known else np.zeros((0, 1))
    )
    return voice_count(embeddings, np.array([voice.seconds for voice in known]))


def _local_speakers(
    mix: np.ndarray, local: LocalActivity, network: VoiceNetwork, after_step: AfterStep
) -> list[_LocalSpeaker]:
    """Every local speaker who says anything, with an embedding where nobody else speaks."""
    times = local.frame_times()
    step = float(times[1] - times[0])
    found: list[_LocalSpeaker] = []
    features_of: dict[int, np.ndarray] = {}  # index into found → mel features
    for window, start in enumerate(local.starts):
        active = local.activity[window] > _ACTIVE  # [589, 3]
        first = round(float(start) * SAMPLE_RATE)
        features = mel_features(mix[first : first + round(WINDOW_SECONDS * SAMPLE_RATE)])
        for speaker in np.flatnonzero(active.any(axis=0)):
            alone = active[:, speaker] & (active.sum(axis=1) == 1)
            if alone.sum() * step >= _SHORTEST_VOICE:
                at = (np.arange(len(features)) + 1.25) * FEATURE_SECONDS  # the middle of 25 ms
                chosen = np.interp(at, times, alone.astype(float)) > _ACTIVE
                features_of[len(found)] = features[chosen][:VOICE_FRAMES]
            found.append(_LocalSpeaker(window, int(speaker), float(active[:, speaker].sum()) * step, None))
    embeddings = voice_embeddings(list(features_of.values()), network, after_step=after_step)
    for index, embedding in zip(features_of, embeddings, strict=True):
        found[index] = replace(found[index], embedding=embedding)
    return found


def _two_people(voices: list[_LocalSpeaker]) -> np.ndarray | None:
    """[2, 192] both people's mean embeddings, or None where there is only one voice."""
    known = [voice for voice in voices if voice.embedding is not None]
    if len(known) < 2:  # noqa: PLR2004 — two people need two voices
        return None
    centres = _two_centres(known)
    return None if float(centres[0] @ centres[1]) > _ONE_VOICE else centres


def _assigned(voices: list[_LocalSpeaker], centres: np.ndarray | None) -> list[int]:
    """The person, 0 or 1, of each local speaker; `voices` come window by window."""
    if centres is None:
        return [0] * len(voices)
    people: list[int] = []
    for _, inside in groupby(voices, key=lambda voice: voice.window):
        people += _best_people(list(inside), centres)
    return people


def _two_centres(known: list[_LocalSpeaker]) -> np.ndarray:
    """[2, 192] of unit length: the two people's voices, found by grouping and refined window by window."""
    embeddings = np.stack([voice.embedding for voice in known if voice.embedding is not None])
    weights = np.sqrt([voice.seconds for voice in known])
    groups = two_groups(embeddings, weights)
    centres = group_centres(embeddings, weights, groups)
    for _ in range(_REFINEMENTS):
        assigned = np.array(_assigned(known, centres))
        if np.array_equal(assigned, groups) or np.ptp(assigned) == 0:
            break
        groups = assigned
        centres = group_centres(embeddings, weights, groups)
    return centres


def _best_people(inside: list[_LocalSpeaker], centres: np.ndarray) -> tuple[int, ...]:
    """The person of each local speaker of one window.

    Voices decide; that the segmentation found different people in one window counts as well, because it separates
    people more surely than a short voice can be recognised.
    """

    def score(people: tuple[int, ...]) -> float:
        alike = sum(
            voice.seconds * float(voice.embedding @ centres[person])
            for voice, person in zip(inside, people, strict=True)
            if voice.embedding is not None
        )
        same = sum(
            min(inside[first].seconds, inside[second].seconds)
            for first in range(len(inside))
            for second in range(first)
            if people[first] == people[second]
        )
        return alike - _SAME_WINDOW_PENALTY * same

    return max(product((0, 1), repeat=len(inside)), key=score)
