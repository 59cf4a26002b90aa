"""What a partner does that a listener may answer, and which answers are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.engines.dualtalk.model import EVENTS

AT_PARTNER: Final = "at_partner"
"""Share of the sampled performances in which the listener looks at the partner."""

_AFTER: Final = 0.6
"""Seconds after a turn in which its end is still answered."""

Channel = Literal["heard", "seen"]
"""What tells of a signal: the partner's sound (and with it the floor) or the partner's motion."""


@dataclass(frozen=True)
class Pair:
    """`answer` of the listener, one of EVENTS or AT_PARTNER, to the `signal` of the partner."""

    answer: str
    signal: str

    @property
    def name(self) -> str:
        """In words."""
        return f"{self.answer.replace('_', ' ')} ← {self.signal}"


CHANNELS: Final[dict[str, Channel]] = {
    "invites an answer": "heard",
    "falls silent": "heard",
    "yields the floor": "heard",
    "takes the floor": "heard",
    "speaks": "heard",
    "begins to smile": "seen",
    "looks at the listener": "seen",
    "looks away": "seen",
    "nods": "seen",
    "blinks": "seen",
    "raises the brows": "seen",
}
"""Signal → what tells of it."""

PAIRS: Final = (
    Pair("nod", "invites an answer"),
    Pair("nod", "falls silent"),
    Pair("smile", "begins to smile"),
    Pair("look_away", "yields the floor"),
    Pair("look_back", "takes the floor"),
    Pair(AT_PARTNER, "speaks"),
    Pair("look_back", "looks at the listener"),
    Pair("brow_raise", "invites an answer"),
    Pair("look_away", "looks away"),
    Pair("nod", "nods"),
    Pair("blink", "blinks"),
    Pair("brow_raise", "raises the brows"),
)
"""What is measured, in the order of the report."""


def signals_of(events: Mapping[str, np.ndarray], speaking: np.ndarray, person: int) -> dict[str, np.ndarray]:
    """Signal → [T], from the arrays of `Rehearsal.events` and `speaking` [2, T] of a dialogue."""
    voice = (speaking[person] > 0.5).astype(np.float64)  # noqa: PLR2004  (more of a frame than not)
    floor = events["floor"][person].astype(np.float64)
    away = (events["gaze_away"][person] > 0.5).astype(np.float64)  # noqa: PLR2004
    return {
        "invites an answer": events["invitation"][person].astype(np.float64),
        "falls silent": _rises(-voice),
        "yields the floor": _rises(-floor),
        "takes the floor": _rises(floor),
        "speaks": voice,
        # 1 of itself, 2 as an answer to the listener, which would turn cause and effect round.
        "begins to smile": (events["smile_onset"][person] == 1).astype(np.float64),
        "looks at the listener": _rises(-away),
        "looks away": _rises(away),
        "nods": (events["nod"][person] > 0).astype(np.float64),
        "blinks": (events["blink"][person] > 0).astype(np.float64),
        "raises the brows": (events["brow_raise"][person] > 0).astype(np.float64),
    }


def turns_of(events: Mapping[str, np.ndarray], person: int) -> np.ndarray:
    """[T] bool: `person` has the floor, or gave it up in the last _AFTER seconds."""
    floor = events["floor"][person] > 0.5  # noqa: PLR2004
    since = np.cumsum(floor)
    after = round(_AFTER * FRAME_RATE) + 1
    earlier = np.concatenate((np.zeros(after, since.dtype), since))[: len(since)]
    return np.asarray(floor | (since > earlier))


def answers_of(events: np.ndarray, at_partner: np.ndarray) -> dict[str, np.ndarray]:
    """Answer → [T], from `events` [T, 8] in the order of EVENTS and the share `at_partner` [T]."""
    return {name: events[:, kind] for kind, name in enumerate(EVENTS)} | {AT_PARTNER: at_partner}


def _rises(curve: np.ndarray) -> np.ndarray:
    """[T] how much `curve` [T] rises towards each frame."""
    return np.maximum(np.diff(curve, prepend=curve[:1]), 0.0)
