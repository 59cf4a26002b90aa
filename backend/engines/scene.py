"""The scene that an engine makes motion for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

MOODS: Final = ("neutral", "friendly", "happy", "tender", "sad", "angry", "tense", "surprised", "bored", "serious")
"""The moods of presets/staging/moods.json that people were rehearsed in, in the order of the condition."""

LAYOUT: Final = 7
"""Numbers that place the partner: see `Scene`."""


@dataclass(frozen=True)
class Scene:
    """What a staging says to the model about each person.

    `layout` [2, 7]: the partner's eyes in the axes of one's own chair (metres to the left, up, ahead), cosine and sine
    of how far the partner's chair is turned from one's own, 1 for standing, lean in radians; `moods` names of
    presets/staging/moods.json. Who avoids whose eyes because the sentence says so is not in it: staging sees to that,
    whatever the model does.
    """

    layout: np.ndarray
    moods: tuple[str, str]

    @property
    def distance(self) -> float:
        """Metres between both people's eyes."""
        return float(np.linalg.norm(self.layout[0, :3]))

    def mood_rows(self) -> np.ndarray:
        """[2, 10] one-hot; zeros for a mood that was not rehearsed."""
        return np.array([[float(mood == one) for one in MOODS] for mood in self.moods], np.float32)


ORDINARY_SCENE: Final = Scene(
    np.array([[0.0, 0.0, 1.1, -1.0, 0.0, 0.0, 0.0]] * 2, np.float32),
    ("neutral", "neutral"),
)
"""Two people who sit face to face, an arm and a half apart."""
