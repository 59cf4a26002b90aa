"""Landmarks of the open head, found by what the vertices do rather than by their numbers."""

from __future__ import annotations

import numpy as np


def mouth_landmarks(vertices: np.ndarray, lips: np.ndarray, jaw: np.ndarray) -> dict[str, int]:
    """Outer landmarks of the lips; `vertices` [V, 3]; `lips` mask and `jaw` share of the jaw, [V], 0 to 1."""
    on_lips = np.flatnonzero(lips > 0.5)  # noqa: PLR2004
    midline = on_lips[np.abs(vertices[on_lips, 0]) < 1e-4]  # noqa: PLR2004
    front = vertices[midline, 2].max()
    midline = midline[vertices[midline, 2] > front - 0.015]
    upper, lower = midline[jaw[midline] < 0.5], midline[jaw[midline] >= 0.5]  # noqa: PLR2004
    return {
        "lip_upper_outer": int(upper[np.argmax(vertices[upper, 1])]),
        "lip_lower_outer": int(lower[np.argmin(vertices[lower, 1])]),
        "mouth_left": int(on_lips[np.argmax(vertices[on_lips, 0])]),
        "mouth_right": int(on_lips[np.argmin(vertices[on_lips, 0])]),
    }


def eyelid_landmarks(vertices: np.ndarray, eye: np.ndarray, blink: np.ndarray, side: str) -> dict[str, int]:
    """The margins of both lids above and below the pupil: the pair that is apart at rest and meets in a blink.

    `vertices` [V, 3] of the skin; `eye` [3] the eyeball's centre; `blink` [V, 3] offsets of that eye's blink.
    """
    near = np.flatnonzero(
        (np.abs(vertices[:, 0] - eye[0]) < 0.003)  # noqa: PLR2004
        & (vertices[:, 2] > eye[2])
        & (np.abs(vertices[:, 1] - eye[1]) < 0.012)  # noqa: PLR2004
    )
    blinked = vertices + blink
    upper = near[vertices[near, 1] > eye[1]]
    lower = near[vertices[near, 1] <= eye[1]]
    apart = vertices[upper][:, None, 1] - vertices[lower][None, :, 1]
    touch = np.linalg.norm(blinked[upper][:, None] - blinked[lower][None], axis=2)
    depth = vertices[upper, 2][:, None] + vertices[lower, 2][None]
    first, second = np.unravel_index(np.argmin(touch + 0.15 * apart - 0.1 * depth), touch.shape)
    return {f"eyelid_upper_{side}": int(upper[first]), f"eyelid_lower_{side}": int(lower[second])}


def profile_landmarks(vertices: np.ndarray, eyes: np.ndarray, mouth: np.ndarray) -> dict[str, int]:
    """Landmarks along the midline; `vertices` [V, 3] of the skin, `eyes` and `mouth` [3] for orientation."""
    midline = np.flatnonzero(np.abs(vertices[:, 0]) < 1e-4)  # noqa: PLR2004
    heights = vertices[midline, 1]

    def foremost(low: float, high: float) -> int:
        within = midline[(heights > low) & (heights < high)]
        return int(within[np.argmax(vertices[within, 2])])

    return {
        "nose_tip": foremost(mouth[1] + 0.01, eyes[1]),
        "chin": foremost(mouth[1] - 0.06, mouth[1] - 0.022),
        "forehead": foremost(eyes[1] + 0.04, eyes[1] + 0.07),
        "crown": int(midline[np.argmax(heights)]),
    }
