"""How near a made listener comes to the true one, before the true partner and while listening alone.

P-FD and rPCC are DualTalk's (`dualtalk_metrics`). The paper measures whole clips, in which speech outweighs everything;
here only the frames count on which the partner speaks and the listener does not. P-FD is over the frames of all
dialogues together, for a covariance of 100 numbers wants more frames than a dialogue has; rPCC is the mean
over people as published, and once over all frames together: of half a minute of slow motion a correlation says little,
and the mean of its distance from another is least for what does not move with anybody.
Every number comes with its value without each single dialogue, from which errors, and errors of differences between
two models on the same dialogues, follow (jackknife; Efron and Stein 1981).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.engines.dualtalk.model import EVENTS
from backend.engines.dualtalk.motion_numbers import BLINKS, EXPRESSION, EYES, JAW, NECK

from .dualtalk_metrics import frechet_between, residual_correlation

PARTS: Final[Mapping[str, slice]] = {"exp": EXPRESSION, "jaw": JAW, "pose": NECK, "eyes": EYES, "blinks": BLINKS}
"""The paper's three, and the named extras that a listener moves."""

FEWEST_FRAMES: Final = 125
"""Frames of listening below which a person tells nothing about a correlation: 5 s."""

_HALF: Final = 0.5


@dataclass(frozen=True)
class Listener:
    """Frames of listening of one person: `made`, `truth` and the partner's truth `partner`, [T, 61] numbers each."""

    made: np.ndarray
    truth: np.ndarray
    partner: np.ndarray


@dataclass(frozen=True)
class Estimate:
    """A number over all dialogues, and `without` [N] over all but one."""

    value: float
    without: np.ndarray

    @property
    def error(self) -> float:
        """Standard error of `value`."""
        count = len(self.without)
        return float(np.sqrt((count - 1) / count * np.square(self.without - self.without.mean()).sum()))

    def less(self, other: Estimate) -> Estimate:
        """The difference, on the same dialogues."""
        return Estimate(self.value - other.value, self.without - other.without)


