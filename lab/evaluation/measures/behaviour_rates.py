"""How often people blink, nod and look at each other in a motion, to hold against STATISTICS."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.signal import find_peaks

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE
from backend.engines.motion import Motion

from .head_motion import longest_run
from .partner_gaze import share

_AT_PARTNER: Final = np.radians(5.5)
"""Line of sight within which somebody looks at the partner's face."""

_NOD: Final = np.radians(2.5)
_FROZEN: Final = np.radians(0.02)
"""Radians a frame below which a head does not move."""


def behaviour_rates(motion: Motion) -> dict[str, float]:
    """Means over both people: rates a minute, shares from 0 to 1, degrees."""
    minutes = motion.frames / FRAME_RATE / 60
    speaking = motion.speaking > 0.5  # noqa: PLR2004  (more likely than not)
    listening = ~speaking & speaking[::-1]
    at_partner = np.linalg.norm(motion.gaze, axis=-1) < _AT_PARTNER
    speed = np.linalg.norm(np.diff(motion.neck, axis=1), axis=-1)  # [2, T - 1]
    listened = max(float(listening.sum()) / FRAME_RATE / 60, 1e-6)
    return {
        "blinks_per_minute": sum(_blinks(one) for one in motion.expression) / (2 * minutes),
        "looking_at_partner_speaking": share(at_partner, speaking),
        "looking_at_partner_listening": share(at_partner, listening),
        "mutual_gaze": float(at_partner.all(axis=0).mean()),
        "nods_per_minute_listening": sum(_nods(motion.neck[who, :, 0], listening[who]) for who in range(2)) / listened,
        "head_spread_pitch_degrees": float(np.degrees(motion.neck[..., 0].std())),
        "head_spread_yaw_degrees": float(np.degrees(motion.neck[..., 1].std())),
        "head_speed_p99_degrees_per_second": float(np.degrees(np.quantile(speed, 0.99)) * FRAME_RATE),
        "longest_frozen_seconds": max(longest_run(one < _FROZEN) for one in speed) / FRAME_RATE,
    }


def _blinks(expression: np.ndarray) -> int:
    peaks, _ = find_peaks(expression[:, ARKIT_INDEX["eyeBlinkLeft"]], height=0.5, distance=4)
    return len(peaks)


def _nods(pitch: np.ndarray, listening: np.ndarray) -> int:
    """Dips of the head by more than 2.5° that take less than a second, in a row counted once, while listening."""
    peaks, _ = find_peaks(pitch, prominence=_NOD, width=(2, 0.6 * FRAME_RATE))
    peaks = peaks[listening[peaks]]
    return int(len(peaks) > 0) + int((np.diff(peaks) > FRAME_RATE).sum())
