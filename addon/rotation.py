"""Axis-angle to quaternions, for whole curves at once."""

from __future__ import annotations

import numpy as np


def quaternions(axis_angle: np.ndarray) -> np.ndarray:
    """[T, 3] axis-angle radians → [T, 4] unit quaternions w, x, y, z, each on its predecessor's side.

    q and -q are one rotation; the sign that keeps neighbours close keeps F-curves free of jumps.
    """
    half = np.linalg.norm(axis_angle, axis=-1, keepdims=True) / 2.0  # [T, 1]
    result = np.concatenate([np.cos(half), axis_angle / 2.0 * np.sinc(half / np.pi)], axis=-1)  # [T, 4]
    together = np.sum(result[1:] * result[:-1], axis=-1)  # [T - 1]
    signs = np.cumprod(np.where(together < 0.0, -1.0, 1.0))
    result[1:] *= signs[:, None]
    return result


def resampled_quaternions(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """[T, 4] sign-continuous quaternions at fractional indices `at` [K], normalised linear interpolation → [K, 4]."""
    result = resampled(values, at)
    return result / np.linalg.norm(result, axis=-1, keepdims=True)


def resampled(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """[T, C] at fractional indices `at` [K] (held beyond both ends), linear → [K, C]."""
    at = np.clip(at, 0.0, len(values) - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, len(values) - 1)
    share = (at - below)[:, None]
    return values[below] * (1.0 - share) + values[above] * share