def mean_of(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of several on the same dialogues, such as of draws with other seeds."""
    return Estimate(
        float(np.mean([estimate.value for estimate in estimates])),
        np.mean([estimate.without for estimate in estimates], axis=0),
    )


def listening_frames(speaking: np.ndarray, person: int) -> np.ndarray:
    """[T] bool where the partner of `person` speaks and `person` does not; `speaking` [2, T]."""
    return np.asarray((speaking[1 - person] > _HALF) & (speaking[person] <= _HALF))


def listener_measures(dialogues: Sequence[Sequence[Listener]]) -> dict[str, Estimate]:
    """`measure_part` → estimate, from the listeners of every dialogue: p_fd, rpcc, rpcc_pooled and explained of PARTS.

    `explained` is the share of the truth's squared distance from its mean that the made motion takes away, at most 1,
    below 0 where the mean alone would be nearer. It and P-FD are over the frames of all dialogues together. Raises
    ValueError for fewer than two dialogues.
    """
    if len(dialogues) < 2:  # noqa: PLR2004  (one is left out at a time)
        raise ValueError("errors want two dialogues at least")
    found: dict[str, Estimate] = {}
    for part, numbers in PARTS.items():
        cut = [[_part(listener, numbers) for listener in people] for people in dialogues]
        moments = _all_moments(cut)
        found[f"p_fd_{part}"] = pooled(moments, _paired_distance)
        found[f"rpcc_{part}"] = _residual_correlation(cut)
        found[f"rpcc_pooled_{part}"] = pooled(moments, _pooled_correlation)
        found[f"explained_{part}"] = _explained(cut)
    return found


def pooled(sums: np.ndarray, value: Callable[[np.ndarray], float]) -> Estimate:
    """`value` of the sum over dialogues of `sums` [N, …], and of the sums without each."""
    whole = sums.sum(axis=0)
    return Estimate(value(whole), np.array([value(whole - left_out) for left_out in sums]))


def _part(listener: Listener, numbers: slice) -> Listener:
    return Listener(
        *(np.asarray(array[:, numbers], np.float64) for array in (listener.made, listener.truth, listener.partner))
    )


def _all_moments(dialogues: Sequence[Sequence[Listener]]) -> np.ndarray:
    """[N, 1 + 3 D, 1 + 3 D] of each dialogue, for partner, truth and made beside one another."""
    each = [
        [_moments(np.hstack((listener.partner, listener.truth, listener.made))) for listener in people]
        for people in dialogues
    ]
    return np.stack([reduce(np.add, people) for people in each])


def _paired_distance(total: np.ndarray) -> float:
    """P-FD: Fréchet distance with the partner's truth beside both, from the moments of all frames."""
    width = (len(total) - 1) // 3
    true, made = np.r_[: 2 * width], np.r_[:width, 2 * width : 3 * width]
    count, mean = total[0, 0], total[0, 1:] / total[0, 0]
    spread = (total[1:, 1:] - count * np.outer(mean, mean)) / (count - 1)
    return frechet_between(mean[true], spread[np.ix_(true, true)], mean[made], spread[np.ix_(made, made)])


def _pooled_correlation(total: np.ndarray) -> float:
    """The rPCC over all frames as if they were one clip, from their moments."""
    width = (len(total) - 1) // 3
    count = width * total[0, 0]
    sums = total[0, 1:].reshape(3, width).sum(axis=1) / count  # partner, truth, made
    blocks = total[1:, 1:].reshape(3, width, 3, width)
    products = np.einsum("adbd->ab", blocks) / count - np.outer(sums, sums)
    spread = np.sqrt(np.maximum(np.diag(products), 1e-18))
    correlation = products / np.outer(spread, spread)
    return float(abs(correlation[0, 1] - correlation[0, 2]))


def _moments(samples: np.ndarray) -> np.ndarray:
    """[1 + D, 1 + D] count, sums and sums of products of [T, D]."""
    with_one = np.hstack((np.ones((len(samples), 1)), samples))
    return np.asarray(with_one.T @ with_one)


def _residual_correlation(dialogues: Sequence[Sequence[Listener]]) -> Estimate:
    values = []
    for people in dialogues:
        each = [
            residual_correlation(listener.made, listener.truth, listener.partner)
            for listener in people
            if len(listener.truth) >= FEWEST_FRAMES
        ]
        counted = [value for value in each if np.isfinite(value)]
        values.append((sum(counted), len(counted)))
    return pooled(np.array(values, np.float64), lambda total: float(total[0] / max(total[1], 1.0)))


def _explained(dialogues: Sequence[Sequence[Listener]]) -> Estimate:
    sums = []
    for people in dialogues:
        truth, made = (np.concatenate([getattr(listener, name) for listener in people]) for name in ("truth", "made"))
        wrong = np.square(made - truth).sum()
        sums.append(np.concatenate(([len(truth), wrong, np.square(truth).sum()], truth.sum(axis=0))))

    def share(total: np.ndarray) -> float:
        count, wrong, squares, mean = total[0], total[1], total[2], total[3:]
        return float(1.0 - wrong / max(squares - np.square(mean).sum() / count, 1e-12))

    return pooled(np.array(sums), share)


_LEAST_CHANCE: Final = 1e-9


@dataclass(frozen=True)
class EventPrediction:
    """Frames of listening of one person: `chances` [T, 8] that an event begins, by EVENTS; `onsets` [T, 8] whether it
    did; `possible` [T, 8] whether it could.
    """

    chances: np.ndarray
    onsets: np.ndarray
    possible: np.ndarray


def likelihood_gains(dialogues: Sequence[Sequence[EventPrediction]]) -> dict[str, Estimate]:
    """`bits_event` → bits a minute of listening that the chances gain over one constant chance for each event.

    The constant is the rate of these very frames, the best there is. `bits_all` is the sum over events.
    """
    minutes = np.array([sum(len(prediction.onsets) for prediction in people) for people in dialogues]) / (
        60.0 * FRAME_RATE
    )
    found: dict[str, Estimate] = {}
    whole = np.zeros((len(dialogues), 2))
    whole[:, 1] = minutes
    for kind, name in enumerate(EVENTS):
        rate = _rate(dialogues, kind)
        gains = [sum(_gain(prediction, kind, rate) for prediction in people) for people in dialogues]
        found[f"bits_{name}"] = pooled(np.stack((gains, minutes), axis=1), _ratio)
        whole[:, 0] += gains
    return found | {"bits_all": pooled(whole, _ratio)}


def _rate(dialogues: Sequence[Sequence[EventPrediction]], kind: int) -> float:
    """Onsets a possible frame."""
    counts = [
        (float((prediction.onsets * prediction.possible)[:, kind].sum()), float(prediction.possible[:, kind].sum()))
        for people in dialogues
        for prediction in people
    ]
    onsets, possible = np.sum(counts, axis=0)
    return float(onsets / max(possible, 1.0))


def _gain(prediction: EventPrediction, kind: int, rate: float) -> float:
    """Bits."""
    began, could = prediction.onsets[:, kind] > 0, prediction.possible[:, kind] > 0
    chance = np.clip(prediction.chances[:, kind].astype(np.float64), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    rate = float(np.clip(rate, _LEAST_CHANCE, 1 - _LEAST_CHANCE))
    each = np.where(began, np.log2(chance / rate), np.log2((1 - chance) / (1 - rate)))
    return float(each[could].sum())


def _ratio(total: np.ndarray) -> float:
    return float(total[0] / max(total[1], 1e-9))
