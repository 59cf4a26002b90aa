"""One person's motion is known, the other one reacts: the second half of the engine in a single pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..lip_reader.listening import Heard
from ..motion import KnownPerson, Motion
from ..traits import engine_habits
from .model import DualTalk
from .partner_motion import motion_rows
from .rollout import Habits, draw_motion, predict


def react(
    heard: Heard,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
    known: KnownPerson,
    progress: Callable[[int, int], None],
) -> Motion:
    """`known` as it is, and the partner's motion, whose network sees it at every moment.

    `speaking` [2, T]; `known` has T frames; the rest as in `perform`. Raises ValueError for another length.
    """
    if known.frames != heard.frames:
        raise ValueError(f"{known.frames} frames are known of {heard.frames}")
    habits = (engine_habits(habits[0]), engine_habits(habits[1]))
    given = motion_rows(known.expression, known.jaw, known.neck, known.gaze)  # [T, 61]
    rows = np.zeros((2, *given.shape), np.float32)
    rows[known.person] = given
    windows = len(heard.windows)
    prediction = predict(heard, network, habits, rows, lambda done: progress(done, windows))
    made = draw_motion(prediction, heard, speaking, network, habits, seed)
    for name in ("expression", "jaw", "neck", "gaze"):
        getattr(made, name)[known.person] = getattr(known, name)
    return made
