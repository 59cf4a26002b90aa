"""Who the film shows when: cuts that follow the conversation, as an editor makes them. No bpy here.

The picture is with whoever speaks, arrives a little before or after the sound does, and leaves a speaker for a moment
where the listener does something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from .reactions import Reaction
from .turns import Turn, is_quick, passes, phrase_ends, turns_of

View = Literal["two", "over", "close"]

SHORTEST_SHOT: Final = 1.0
"""Seconds; below this a cut feels like a flicker."""
LEAST_OVERLAP, MOST_OVERLAP = 0.2, 0.4
"""Seconds between the cut of the sound and that of the picture where a turn changes (J and L cuts)."""
CUTAWAY: Final = (1.0, 1.8)
"""Seconds that a listener is shown, the least and the most."""

_UNCUT: Final = 6.0
"""A dialogue shorter than this is one two-shot."""
_ESTABLISHING: Final = 1.6
"""Seconds that the two-shot which opens the film takes, where the first line comes at once."""
_CLOSING: Final = 1.2
"""Seconds after the last line from which on the film closes on both."""
_WAITED: Final = 0.8
"""Seconds before somebody speaks at which, after a long pause, the picture is already with them."""
_SEEN_FIRST, _SEEN_AFTER, _SEEN_BETWEEN = 1.4, 1.0, 2.0
"""Seconds that a speaker is shown before, after and between cutaways, at least."""
_ONE_CUTAWAY_IN: Final = 4.0
"""Seconds of a turn for each cutaway."""
_LONG_TURN, _LONG_TURN_SHOWS = 6.5, 3.2
"""Seconds of a turn that shows the listener whatever they do, and how far into it, near the end of a phrase."""
_NEAR_PAUSE: Final = 1.2
_WORTH_A_CUT: Final = 0.3
"""How clear a reaction must be for a cut to it; in a long turn any is shown."""
_BEFORE_REACTION, _AFTER_REACTION = 0.2, 0.3
"""Seconds of the listener's face before and after the reaction, so that it is seen to happen."""
_REACTS_TO_TURN: Final = 0.4
"""Seconds around the start of a turn in which what the former speaker does is worth staying for."""
_GOLDEN: Final = 0.618
_MARGIN: Final = 1e-6


@dataclass(frozen=True)
class Shot:
    """From `seconds` on the film is seen by camera `view` of `person` (0 or 1; the two-shot has None)."""

    seconds: float
    view: View
    person: int | None


@dataclass(frozen=True)
class _Stretch:
    """Seconds of film from `start` to `end` that belong to one speaker (None: to both); `quick`: of an exchange."""

    start: float
    end: float
    person: int | None
    quick: bool = False


def shots(
    speaking: np.ndarray, fps: float, reactions: Sequence[Reaction] = (), *, two_shot_is_close: bool = True
) -> list[Shot]:
    """The film's shots for `speaking` [2, T] (0 to 1, `fps` moments a second); the first begins at 0.

    A two-shot opens, and closes where there is time after the last word; between, the picture is with whoever has the
    turn. It changes `LEAST_OVERLAP` to `MOST_OVERLAP` before a line ends, or as much after the next one begins where
    that breaks in or the one who is spoken to reacts. `reactions` of the listener are shown for as long as `CUTAWAY`
    says. An exchange too quick to follow stays in the two-shot. Where faces are too small in that, so not
    `two_shot_is_close`, it goes over shoulders from one to the other, at a slower pace than the words. No shot is
    shorter than `SHORTEST_SHOT`, and a dialogue shorter than six seconds is one two-shot.
    """
    length = speaking.shape[1] / fps
    turns = turns_of(speaking, fps)
    if length < _UNCUT or not turns:
        return [Shot(0.0, "two", None)]
    wanted = _wanted(_stretches(turns, reactions, length, two_shot_is_close), speaking, fps, reactions)
    return _long_enough(wanted, length)


def _long_enough(wanted: Iterator[Shot], length: float) -> list[Shot]:
    """A two-shot, then what is wanted, later or not at all where a shot would be too short; the one before goes on."""
    planned = list(wanted)
    ends = [*(min(one.seconds, length) for one in planned[1:]), length]
    result = [Shot(0.0, "two", None)]
    for shot, end in zip(planned, ends, strict=True):
        start = max(shot.seconds, result[-1].seconds + SHORTEST_SHOT)
        same = (shot.view, shot.person) == (result[-1].view, result[-1].person)
        if not same and end - start >= SHORTEST_SHOT - _MARGIN:
            result.append(Shot(start, shot.view, shot.person))
    return result


