"""How wrong a guess of who speaks when is: the diarisation error rate of NIST's Rich Transcription evaluations.

    error = (missed + false alarm + confusion) / speech of the reference

with a collar left out of the scoring around every start and end in the reference, and the guess's two people
called as fits best (NIST, “The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan”, section 6.1).
Where both speak, both count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.segments import SpeakerSegments, stretches

COLLAR_SECONDS: Final = 0.25


@dataclass(frozen=True)
class DiarisationError:
    """Seconds of speech in the reference, and of what the guess misses, makes up and gives to the wrong person."""

    speech: float
    missed: float
    false_alarm: float
    confusion: float

    @property
    def rate(self) -> float:
        """Share of the reference's speech that is wrong; 0 where neither has any, infinite where only the guess has."""
        wrong = self.missed + self.false_alarm + self.confusion
        if self.speech > 0.0:
            return wrong / self.speech
        return 0.0 if wrong == 0.0 else float("inf")


def diarisation_error(
    guess: SpeakerSegments, reference: SpeakerSegments, seconds: float, collar: float = COLLAR_SECONDS
) -> DiarisationError:
    """`guess` against `reference` over the first `seconds`; names do not matter. Exact: no time is rounded."""
    rows = [[stretches(said, speaker) for speaker in said.speakers] for said in (guess, reference)]
    edges = [time for row in rows[1] for stretch in row for time in stretch]
    around = [(time - collar, time + collar) for time in edges]
    cuts = np.unique(
        np.clip(
            [0.0, seconds, *(time for row in (*rows[0], *rows[1], around) for span in row for time in span)],
            0.0,
            seconds,
        )
    )
    middles, lengths = (cuts[1:] + cuts[:-1]) / 2.0, np.diff(cuts)  # [M] pieces in which nothing changes
    lengths = np.where(_inside(middles, around), 0.0, lengths)
    guessed, true = (np.stack([_inside(middles, stretch) for stretch in row]) for row in rows)  # [2, M] each
    return min((_scored(order, true, lengths) for order in (guessed, guessed[::-1])), key=lambda error: error.confusion)


def _inside(times: np.ndarray, intervals: list[tuple[float, float]]) -> np.ndarray:
    """[M] whether each time lies in one of the intervals."""
    inside = np.zeros(len(times), bool)
    for start, end in intervals:
        inside |= (times > start) & (times < end)
    return inside


def _scored(guessed: np.ndarray, true: np.ndarray, lengths: np.ndarray) -> DiarisationError:
    """`guessed` and `true` [2, M], row by row the same person; `lengths` [M] seconds."""
    said, predicted = true.sum(axis=0), guessed.sum(axis=0)
    right = (true & guessed).sum(axis=0)
    return DiarisationError(
        speech=float(said @ lengths),
        missed=float(np.maximum(said - predicted, 0) @ lengths),
        false_alarm=float(np.maximum(predicted - said, 0) @ lengths),
        confusion=float((np.minimum(said, predicted) - right) @ lengths),
    )
