"""Measures of how heads and faces of rehearsals move: spread, speed, spectrum, nods, beats, smiles, breath and sway."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.signal import welch

from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of

from .observed import LONG_TURN, Observed, Pair, average, middle, ratio, turns_of

BANDS: Final = ((0.0, 0.5), (0.5, 1.5), (1.5, 4.0), (4.0, 8.0))
"""Hertz, as docs/developers/rehearsals.md has them."""

_WINDOW: Final = 8.0
_ENOUGH: Final = 200
"""Frames of speaking and of listening without which a person's spread says nothing."""

_STILL: Final = 0.02
"""Degrees a frame below which a head does not move."""

_FROZEN: Final = 0.5
"""Seconds of standstill that count as frozen."""

_AROUND_BEAT: Final = 5
_RAISE_AROUND: Final = (-0.5, 0.1)
"""Seconds from a stressed vowel's middle within which a brow raise that begins belongs to it."""

_SMILES: Final = 0.2
_ANSWER: Final = (0.2, 1.2)
"""Seconds after a smile's beginning within which the partner's counts as an answer."""

_BEFORE: Final = (0.2, 1.0)
_TALKS, _RESTS = 0.5, 0.05
"""Shares of a breath that are spoken, from which it is a speaker's, and below which it is one at rest."""