def _stretches(
    turns: Sequence[Turn], reactions: Sequence[Reaction], length: float, two_shot_is_close: bool
) -> list[_Stretch]:
    """Whose film it is after the two-shot that opens it."""
    result: list[_Stretch] = []
    # The two-shot takes the time before the first line, or a little of the line where that comes at once.
    starts = [max(turns[0].start - LEAST_OVERLAP, _ESTABLISHING), *_changes(turns, reactions)]
    closing = _closing(turns[-1], length)
    begun = 0.0
    for index, (turn, cut, end) in enumerate(zip(turns, starts, [*starts[1:], closing], strict=True)):
        kind, person = _shown(turns, index, two_shot_is_close)
        quick = kind == "in turns"
        too_soon = kind == "with the one before" or (quick and turn.start - begun < SHORTEST_SHOT)
        if result and (too_soon or result[-1].person == person):
            result[-1] = replace(result[-1], end=end)
            continue
        start = cut
        if result and quick:
            start = max(cut, result[-1].start + SHORTEST_SHOT)
            result[-1] = replace(result[-1], end=start)
        result.append(_Stretch(start, end, person, quick))
        begun = turn.start
    return [*result, _Stretch(closing, length, None)] if closing < length else result


def _shown(turns: Sequence[Turn], index: int, two_shot_is_close: bool) -> tuple[str, int | None]:
    """How a turn is seen and of whom: alone, in the two-shot, in turns with others, or with the shot before."""
    turn, beside = turns[index], turns[max(0, index - 1) : index + 2]
    if passes(turns, index):
        return "with the one before", None
    if is_quick(turn) and sum(map(is_quick, beside)) > 1:
        return ("together", None) if two_shot_is_close else ("in turns", turn.person)
    return "alone", turn.person


def _changes(turns: Sequence[Turn], reactions: Sequence[Reaction]) -> Iterator[float]:
    """When the picture goes from each turn to the next.

    It leads the sound (L) or comes after it (J), never twice by the same time.
    """
    for index in range(1, len(turns)):
        before, turn = turns[index - 1 : index + 1]
        overlap = LEAST_OVERLAP + (MOST_OVERLAP - LEAST_OVERLAP) * (index * _GOLDEN % 1.0)
        answered = any(
            one.person == before.person and abs(one.start - turn.start) < _REACTS_TO_TURN
            for one in reactions
            if one.strength >= _WORTH_A_CUT
        )
        if turn.breaks_in or answered:
            yield turn.start + overlap
        else:
            yield max(before.end - overlap, turn.start - _WAITED)


def _closing(turn: Turn, length: float) -> float:
    """When the two-shot that closes the film begins; its length where no time is left for one."""
    start = turn.end + 0.5 * (LEAST_OVERLAP + MOST_OVERLAP)
    return start if length - start >= _CLOSING else length


def _wanted(
    stretches: Sequence[_Stretch], speaking: np.ndarray, fps: float, reactions: Sequence[Reaction]
) -> Iterator[Shot]:
    heard = [0, 0]
    for stretch in stretches:
        if stretch.person is None:
            yield Shot(stretch.start, "two", None)
            continue
        # The first time over the other's shoulder, so that the place is clear; then closer.
        view: View = "over" if stretch.quick or heard[stretch.person] % 2 == 0 else "close"
        heard[stretch.person] += 1
        yield Shot(stretch.start, view, stretch.person)
        for start, end in _cutaways(stretch, phrase_ends(speaking[stretch.person], fps), reactions):
            yield Shot(start, "close", 1 - stretch.person)
            yield Shot(end, "close", stretch.person)


def _cutaways(stretch: _Stretch, pauses: np.ndarray, reactions: Sequence[Reaction]) -> list[tuple[float, float]]:
    """When the one who listens to this stretch is shown, in the order of time; `pauses` [N] seconds of its speaker."""
    length = stretch.end - stretch.start
    long = length >= _LONG_TURN
    seen = [one for one in reactions if one.person != stretch.person and (long or one.strength >= _WORTH_A_CUT)]
    found: list[tuple[float, float]] = []
    for one in sorted(seen, key=lambda one: -one.strength):
        span = _around(one, stretch.end - _SEEN_AFTER)
        if len(found) < max(1, int(length / _ONE_CUTAWAY_IN)) and _has_room(span, stretch, found):
            found.append(span)
    if long and not found:
        shown = stretch.start + _LONG_TURN_SHOWS
        near = pauses[np.abs(pauses - shown) < _NEAR_PAUSE]
        start = float(near[np.argmin(np.abs(near - shown))]) if near.size else shown
        found.append((start, start + 0.5 * sum(CUTAWAY)))
    return sorted(found)


def _around(reaction: Reaction, latest: float) -> tuple[float, float]:
    """When a cutaway to this reaction begins and ends: by `latest`, if it is long enough then."""
    least, most = CUTAWAY
    start = max(0.0, reaction.start - _BEFORE_REACTION)
    return start, start + max(min(reaction.end + _AFTER_REACTION - start, most, latest - start), least)


def _has_room(span: tuple[float, float], stretch: _Stretch, others: Sequence[tuple[float, float]]) -> bool:
    start, end = span
    within = start - stretch.start >= _SEEN_FIRST and stretch.end - end >= _SEEN_AFTER - _MARGIN
    return within and all(start - other[1] >= _SEEN_BETWEEN or other[0] - end >= _SEEN_BETWEEN for other in others)
