"""How people move: blinks, nods, the spectrum of a head's turning, standstill and jumps; and the rates of a motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import find_peaks, welch

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of
from backend.engines.base import Motion

from .staging import share

BANDS: Final = ((0.0, 0.5), (0.5, 1.5), (1.5, 4.0), (4.0, 8.0))
"""Hertz, as in STATISTICS."""

_BLINK: Final = 0.5
"""Share of the way to shut from which lids count as a blink, if they open again after."""
_BLINK_APART, _BLINK_LONGEST = 0.16, 0.8

_NOD: Final = np.radians(2.5)
_NOD_LONGEST: Final = 0.6
_NODS_TOGETHER: Final = 1.0

_STILL: Final = 0.00025
"""Metres a second below which no landmark moves: breathing alone is ten times as much."""
_FROZEN_FROM: Final = 0.5
"""Seconds of standstill that count as frozen; shorter ones are the ends of a movement."""

_WINDOW: Final = 8.0


@dataclass(frozen=True)
class Jump:
    """The largest step of a landmark from one frame to the next."""

    millimetres: float
    landmark: str
    seconds: float


def blink_times(lids: np.ndarray, fps: float) -> np.ndarray:
    """[N] seconds of blinks in `lids` [T], 0 open to 1 shut: half shut at least, for less than 0.8 s."""
    peaks, _ = find_peaks(
        lids,
        height=_BLINK,
        prominence=_BLINK - 0.1,
        distance=max(1.0, _BLINK_APART * fps),
        width=(None, _BLINK_LONGEST * fps),
    )
    return np.asarray(peaks / fps)


def nod_times(pitch: np.ndarray, fps: float) -> np.ndarray:
    """[N] seconds of nods: the head dips by more than 2.5° and back in less than a second; a row of them is one.

    `pitch` [T] radians, positive downwards.
    """
    peaks, _ = find_peaks(pitch, prominence=_NOD, width=(2, max(3.0, _NOD_LONGEST * fps)))
    times = peaks / fps
    return np.asarray(times[np.concatenate(([True], np.diff(times) > _NODS_TOGETHER))]) if len(times) else times


def a_minute(times: np.ndarray, fps: float, where: np.ndarray) -> float:
    """How many of `times` [N] seconds fall into `where` [T] bool, for each minute of it; nan where it is empty."""
    minutes = where.sum() / fps / 60.0
    frames = np.clip(np.round(times * fps).astype(int), 0, len(where) - 1)
    return float(where[frames].sum() / minutes) if minutes > 0.0 else float("nan")


def pitch_yaw_roll(head: np.ndarray) -> np.ndarray:
    """[T, 3] radians from `head` [T, 3, 3]: down, to the person's left, crown to the person's right."""
    forward, up = head[:, :, 2], head[:, :, 1]
    yaw = np.unwrap(np.arctan2(forward[:, 0], forward[:, 2]))
    side = np.cross(np.array([0.0, 1.0, 0.0]), forward)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    roll = -np.arcsin(np.clip((up * side).sum(axis=-1), -1.0, 1.0))
    return np.stack((-np.arcsin(np.clip(forward[:, 1], -1.0, 1.0)), yaw, roll), axis=-1)


def spectrum(angle: np.ndarray, fps: float) -> tuple[np.ndarray, np.ndarray]:
    """Hertz [F] and power density [F] of `angle` [T] about its mean, in windows of 8 s (Welch)."""
    return welch(angle, fps, nperseg=min(len(angle), round(_WINDOW * fps)))  # type: ignore[no-any-return]


def band_shares(angle: np.ndarray, fps: float) -> tuple[float, ...]:
    """Share of the power of `angle` [T] up to 8 Hz in each of BANDS; nan where it does not move."""
    hertz, power = spectrum(angle, fps)
    sums = np.array([power[(hertz >= low) & (hertz < high)].sum() for low, high in BANDS])
    total = sums.sum()
    return tuple(float(share) for share in (sums / total if total > 1e-15 else np.full(len(BANDS), np.nan)))  # noqa: PLR2004


def still_frames(landmarks: np.ndarray, fps: float) -> np.ndarray:
    """[T] bool: part of at least half a second in which no landmark of [T, L, 3] metres moves."""
    if len(landmarks) < 2:  # noqa: PLR2004  (a single frame moves nowhere and freezes nobody)
        return np.zeros(len(landmarks), bool)
    speed = np.linalg.norm(np.diff(landmarks, axis=0), axis=-1).max(axis=1) * fps  # [T - 1] metres a second
    frozen = np.zeros(len(landmarks), bool)
    for first, last in runs_of(speed < _STILL):
        if (last - first) / fps >= _FROZEN_FROM:
            frozen[first : last + 1] = True
    return frozen


def longest_run(frozen: np.ndarray) -> int:
    """Frames of the longest run of True."""
    return max((last - first for first, last in runs_of(frozen)), default=0)


def largest_jump(landmarks: np.ndarray, names: tuple[str, ...], fps: float, without: str = " ") -> Jump:
    """Of [T, L, 3] metres in the scene, leaving out landmarks whose name contains `without`."""
    chosen = [index for index, name in enumerate(names) if without not in name]
    steps = np.linalg.norm(np.diff(landmarks[:, chosen], axis=0), axis=-1) * 1000.0  # [T - 1, L] millimetres
    if not steps.size:
        return Jump(0.0, "", 0.0)
    frame, which = np.unravel_index(int(steps.argmax()), steps.shape)
    return Jump(float(steps[frame, which]), names[chosen[int(which)]], float((frame + 1) / fps))


def landmark_steps(landmarks: np.ndarray) -> np.ndarray:
    """[T, L, 3] metres → [T − 1] millimetres, the landmark that moves furthest."""
    return np.asarray(np.linalg.norm(np.diff(landmarks, axis=0), axis=-1).max(axis=1, initial=0.0) * 1000.0)


_AT_PARTNER: Final = np.radians(5.5)
"""Line of sight within which somebody looks at the partner's face."""

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
        "blinks_per_minute": sum(_blinks(person) for person in motion.expression) / (2 * minutes),
        "looking_at_partner_speaking": share(at_partner, speaking),
        "looking_at_partner_listening": share(at_partner, listening),
        "mutual_gaze": float(at_partner.all(axis=0).mean()),
        "nods_per_minute_listening": sum(_nods(motion.neck[who, :, 0], listening[who]) for who in range(2)) / listened,
        "head_spread_pitch_degrees": float(np.degrees(motion.neck[..., 0].std())),
        "head_spread_yaw_degrees": float(np.degrees(motion.neck[..., 1].std())),
        "head_speed_p99_degrees_per_second": float(np.degrees(np.quantile(speed, 0.99)) * FRAME_RATE),
        "longest_frozen_seconds": max(longest_run(person < _FROZEN) for person in speed) / FRAME_RATE,
    }


def _blinks(expression: np.ndarray) -> int:
    peaks, _ = find_peaks(expression[:, ARKIT_INDEX["eyeBlinkLeft"]], height=0.5, distance=4)
    return len(peaks)


def _nods(pitch: np.ndarray, listening: np.ndarray) -> int:
    """Dips of the head by more than 2.5° that take less than a second, in a row counted once, while listening."""
    peaks, _ = find_peaks(pitch, prominence=_NOD, width=(2, 0.6 * FRAME_RATE))
    peaks = peaks[listening[peaks]]
    return int(len(peaks) > 0) + int((np.diff(peaks) > FRAME_RATE).sum())
