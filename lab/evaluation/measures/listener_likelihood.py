"""How much better than by its rate a listener's behaviour is foretold: bits a minute of listening, by kind of event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.engines.dualtalk.model import EVENTS

from .listener_measures import Estimate, pooled

_LEAST_CHANCE: Final = 1e-9


@dataclass(frozen=True)
class Foretold:
    """Frames of listening of one person: `chances` [T, 8] that an event begins, by EVENTS; `onsets` [T, 8] whether it
    did; `possible` [T, 8] whether it could.
    """

    chances: np.ndarray
    onsets: np.ndarray
    possible: np.ndarray


def likelihood_gains(dialogues: Sequence[Sequence[Foretold]]) -> dict[str, Estimate]:
    """`bits_event` → bits a minute of listening that the chances gain over one constant chance for each event.

    The constant is the rate of these very frames, the best there is. `bits_all` is the sum over events.
    """
    minutes = np.array([sum(len(one.onsets) for one in people) for people in dialogues]) / (60.0 * FRAME_RATE)
    found: dict[str, Estimate] = {}
    whole = np.zeros((len(dialogues), 2))
    whole[:, 1] = minutes
    for kind, name in enumerate(EVENTS):
        rate = _rate(dialogues, kind)
        gains = [sum(_gain(one, kind, rate) for one in people) for people in dialogues]
        found[f"bits_{name}"] = pooled(np.stack((gains, minutes), axis=1), _ratio)
        whole[:, 0] += gains
    return found | {"bits_all": pooled(whole, _ratio)}


def _rate(dialogues: Sequence[Sequence[Foretold]], kind: int) -> float:
    """Onsets a possible frame."""
    counts = [
        (float((one.onsets * one.possible)[:, kind].sum()), float(one.possible[:, kind].sum()))
        for people in dialogues
        for one in people
    ]
    onsets, possible = np.sum(counts, axis=0)
    return float(onsets / max(possible, 1.0))


def _gain(one: Foretold, kind: int, rate: float) -> float:
    """Bits."""
    began, could = one.onsets[:, kind] > 0, one.possible[:, kind] > 0
    chance = np.clip(one.chances[:, kind].astype(np.float64), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    rate = float(np.clip(rate, _LEAST_CHANCE, 1 - _LEAST_CHANCE))
    each = np.where(began, np.log2(chance / rate), np.log2((1 - chance) / (1 - rate)))
    return float(each[could].sum())


def _ratio(total: np.ndarray) -> float:
    return float(total[0] / max(total[1], 1e-9))
