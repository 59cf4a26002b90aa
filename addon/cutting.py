"""Which camera when: cut to who speaks, but never faster than an audience can follow. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Shot = Literal["two", "first", "second"]

_SPEAKING: Final = 0.5
_SINGLE: Final[tuple[Shot, Shot]] = ("first", "second")


@dataclass(frozen=True)
class Cut:
    """From `seconds` on the film shows `shot`."""

    seconds: float
    shot: Shot


@dataclass(frozen=True)
class CuttingStyle:
    """Seconds: the opening and closing two-shots, the shortest single, and how late a cut follows the first word."""

    opening: float = 2.6
    closing: float = 2.0
    shortest: float = 2.4
    longest: float = 7.0
    late: float = 0.25


def cut_dialogue(speaking: np.ndarray, fps: float, style: CuttingStyle = CuttingStyle()) -> list[Cut]:  # noqa: B008
    """Cuts for `speaking` [2, T] probabilities: a two-shot to open, singles of the speaker, a two-shot to close.

    A short answer does not pull the camera, and a single that has stood for `longest` seconds gives way to the two-shot.
    """
    length = speaking.shape[1] / fps
    cuts = [Cut(0.0, "two")]
    for seconds, speaker in _floor_changes(speaking, fps, style.shortest):
        at = seconds + style.late
        if at < style.opening or at > length - style.closing - style.shortest:
            continue
        _add(cuts, Cut(at, _SINGLE[speaker]), style)
    _add(cuts, Cut(max(0.0, length - style.closing), "two"), style)
    return _relieved(cuts, length, style)


def _floor_changes(speaking: np.ndarray, fps: float, shortest: float) -> list[tuple[float, int]]:
    """(seconds, person) where somebody takes the floor and holds most of the next `shortest` seconds."""
    talks = speaking >= _SPEAKING  # [2, T]
    window = max(1, round(shortest * fps))
    ahead = np.stack([np.convolve(row.astype(float), np.ones(window), "full")[window - 1 :] for row in talks])  # [2, T]
    holder, changes = -1, []
    for frame in range(talks.shape[1]):
        for person in (0, 1):
            starts = talks[person, frame] and (frame == 0 or not talks[person, frame - 1])
            if starts and person != holder and ahead[person, frame] > ahead[1 - person, frame]:
                holder = person
                changes.append((frame / fps, person))
    return changes


def _add(cuts: list[Cut], cut: Cut, style: CuttingStyle) -> None:
    if cut.shot != cuts[-1].shot and (cut.seconds - cuts[-1].seconds >= style.shortest or len(cuts) == 1):
        cuts.append(cut)


def _relieved(cuts: list[Cut], length: float, style: CuttingStyle) -> list[Cut]:
    """The same cuts with a two-shot in the middle of a single that stands too long."""
    relieved: list[Cut] = []
    for index, cut in enumerate(cuts):
        relieved.append(cut)
        end = cuts[index + 1].seconds if index + 1 < len(cuts) else length
        if cut.shot != "two" and end - cut.seconds > style.longest:
            middle = (cut.seconds + end) / 2
            relieved.append(Cut(middle, "two"))
    return relieved
