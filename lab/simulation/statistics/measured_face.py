"""Smiles and who answers them, breath and sway of rehearsals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

from .observed import Observed, Pair, average, middle, ratio, turns_of

_SMILES: Final = 0.2
_ANSWER: Final = (0.2, 1.2)
"""Seconds after a smile's beginning within which the partner's counts as an answer."""

_LONG_TURN: Final = 1.5
_BEFORE: Final = (0.2, 1.0)
_TALKS, _RESTS = 0.5, 0.05
"""Shares of a breath that are spoken, from which it is a speaker's, and below which it is one at rest."""


def measure_face(pairs: Sequence[Pair]) -> dict[str, float]:
    """Pooled over all people."""
    people = [one for pair in pairs for one in pair]
    smile = np.concatenate([one.smile for one in people])
    jaw = np.concatenate([one.jaw[one.speaks] for one in people])
    return (
        {"smiling share": float((smile > _SMILES).mean())}
        | _measure_smiles(pairs)
        | _measure_breath(pairs)
        | {
            "sway spread, mm": float(
                np.median([one.events["sway"].std(axis=0)[[0, 2]].mean() for one in people]) * 1000
            ),
            "jaw p95 speaking, deg": float(np.percentile(jaw, 95)),
        }
    )


def _measure_smiles(pairs: Sequence[Pair]) -> dict[str, float]:
    people = [one for pair in pairs for one in pair]
    shapes = np.array([shape for one in people for shape in _smile_shapes(one)]).reshape(-1, 3)  # [S, 3] seconds
    delays = [answer_delays(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
    answered = np.concatenate(delays)
    return {
        "smile duration median, s": middle(shapes[:, 0]),
        "smile onset median, s": middle(shapes[:, 1]),
        "smile offset / onset": middle(shapes[:, 2] / shapes[:, 1]),
        "smiles answered": average(np.isfinite(answered)),
        "smile answer latency, s": middle(answered),
    }


def _smile_shapes(one: Observed) -> list[tuple[float, float, float]]:
    """(seconds at half height, seconds of rise, seconds of fall) of the smiles that stand alone."""
    curve, shapes = one.events["smile"], []
    onsets = [*np.flatnonzero(one.events["smile_onset"] > 0).tolist(), len(curve)]
    for start, following in pairwise(onsets):
        part = curve[start : min(following, start + 6 * FRAME_RATE)]
        base, peak = float(part[0]), int(part.argmax())
        height = float(part[peak]) - base
        if height < 0.15 or float(part[peak:].min()) > base + 0.2 * height:  # noqa: PLR2004
            continue
        share = (part - base) / height
        up = [int(np.argmax(share >= level)) for level in (0.1, 0.5, 0.9)]
        down = [len(share) - 1 - int(np.argmax(share[::-1] >= level)) for level in (0.9, 0.5, 0.1)]
        # The middle 80 % of a smooth rise takes 0.61 of the whole.
        rise, fall = (max(last - first, 1) / 0.61 for first, last in ((up[0], up[2]), (down[0], down[2])))
        shapes.append(((down[1] - up[1]) / FRAME_RATE, rise / FRAME_RATE, fall / FRAME_RATE))
    return shapes


def answer_delays(one: Observed, other: Observed) -> np.ndarray:
    """Seconds from every smile that `one` began to the smile of `other` that answers it, nan where none does."""
    own = np.flatnonzero(one.events["smile_onset"] == 1) / FRAME_RATE
    theirs = np.flatnonzero(other.events["smile_onset"] > 0) / FRAME_RATE
    delays = []
    for moment in own:
        since = theirs - moment
        since = since[(since > _ANSWER[0]) & (since < _ANSWER[1])]
        delays.append(float(since.min()) if len(since) else float("nan"))
    return np.array(delays)


def _measure_breath(pairs: Sequence[Pair]) -> dict[str, float]:
    people = [one for pair in pairs for one in pair]
    cycles = np.array([cycle for one in people for cycle in breath_cycles(one)]).reshape(-1, 3)  # [B, 3]
    talks, rests = cycles[:, 2] > _TALKS, cycles[:, 2] < _RESTS
    leads = np.concatenate([_leads(pair) for pair in pairs])
    return {
        "breaths per minute, at rest": 60 / average(cycles[rests, 0]),
        "breaths per minute, speaking": 60 / average(cycles[talks, 0]),
        "inhaling share, at rest": ratio(cycles[rests, 1].sum(), cycles[rests, 0].sum()),
        "inhaling share, speaking": ratio(cycles[talks, 1].sum(), cycles[talks, 0].sum()),
        "longer turns after an inhalation": average(np.isfinite(leads)),
        "inhalation before a turn, s": middle(leads),
    }


def breath_cycles(one: Observed) -> list[tuple[float, float, float]]:
    """(seconds, seconds of breathing in, share spoken) of every whole breath."""
    onsets, found = np.flatnonzero(one.events["inhalation"] > 0).tolist(), []
    for start, stop in pairwise(onsets):
        rising = int(one.events["breath"][start:stop].argmax())
        found.append(((stop - start) / FRAME_RATE, rising / FRAME_RATE, float(one.speaks[start:stop].mean())))
    return found


def _leads(pair: Pair) -> np.ndarray:
    """Seconds from the last inhalation to every longer turn, nan where there is none just before."""
    found = []
    for turn in turns_of(pair)[1:-1]:
        if turn.seconds >= _LONG_TURN:
            lead = turn.start - np.flatnonzero(pair[turn.person].events["inhalation"] > 0) / FRAME_RATE
            lead = lead[(lead > _BEFORE[0]) & (lead < _BEFORE[1])]
            found.append(float(lead.min()) if len(lead) else float("nan"))
    return np.array(found)
