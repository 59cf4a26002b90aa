"""How turns of rehearsals meet, and how people answer what they see of each other, next to what chance does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of

from .observed import Observed, Pair, average, gaps_of, joined, middle, ratio, turns_of

_MODE_WIDTH: Final = 0.05
_LONG_GAP, _SHORT_OVERLAP = 1.0, 0.4
_ANSWER_DELAY: Final = (-0.35, 0.7)
"""Seconds from a phrase's end within which an mm-hm belongs to it."""

_BLINK, _NOD, _BACK, _FOLLOW, _RAISE = (0.24, 0.52), (0.28, 0.92), (0.2, 0.6), (0.28, 0.84), (0.4, 1.0)
"""Seconds within which an answer comes; the frames on which it may fall are rounded outwards."""

_POSTURE_LAGS: Final = np.arange(25, 101, 5)
"""Frames, 1–4 s."""

_TURNED: Final = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Shares of its length by which the answerer's half of a dialogue is shifted in time to estimate chance."""

_AROUND_INVITATION: Final = (0.3, 0.6)
"""Seconds before and after an invitation that are the speaker's pause."""

_LONG_LOOK: Final = 4.7
"""Seconds: the mean of what people like, and twice its spread."""

_SAME_DIRECTION: Final = np.radians(0.2)

Moments = Callable[[Observed], np.ndarray]
Where = Callable[[Observed, Observed], np.ndarray]
"""(who answers, the other one) → [T] bool where an answer is asked for."""


