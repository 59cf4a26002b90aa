"""A fitted network before the true partner of rehearsals: what it expects of each listener, and what it draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.engines.dualtalk.model import DualTalk
from backend.engines.dualtalk.motion_numbers import motion_numbers, rows_of
from backend.engines.dualtalk.rollout import Prediction, draw_motion, predict
from backend.engines.lip_reader.listening import MARGIN, STEP, WINDOW, ListeningResult
from backend.engines.lip_reader.model import LipReader
from backend.engines.traits import ORDINARY, TRAITS

from ...evaluation.measures.listener import EventPrediction, Listener, listening_frames
from ..examples import Material

_BATCH: Final = 4
_OLDEST: Final = 512
"""Frames after which the time since an event adds nothing."""


@dataclass(frozen=True)
class ListenerClip:
    """Both listeners of one dialogue: as expected, as drawn with each seed, and what was foretold of their events."""

    expected: tuple[Listener, Listener]
    drawn: tuple[tuple[Listener, Listener], ...]
    foretold: tuple[EventPrediction, EventPrediction]


@dataclass(frozen=True)
class _Mouths:
    """What the lip reader says of both people, [2, T, …]."""

    expression: np.ndarray
    jaw: np.ndarray
    closure: np.ndarray
    touch: np.ndarray


def listener_clips(
    material: Sequence[Material], lips: LipReader, networks: Mapping[str, DualTalk], seeds: Sequence[int]
) -> Iterator[dict[str, ListenerClip]]:
    """For each rehearsal the clip of each of `networks`, whose people all have the mouths that `lips` reads."""
    for one in material:
        features = torch.from_numpy(np.asarray(one.features[:2], np.float32))  # [2, 2 T, 512]
        mouths = _read_lips(lips, features, one.speaking)
        yield {name: _clip(one, network, features, mouths, seeds) for name, network in networks.items()}


def _clip(one: Material, network: DualTalk, features: Tensor, mouths: _Mouths, seeds: Sequence[int]) -> ListenerClip:
    heard = ListeningResult(
        mouths.expression,
        mouths.jaw,
        mouths.closure,
        mouths.touch,
        _windows(network, features, one.speaking),
        one.frames,
    )
    habits = (_habits(one.traits[0]), _habits(one.traits[1]))
    found = predict(heard, network, habits, rows_of(one.motion), lambda _done: None)
    drawn = []
    for seed in seeds:
        made = draw_motion(found, heard, one.speaking, network, habits, seed)
        drawn.append(_listeners(one, motion_numbers(made.expression, made.jaw, made.neck, made.gaze)))
    return ListenerClip(_listeners(one, found.motion), tuple(drawn), _foretold(one, network, found))


def _listeners(one: Material, made: np.ndarray) -> tuple[Listener, Listener]:
    """`made` [2, T, 61]: each person beside the true partner."""
    frames = [listening_frames(one.speaking, person) for person in range(2)]
    first, second = (
        Listener(made[person, kept], one.motion[person, kept], one.motion[1 - person, kept])
        for person, kept in enumerate(frames)
    )
    return first, second


def _foretold(one: Material, network: DualTalk, found: Prediction) -> tuple[EventPrediction, EventPrediction]:
    ages = network.event_ages.detach().float().numpy()
    bins = np.floor(np.log2(np.clip(one.targets.ages, 1, _OLDEST))).astype(int)  # as dualtalk.age_bins
    kinds = np.arange(ages.shape[0])
    chances = 1.0 / (1.0 + np.exp(-(found.events + ages[kinds, bins])))  # [2, T, 8]
    frames = [listening_frames(one.speaking, person) for person in range(2)]
    first, second = (
        EventPrediction(chances[person, kept], one.targets.onsets[person, kept], one.targets.possible[person, kept])
        for person, kept in enumerate(frames)
    )
    return first, second


def _read_lips(lips: LipReader, features: Tensor, speaking: np.ndarray) -> _Mouths:
    with torch.inference_mode():
        mouth = lips(features, _floor(speaking))
    said = (mouth.expression, mouth.jaw, mouth.closure.sigmoid(), mouth.touch.sigmoid())
    return _Mouths(*(array.numpy() for array in said))


def _windows(network: DualTalk, features: Tensor, speaking: np.ndarray) -> Tensor:
    """[K, 2, 250, D] float16 as `listening.listen` gives them; beyond the ends the first and last frame stay."""
    floor = _floor(speaking)
    frames = floor.shape[1]
    heard = []
    starts = np.arange(0, frames, STEP) - MARGIN
    for first in range(0, len(starts), _BATCH):
        batch = [np.clip(np.arange(start, start + WINDOW), 0, frames - 1) for start in starts[first : first + _BATCH]]
        halves = [np.stack((2 * rows, 2 * rows + 1), axis=1).ravel() for rows in batch]
        with torch.inference_mode():
            found = network.encode_audio(
                torch.cat([features[:, rows] for rows in halves]), torch.cat([floor[:, rows] for rows in batch])
            )
        heard.append(found.view(len(batch), 2, WINDOW, -1).half())
    return torch.cat(heard)


def _floor(speaking: np.ndarray) -> Tensor:
    """[2, T, 2] who speaks, own first."""
    told = torch.from_numpy(np.asarray(speaking, np.float32))
    return torch.stack((told.T, told.flip(0).T))


def _habits(traits: np.ndarray) -> dict[str, float]:
    """By the names of ORDINARY, from `traits` [8]."""
    return {name: ORDINARY[name] * float(np.exp(trait)) for name, trait in zip(TRAITS, traits, strict=True)}
