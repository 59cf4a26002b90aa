"""Curves over time: movements, smooth steps, swells and bells, noise, smoothing, and envelopes that cover a curve."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.ndimage import convolve1d, gaussian_filter1d, maximum_filter1d

from ..contract.constants import FRAME_RATE


def smooth_noise(rng: np.random.Generator, frames: int, cutoff: float, channels: int) -> np.ndarray:
    """[T, channels] noise of unit variance with most power below `cutoff` Hz (a Gaussian's spectrum).

    Made of points at a few times the cutoff, so that a long dialogue costs little.
    """
    step = max(1, int(FRAME_RATE / (cutoff * 8)))  # frames between points
    count = frames // step + 3
    width = FRAME_RATE / (2 * np.pi * cutoff) / step  # points
    reach = int(np.ceil(4 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= np.sqrt(np.sum(kernel**2))
    raw = rng.standard_normal((count + 2 * reach, channels))
    points = np.stack([np.convolve(column, kernel, mode="valid") for column in raw.T], axis=1)  # [count, channels]
    at = np.arange(frames) / step
    return np.stack([np.interp(at, np.arange(count), column) for column in points.T], axis=1)


def min_jerk(since: np.ndarray, seconds: float) -> np.ndarray:
    """From 0 to 1 in `seconds`, `since` seconds it began: a minimum-jerk movement (Hogan 1984)."""
    part = np.clip(since / seconds, 0, 1)
    return np.asarray(part**3 * (10 - 15 * part + 6 * part * part))


def moved(frames: int, moves: Iterable[tuple[float, float, np.ndarray]]) -> np.ndarray:
    """[T, 3] the sum of minimum-jerk `moves`: each begins at so many seconds, takes so many, and goes so far [3].

    Costs as much as the moves last, however long the whole is.
    """
    speed = np.zeros((frames, 3))  # a frame
    for start, seconds, step in moves:
        stop = min(frames, int(np.ceil((start + seconds) * FRAME_RATE)) + 1)
        first = min(max(0, int(np.floor(start * FRAME_RATE))), max(stop - 1, 0))
        gone = min_jerk(np.arange(first, max(stop, min(1, frames))) / FRAME_RATE - start, seconds)
        speed[first : first + len(gone)] += np.diff(gone, prepend=0.0)[:, None] * step
    return np.cumsum(speed, axis=0)


def smooth_step(values: np.ndarray, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """0 up to `low`, 1 from `high` on, 3x² − 2x³ between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def swell(since: np.ndarray, rise: float, stay: float, fall: float) -> np.ndarray:
    """From 0 up to 1 in `rise`, 1 for `stay`, and back in `fall`; seconds, `since` it began."""
    return np.asarray(smooth_step(since / rise) * (1 - smooth_step((since - rise - stay) / fall)))


def raise_to(curve: np.ndarray, start: float, rise: float, stay: float, fall: float, height: float) -> None:
    """Raise `curve` [T] in place to a `bell` of `height` with its zero at `start` seconds, where it is lower."""
    first = max(0, int(np.ceil((start - 0.25 * stay) * FRAME_RATE)))
    stop = min(len(curve), int((start + rise + 1.75 * stay + fall) * FRAME_RATE) + 1)
    since = np.arange(first, max(stop, first)) / FRAME_RATE - start
    part = slice(first, first + len(since))
    curve[part] = np.maximum(curve[part], height * bell(since, rise, stay, fall))


def bell(since: np.ndarray, rise: float, stay: float, fall: float) -> np.ndarray:
    """A swell without a flat top: above a half at the same moments as `swell`, with the same area; seconds.

    It begins a quarter of `stay` earlier, is 1 at `rise` + `stay` / 4, and ends three quarters of `stay` later.
    """
    up = rise + 0.5 * stay
    begun = since + 0.25 * stay
    return np.asarray(smooth_step(begun / up) * (1 - smooth_step((begun - up) / (fall + 1.5 * stay))))


def held_peaks(curve: np.ndarray, weight: np.ndarray, points: int) -> np.ndarray:
    """`curve` [T] whose peaks stay for `points`, an odd number, where `weight` [T] is 1."""
    return np.asarray(curve + weight * (maximum_filter1d(curve, points, mode="nearest") - curve))


def low_passed(curve: np.ndarray, hertz: float, rate: float = FRAME_RATE, axis: int = 0) -> np.ndarray:
    """`curve` without what is faster than `hertz`, unchanged where `hertz` is half of `rate` or more.

    `rate` values a second along `axis`. The kernel is a sinc under its own main lobe: no lag, half the amplitude at
    `hertz`, and a step overshoots by 6 % at most, where a Gaussian of the same cutoff lets through twice the tremor.
    """
    if hertz >= 0.5 * rate:
        return np.asarray(curve)
    reach = int(np.ceil(rate / hertz))
    at = np.arange(-reach, reach + 1) * hertz / rate  # periods of the cutoff
    kernel = np.sinc(2 * at) * np.sinc(at) * (np.abs(at) < 1)
    return np.asarray(convolve1d(curve, kernel / kernel.sum(), axis=axis, mode="nearest"))


def smoothed(curve: np.ndarray, seconds: float, axis: int = -1) -> np.ndarray:
    """`curve` under a Gaussian of standard deviation `seconds` along `axis`, over which there is a value a frame."""
    return np.asarray(gaussian_filter1d(curve, seconds * FRAME_RATE, axis=axis, mode="nearest"))


def slow_noise(generator: np.random.Generator, frames: int, seconds: float) -> np.ndarray:
    """[T] noise of standard deviation 1 that changes over about `seconds`.

    The scale comes from the filter, not from the draw, so a short take is as calm as a long one.
    """
    width = seconds * FRAME_RATE
    margin = int(4 * width) + 1
    white = generator.standard_normal(frames + 2 * margin)
    gain = (2.0 * np.sqrt(np.pi) * width) ** 0.5
    noise: np.ndarray = gain * gaussian_filter1d(white, width, mode="constant")[margin : margin + frames]
    return noise


def covering_envelope(curve: np.ndarray, seconds: float) -> np.ndarray:
    """[..., T] signed → [..., T], smooth, at least as large as `curve` wherever it is not zero.

    Each sign is dilated by half of `seconds` and then averaged over no more than that, so the average never falls
    below the curve. Peaks of opposite sign closer than `seconds` weaken each other.
    """
    radius = max(1, round(seconds * FRAME_RATE / 2.0))
    envelope: np.ndarray = _covering(np.maximum(curve, 0.0), radius) - _covering(np.maximum(-curve, 0.0), radius)
    return envelope


def _covering(curve: np.ndarray, radius: int) -> np.ndarray:
    dilated = maximum_filter1d(curve, 2 * radius + 1, axis=-1, mode="nearest")
    window = np.hanning(2 * radius + 3)[1:-1]
    result: np.ndarray = convolve1d(dilated, window / window.sum(), axis=-1, mode="nearest")
    return result
