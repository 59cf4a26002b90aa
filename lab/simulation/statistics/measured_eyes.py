"""Where people of rehearsals look, for how long, how their eyes jump, and how they blink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of

from .observed import LONG_TURN, Observed, Pair, average, joined, middle, ratio, turns_of

_FACE: Final = 5.5
"""Degrees from the partner's eyes that are still the face, at a metre."""

_LANDED: Final = 3
"""Frames: eyes on their way from one side to the other cross the face in fewer."""

_LARGE: Final = 8.0
"""Degrees from which a saccade's size says nothing any more but how the distribution ends."""

_TWO_KEYS: Final = (8.6, 27.0)
"""Degrees between which a saccade lasts between one and two frames, so that the key between gives its duration."""

_SHUT, _ALMOST_OPEN = 0.9, 0.1


def measure_eyes(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure gaze and blinks, pooled; people whose gaze the prompt sets are left out of the measures of gaze."""
    free = [person for pair in pairs for person in pair if person.free]
    spells = {
        (talks, away): gaze_spells(free, talks=talks, away=away) for talks in (True, False) for away in (True, False)
    }
    sizes = saccade_sizes(free)
    start, per_degree = _main_sequence(free)
    # frames on which the eyes land somewhere
    moves = [np.flatnonzero((person.events["saccade"] + person.events["gaze_shift"]) > 0) for person in free]
    return (
        gaze_shares(pairs)
        | {
            "look at partner, speaking, s": average(spells[True, False]),
            "look away, speaking, s": average(spells[True, True]),
            "look at partner, listening, s": average(spells[False, False]),
            "look away, listening, s": average(spells[False, True]),
            "longer turns begun looking away": _share_at_turns(pairs, at_end=False),
            "longer turns ended looking at partner": _share_at_turns(pairs, at_end=True),
            "saccade size mean, deg": average(sizes),
            "saccade size beyond 8 deg, mean excess": average(sizes[sizes > _LARGE] - _LARGE),
            "saccade duration at 0 deg, ms": start * 1000,
            "saccade duration per deg, ms": per_degree * 1000,
            "fixation median, s": middle(joined(np.diff(frames) for frames in moves) / FRAME_RATE),
        }
        | _measure_blinks(pairs)
    )


def gaze_shares(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure shares of time at the partner, and how long both look at each other."""
    free = [person for pair in pairs for person in pair if person.free]
    speaking, listening = (
        joined(_at(person)[getattr(person, name)] for person in free) for name in ("speaks", "listens")
    )
    mutual = [_at(first) & _at(second) for first, second in pairs if first.free and second.free]
    return {
        "gaze at partner, speaking": average(speaking),
        "gaze at partner, listening": average(listening),
        "mutual gaze": average(joined(mutual)),
        "mutual gaze episode, s": average(np.array([b - a for both in mutual for a, b in runs_of(both)]) / FRAME_RATE),
    }


def gaze_spells(people: Sequence[Observed], *, talks: bool, away: bool) -> np.ndarray:
    """Return seconds of the spells at the partner, or away, of which most is spoken (`talks`) or listened through."""
    lengths = []
    for person in people:
        state = person.speaks if talks else person.listens
        looks = ~_at(person) if away else _at(person)
        lengths += [b - a for a, b in runs_of(looks)[1:-1] if state[a:b].mean() > 0.5]  # noqa: PLR2004
    return np.array(lengths) / FRAME_RATE


def saccade_sizes(people: Sequence[Observed]) -> np.ndarray:
    """Return degrees of every jump of the line of sight."""
    sizes = []
    for person in people:
        aim = np.degrees(person.events["gaze_target"] + person.events["fixation"])
        size = np.linalg.norm(np.diff(aim, axis=0), axis=1)
        sizes.append(size[size > 0.2])  # noqa: PLR2004  (half precision on disk makes smaller ones)
    return joined(sizes)


def blink_intervals(people: Sequence[Observed]) -> np.ndarray:
    """Return seconds between the beginnings of a person's blinks."""
    return np.concatenate([np.diff(np.flatnonzero(person.events["blink"] > 0)) for person in people]) / FRAME_RATE


def _at(person: Observed) -> np.ndarray:
    """Return [T] bool: on the face, longer than eyes take to cross it."""
    at = np.linalg.norm(person.gaze, axis=1) < _FACE
    for first, last in runs_of(at):
        at[first:last] = last - first >= _LANDED
    return np.asarray(at)


def _share_at_turns(pairs: Sequence[Pair], *, at_end: bool) -> float:
    """Return the share of turns of at least 1.5 s: looking away 0.2 s after the start, or at the partner at the end."""
    found = []
    for pair in pairs:
        for turn in turns_of(pair)[1:-1]:
            who = pair[turn.person]
            if turn.seconds >= LONG_TURN and who.free:
                frame = round((turn.end - 0.1 if at_end else turn.start + 0.2) * FRAME_RATE)
                found.append(bool(_at(who)[min(frame, who.frames - 1)] == at_end))
    return average(np.array(found))


def _main_sequence(people: Sequence[Observed]) -> tuple[float, float]:
    """Return seconds at no size and seconds a degree, fitted to how far jumps of 8.6–27° are after a frame.

    A minimum-jerk movement of duration D is done by half at D / 2: the key after 40 ms gives D.
    """
    table = np.linspace(0, 1, 2001)
    done = table**3 * (10 - 15 * table + 6 * table * table)
    size, seconds = [], []
    for person in people:
        aim = np.degrees(person.events["gaze_target"] + person.events["fixation"])
        step = np.diff(aim, axis=0)
        length = np.linalg.norm(step, axis=1)
        for frame in np.flatnonzero((length > _TWO_KEYS[0]) & (length < _TWO_KEYS[1])).tolist():
            if frame > 1 and length[frame - 2 : frame].max() == 0:
                part = (person.gaze[frame + 1] - aim[frame]) @ step[frame] / length[frame] ** 2
                if part < 0.9995:  # noqa: PLR2004  (what is all but done gives no duration)
                    size.append(length[frame])
                    seconds.append(1 / FRAME_RATE / max(float(np.interp(part, done, table)), 0.1))
    if len(size) < 10:  # noqa: PLR2004  (too few for a line)
        return float("nan"), float("nan")
    per_degree, start = np.polyfit(size, seconds, 1)
    return float(start), float(per_degree)


def _measure_blinks(pairs: Sequence[Pair]) -> dict[str, float]:
    people = [person for pair in pairs for person in pair]
    blink = np.concatenate([person.events["blink"] for person in people])
    speaks, listens = (np.concatenate([getattr(person, name) for person in people]) for name in ("speaks", "listens"))
    rates = [ratio(float(blink[where].sum()), where.sum() / FRAME_RATE / 60) for where in (listens, speaks)]
    seconds = np.concatenate(
        [person.events["blink_seconds"][person.events["blink"] > 0] for person in people]
    )  # [B, 2]
    logarithms = np.log(blink_intervals(people))
    off = logarithms - average(logarithms)
    shut = np.concatenate([_seconds_under(person.lids) for person in people])
    return {
        "blinks per minute, listening": rates[0],
        "blinks per minute, speaking": rates[1],
        "blinks speaking / listening": ratio(rates[1], rates[0]),
        "blink closing median, ms": middle(seconds[:, 0]) * 1000,
        "blink opening median, ms": middle(seconds[:, 1]) * 1000,
        "blink opening / closing": middle(seconds[:, 1] / seconds[:, 0]),
        "blink duration median, ms": middle(shut) * 1000,
        "blink intervals, skew of logarithm": ratio(average(off**3), average(off**2) ** 1.5),
    }


def _seconds_under(lids: np.ndarray) -> np.ndarray:
    """Return how long the lids are more than 10 % shut, for every blink that shuts them."""
    fine = np.interp(np.arange(0, len(lids) - 1, 0.1), np.arange(len(lids)), lids)
    lengths = [b - a for a, b in runs_of(fine > _ALMOST_OPEN) if fine[a:b].max() > _SHUT]
    return np.array(lengths) / FRAME_RATE / 10