def measure_turns(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure turns, pooled over all dialogues; names as in targets.toml."""
    gaps = np.concatenate([gaps_of(pair) for pair in pairs])
    lengths = turn_lengths(pairs)
    overlaps = -gaps[gaps < 0]
    speaks = np.concatenate([person.speaks for pair in pairs for person in pair])
    signals = sum(len(person.signals) for pair in pairs for person in pair)
    listened = sum(person.listens.sum() for pair in pairs for person in pair) / FRAME_RATE / 60
    return {
        "speech share of a person": float(speaks.mean()),
        "turn gap mode, s": mode(gaps),
        "turn gap mean, s": average(gaps),
        "turn gap spread, s": float(gaps.std()) if len(gaps) else float("nan"),
        "turn gaps over 1 s": average(gaps > _LONG_GAP),
        "turn changes overlapped": average(gaps < 0),
        "overlaps under 0.4 s": average(overlaps < _SHORT_OVERLAP),
        "overlap share of speech": _overlap_share(pairs),
        "turn length median, s": middle(lengths),
        "turn length mean, s": average(lengths),
        "backchannels per minute of listening": ratio(signals, listened),
        "backchannels at phrase ends": _signals_at_ends(pairs),
    }


def turn_lengths(pairs: Sequence[Pair]) -> np.ndarray:
    """Return seconds of every turn that neither begins nor ends a rehearsal."""
    return np.array([turn.seconds for pair in pairs for turn in turns_of(pair)[1:-1]])


def mode(values: np.ndarray) -> float:
    """Return the most frequent value, with a Gaussian of 0.05 laid over each."""
    grid = np.arange(-1.5, 2.5, 0.01)
    density = np.exp(-(((grid[:, None] - values) / _MODE_WIDTH) ** 2) / 2).sum(axis=1)
    return float(grid[density.argmax()])


def _overlap_share(pairs: Sequence[Pair]) -> float:
    """Return the share of time with any speech in which both speak, backchannels included."""
    both = either = 0
    for pair in pairs:
        first, second = (_sounding(person.phrases + person.signals, person.frames) for person in pair)
        both, either = both + int((first & second).sum()), either + int((first | second).sum())
    return ratio(both, either)


def _sounding(spans: Sequence[tuple[float, float]], frames: int) -> np.ndarray:
    """Return [10 T] bool at 4 ms: within one of `spans`."""
    sounding = np.zeros(frames * 10, bool)
    for start, end in spans:
        sounding[round(start * FRAME_RATE * 10) : round(end * FRAME_RATE * 10)] = True
    return sounding


def _signals_at_ends(pairs: Sequence[Pair]) -> float:
    found = total = 0
    for pair in pairs:
        for person, other in (pair, pair[::-1]):
            ends = np.array([end for _, end in other.phrases] + [-99.0])
            for start, _ in person.signals:
                since = start - ends
                found += bool(((since > _ANSWER_DELAY[0]) & (since < _ANSWER_DELAY[1])).any())
                total += 1
    return ratio(found, total)


def measure_answers(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure answers, pooled over both people; people whose gaze the prompt sets are left out of those of gaze."""
    free = [pair for pair in pairs if pair[0].free and pair[1].free]
    blink, blink_chance = followed(pairs, begins("blink"), begins("blink"), _BLINK, at_pauses)
    nod, nod_chance = followed(pairs, begins("nod"), begins("nod"), _NOD, anywhere)
    back, back_chance = followed(free, looks_back, looks_back, _BACK, away_and_listening)
    brow, brow_chance = followed(pairs, begins("brow_raise"), begins("brow_raise"), _RAISE, _listening)
    mutual = [(person.events["gaze_away"] == 0) & (other.events["gaze_away"] == 0) for person, other in free]
    looks = joined(np.array([stop - start for start, stop in runs_of(both)]) / FRAME_RATE for both in mutual)
    return {
        "speaker's blinks at pauses followed": blink,
        "speaker's blinks followed, over chance": ratio(blink, blink_chance),
        "nods followed by a nod": nod,
        "nods followed, over chance": ratio(nod, nod_chance),
        "looks back at a listener who is away followed": back,
        "looks back followed, over chance": ratio(back, back_chance),
        "looks away followed there": _followed_there(free),
        "mutual gaze episodes over 4.7 s": average(looks > _LONG_LOOK),
        "brow raises followed, listening": brow,
        "brow raises followed, over chance": ratio(brow, brow_chance),
        "turn of the head taken over, r": _taken_over(pairs, "neck_posture", 1, -1),
        "lean taken over, r": _taken_over(pairs, "sway", 2, 1),
    }


def followed(
    pairs: Sequence[Pair], seen: Moments, answer: Moments, window: tuple[float, float], where: Where
) -> tuple[float, float]:
    """Return the share of the moments `seen` of a person that an `answer` of the other follows within `window` seconds.

    And the same by chance: with the answerer shifted in time, so that what is asked of them `where` it counts holds for
    the shifted ones too: who looks away looks back before long whatever the other does. Moments are [T] bool.
    """
    first, last = int(np.ceil(window[0] * FRAME_RATE - 1e-6)), int(window[1] * FRAME_RATE + 1e-6)
    hits: list[np.ndarray] = []
    by_chance: list[np.ndarray] = []
    for pair in pairs:
        for own, other in (pair, pair[::-1]):
            window_frames = np.arange(first, last + 1)
            for share in (0.0, *_TURNED):
                shifted = _shifted(own, round(share * own.frames))
                frames = np.flatnonzero(seen(other) & where(shifted, other))
                near = frames[frames + last < own.frames][:, None] + window_frames  # [moments, frames of the window]
                (by_chance if share else hits).append(answer(shifted)[near].any(axis=1))
    return average(joined(hits)), average(joined(by_chance))


def _shifted(person: Observed, frames: int) -> Observed:
    """Return `person` with what is done and said `frames` later; the end comes to the beginning."""
    if frames == 0:
        return person
    return replace(
        person,
        speaks=np.roll(person.speaks, frames),
        events={name: np.roll(event, frames, axis=0) for name, event in person.events.items()},
    )


def follow_delays(pairs: Sequence[Pair], seen: Moments, answer: Moments, where: Where) -> np.ndarray:
    """Return seconds from the moments `seen` of one person to the next `answer` of the other."""
    found = []
    for pair in pairs:
        for own, other in (pair, pair[::-1]):
            answers = np.flatnonzero(answer(own))
            frames = np.flatnonzero(seen(other) & where(own, other))
            following = np.searchsorted(answers, frames, side="right")
            known = following < len(answers)
            found.append((answers[following[known]] - frames[known]) / FRAME_RATE)
    return joined(found)


def looks_back(person: Observed) -> np.ndarray:
    """Return [T] bool: the first frame at the partner."""
    away = np.asarray(person.events["gaze_away"] > 0)
    return np.concatenate(([False], away[:-1] & ~away[1:]))


def begins(name: str) -> Moments:
    """Return a function for the moments on which the event `name` begins."""
    return lambda person: np.asarray(person.events[name] > 0)


def anywhere(own: Observed, _: Observed) -> np.ndarray:
    """Always."""
    return np.ones(own.frames, bool)


def away_and_listening(own: Observed, _: Observed) -> np.ndarray:
    """Frames in which the one who answers looks away and does not speak."""
    return np.asarray((own.events["gaze_away"] > 0) & ~own.speaks)


def at_pauses(own: Observed, other: Observed) -> np.ndarray:
    """The other one has the floor and pauses or ends a phrase."""
    paused = ~other.speaks
    before, after = (round(seconds * FRAME_RATE) for seconds in _AROUND_INVITATION)
    for frame in np.flatnonzero(other.events["invitation"] > 0).tolist():
        paused[max(0, frame - before) : frame + after + 1] = True
    return np.asarray(paused & _listening(own, other))


def _listening(own: Observed, other: Observed) -> np.ndarray:
    return np.asarray((other.events["floor"] > 0) & ~own.speaks)


def _followed_there(pairs: Sequence[Pair]) -> float:
    """Return the share of seen looks away after which the eyes turn to the same side of the room."""
    found = []
    first, last = int(np.ceil(_FOLLOW[0] * FRAME_RATE)), int(_FOLLOW[1] * FRAME_RATE)
    for pair in pairs:
        for own, other in (pair, pair[::-1]):
            target, at_them = own.events["gaze_target"], own.events["gaze_away"] == 0
            away = np.asarray(other.events["gaze_away"] > 0)
            for frame in np.flatnonzero(np.concatenate(([False], ~away[:-1] & away[1:])) & at_them).tolist():
                # Who sits opposite finds the place on the other hand.
                there = other.events["gaze_target"][frame] * (-1, 1)
                off = np.abs(target[frame + first : frame + last + 1] - there).max(axis=1, initial=0)
                found.append(bool((off < _SAME_DIRECTION).any()))
    return average(np.array(found))


def _taken_over(pairs: Sequence[Pair], name: str, axis: int, sign: int) -> float:
    """Return the mean correlation of a person's event `name` with the other's 1–4 s before, over lags and people."""
    found = []
    for pair in pairs:
        for own, other in (pair, pair[::-1]):
            mine, theirs = own.events[name][:, axis], sign * other.events[name][:, axis]
            found += [np.corrcoef(mine[lag:], theirs[:-lag])[0, 1] for lag in _POSTURE_LAGS.tolist()]
    return average(np.array(found))