def measure_head(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure heads and brows, pooled over people except for a person's own spread."""
    people = [person for pair in pairs for person in pair]
    speed = np.concatenate([_speed(person) for person in people])
    spread = np.median([person.neck.std(axis=0) for person in people], axis=0)
    bands = np.mean([band_shares(person.neck[:, axis]) for person in people for axis in range(2)], axis=0)
    return {
        "head pitch spread, deg": float(spread[0]),
        "head yaw spread, deg": float(spread[1]),
        "head roll spread, deg": float(spread[2]),
        "head spread listening / speaking": _quieter(people),
        "head speed median, deg/s": float(np.median(speed)),
        "head speed p90, deg/s": float(np.percentile(speed, 90)),
        "head speed p99, deg/s": float(np.percentile(speed, 99)),
        "head power under 0.5 Hz": float(bands[0]),
        "head power 0.5-1.5 Hz": float(bands[1]),
        "head power 1.5-4 Hz": float(bands[2]),
        "head power 4-8 Hz": float(bands[3]),
        "frozen share": float(np.mean(np.concatenate([_frozen(person) for person in people]))),
    } | _measure_gestures(people)


def band_shares(angle: np.ndarray) -> np.ndarray:
    """Return [4] shares of the power of `angle` [T] up to 8 Hz in BANDS, windows of 8 s."""
    hertz, power = welch(angle - angle.mean(), FRAME_RATE, nperseg=min(len(angle), round(_WINDOW * FRAME_RATE)))
    sums = np.array([power[(hertz >= low) & (hertz < high)].sum() for low, high in BANDS])
    return np.asarray(sums / sums.sum())


def nod_sizes(people: Sequence[Observed]) -> np.ndarray:
    """Return degrees of the first swing of every nod."""
    return np.asarray(
        np.degrees(np.concatenate([person.events["nod_size"][person.events["nod"] > 0] for person in people]))
    )


def _measure_gestures(people: Sequence[Observed]) -> dict[str, float]:
    nods = {
        name: np.concatenate([person.events[name][person.events["nod"] > 0] for person in people])
        for name in ("nod_rate", "nod_count")
    }
    listening = sum(float(person.events["nod"][person.listens].sum()) for person in people)
    listened = sum(float(person.listens.sum()) for person in people) / FRAME_RATE / 60
    accents = sum(int((person.events["accent"] > 0).sum()) for person in people)
    minutes = sum(person.frames for person in people) / FRAME_RATE / 60
    return {
        "nods per minute of listening": ratio(listening, listened),
        "nod size median, deg": middle(nod_sizes(people)),
        "nod swings mean": average(nods["nod_count"]),
        "nod rate median, Hz": middle(nods["nod_rate"]),
        "accents with a head beat": ratio(sum(float(person.events["beat"].sum()) for person in people), accents),
        "head beat from its vowel, ms": middle(np.abs(np.concatenate([_beat_delays(person) for person in people]))),
        "accents with a brow raise": ratio(sum(_raised(person) for person in people), accents),
        "brow raises per minute": sum(float(person.events["brow_raise"].sum()) for person in people) / minutes,
    }


def _quieter(people: Sequence[Observed]) -> float:
    """Return a person's spread while listening over that while speaking, the median over people."""
    ratios = [
        person.neck[person.listens].std(axis=0).mean() / person.neck[person.speaks].std(axis=0).mean()
        for person in people
        if person.listens.sum() > _ENOUGH and person.speaks.sum() > _ENOUGH
    ]
    return middle(np.array(ratios))


def _speed(person: Observed) -> np.ndarray:
    """Return the speed of the head, [T - 1] degrees a second."""
    return np.asarray(np.linalg.norm(np.diff(person.neck, axis=0), axis=1) * FRAME_RATE)


def _frozen(person: Observed) -> np.ndarray:
    """Return [T - 1] bool: within half a second or more in which neither head nor trunk nor lids move."""
    still = (_speed(person) < _STILL * FRAME_RATE) & (np.abs(np.diff(person.lids)) < 0.01)  # noqa: PLR2004
    frozen = np.zeros(len(still), bool)
    for first, last in runs_of(still):
        frozen[first:last] = (last - first) / FRAME_RATE >= _FROZEN
    return frozen


def _beat_delays(person: Observed) -> np.ndarray:
    """Return milliseconds from a vowel that the head beats on to the lowest point of the head near it."""
    pitch, delays = person.events["neck_beats"][:, 0], []
    for frame in np.flatnonzero(person.events["beat"] > 0).tolist():
        if _AROUND_BEAT <= frame < len(pitch) - _AROUND_BEAT:
            part = pitch[frame - _AROUND_BEAT : frame + _AROUND_BEAT + 1]
            delays.append((int(part.argmax()) - _AROUND_BEAT) * 1000 / FRAME_RATE)
    return np.array(delays)


def _raised(person: Observed) -> int:
    """Count the stressed vowels near which a brow raise begins."""
    raises = np.flatnonzero(person.events["brow_raise"] > 0) / FRAME_RATE
    accents = np.flatnonzero(person.events["accent"] > 0) / FRAME_RATE
    since = raises[None, :] - accents[:, None]
    near = (since > _RAISE_AROUND[0]) & (since < _RAISE_AROUND[1])
    # One raise goes with one vowel, the nearest.
    return len({int(np.abs(since[:, column]).argmin()) for column in np.flatnonzero(near.any(axis=0))})


def measure_face(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure smiles, breath, sway and jaw, pooled over all people."""
    people = [person for pair in pairs for person in pair]
    smile = np.concatenate([person.smile for person in people])
    jaw = np.concatenate([person.jaw[person.speaks] for person in people])
    return (
        {"smiling share": float((smile > _SMILES).mean())}
        | _measure_smiles(pairs)
        | _measure_breath(pairs)
        | {
            "sway spread, mm": float(
                np.median([person.events["sway"].std(axis=0)[[0, 2]].mean() for person in people]) * 1000
            ),
            "jaw p95 speaking, deg": float(np.percentile(jaw, 95)),
        }
    )


def _measure_smiles(pairs: Sequence[Pair]) -> dict[str, float]:
    people = [person for pair in pairs for person in pair]
    shapes = np.array([shape for person in people for shape in _smile_shapes(person)]).reshape(-1, 3)  # [S, 3] seconds
    delays = [answer_delays(person, other) for pair in pairs for person, other in (pair, pair[::-1])]
    answered = np.concatenate(delays)
    return {
        "smile duration median, s": middle(shapes[:, 0]),
        "smile onset median, s": middle(shapes[:, 1]),
        "smile offset / onset": middle(shapes[:, 2] / shapes[:, 1]),
        "smiles answered": average(np.isfinite(answered)),
        "smile answer latency, s": middle(answered),
    }


def _smile_shapes(person: Observed) -> list[tuple[float, float, float]]:
    """Return (seconds at half height, seconds of rise, seconds of fall) of the smiles that stand alone."""
    curve, shapes = person.events["smile"], []
    onsets = [*np.flatnonzero(person.events["smile_onset"] > 0).tolist(), len(curve)]
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


def answer_delays(person: Observed, other: Observed) -> np.ndarray:
    """Return seconds from every smile that `person` began to the answer of `other`, nan where there is none."""
    own = np.flatnonzero(person.events["smile_onset"] == 1) / FRAME_RATE
    theirs = np.flatnonzero(other.events["smile_onset"] > 0) / FRAME_RATE
    delays = []
    for moment in own:
        since = theirs - moment
        since = since[(since > _ANSWER[0]) & (since < _ANSWER[1])]
        delays.append(float(since.min()) if len(since) else float("nan"))
    return np.array(delays)


def _measure_breath(pairs: Sequence[Pair]) -> dict[str, float]:
    people = [person for pair in pairs for person in pair]
    cycles = np.array([cycle for person in people for cycle in breath_cycles(person)]).reshape(-1, 3)  # [B, 3]
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


def breath_cycles(person: Observed) -> list[tuple[float, float, float]]:
    """Return (seconds, seconds of breathing in, share spoken) of every whole breath."""
    onsets, found = np.flatnonzero(person.events["inhalation"] > 0).tolist(), []
    for start, stop in pairwise(onsets):
        rising = int(person.events["breath"][start:stop].argmax())
        found.append(((stop - start) / FRAME_RATE, rising / FRAME_RATE, float(person.speaks[start:stop].mean())))
    return found


def _leads(pair: Pair) -> np.ndarray:
    """Return seconds from the last inhalation to every longer turn, nan where there is none just before."""
    found = []
    for turn in turns_of(pair)[1:-1]:
        if turn.seconds >= LONG_TURN:
            lead = turn.start - np.flatnonzero(pair[turn.person].events["inhalation"] > 0) / FRAME_RATE
            lead = lead[(lead > _BEFORE[0]) & (lead < _BEFORE[1])]
            found.append(float(lead.min()) if len(lead) else float("nan"))
    return np.array(found)
