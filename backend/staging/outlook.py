"""Where somebody mostly looks: at the partner, or ahead, where the partner is out of easy sight."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, radians
from typing import Final

import numpy as np

from .rotation import wrapped, yaw_and_pitch
from .stage import Place, Staging

_SHARE: Final = 0.5
_ASIDE: Final = radians(45.0)
"""Who looks away for this share of the time, that far aside, carries trunk and head there and not at the partner."""

_OVER_THE_SHOULDER, _BEHIND = radians(100.0), radians(135.0)
_HINTED: Final = radians(60.0)
"""Radians from the way the body faces to which people turn who look ahead, when they mean the partner; the last where
the partner is further round than the second: nobody sees who is behind, and a turn of the head does."""
_HINTED_UP: Final = radians(15.0)
"""Radians above or below the horizon, or the look ahead, to which people look who only hint at somebody behind."""


@dataclass(frozen=True)
class Outlook:
    """`home` [2] radians off the partner's eyes, left and up: where trunk and head rest; zero is at the partner.

    `turn` radians from the way the body faces to the partner, positive to the left, -2 pi to 2 pi, on that side of the
    body to which a look away from `home` goes; `most` radians to either side that the line of sight turns from there;
    `up` the least and most that it is up off the partner's eyes.
    """

    home: np.ndarray
    turn: float
    most: float
    up: tuple[float, float]

    @property
    def is_ahead(self) -> bool:
        """Whether they rest their eyes elsewhere than on the partner."""
        return bool(self.home.any())

    def within(self, gaze: np.ndarray) -> np.ndarray:
        """`gaze` [T, 2] radians off the partner's eyes, without what is further round than this person turns."""
        limited = np.array(gaze, np.float64)
        limited[..., 0] = np.clip(self.turn + limited[..., 0], -self.most, self.most) - self.turn
        limited[..., 1] = np.clip(limited[..., 1], *self.up)
        return limited


_ANYWHERE: Final = (-pi, pi)

AT_PARTNER: Final = Outlook(np.zeros(2), 0.0, 2.0 * pi, _ANYWHERE)
"""Of who has the partner before them."""


def outlook(place: Place, partner: Place) -> Outlook:
    """Where who is at `place` mostly looks."""
    yaw, pitch = yaw_and_pitch(np.subtract(partner.position, place.position))
    turn = float(wrapped(yaw - place.facing))
    if place.away is None or place.gaze_away < _SHARE or abs(place.away[0]) < np.degrees(_ASIDE):
        return AT_PARTNER
    home = np.radians(place.away)
    # the same direction, on the side to which the look away leads
    turn = min((turn, turn + 2.0 * pi, turn - 2.0 * pi), key=lambda angle: abs(angle + home[0]))
    ahead = abs(turn + float(home[0]))
    if abs(turn) <= _BEHIND:
        return Outlook(home, turn, max(_OVER_THE_SHOULDER, ahead), _ANYWHERE)
    level = -float(pitch)
    least, most = min(level, float(home[1])) - _HINTED_UP, max(level, float(home[1])) + _HINTED_UP
    return Outlook(home, turn, max(_HINTED, ahead), (least, most))


def outlooks(staging: Staging) -> tuple[Outlook, Outlook]:
    """Of both people."""
    first, second = staging.places
    return outlook(first, second), outlook(second, first)
