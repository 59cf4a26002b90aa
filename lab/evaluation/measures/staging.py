"""Where people are and where they look: eye contact, and how far a performance is from what its sentence says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.staging import Place, Staging, stage_prompt
from backend.staging.leaning import USUAL_SHARE
from backend.staging.trunk import HIP_TO_NECK


@dataclass(frozen=True)
class StagingError:
    """Differences between what the sentence asks for and what the performance has.

    `distance_metres` between the eyes (expected, found); `place_metres` [2] how far each person's eyes are on average
    from where they should be, on the floor plan; `height_metres` [2] the same upwards; `facing_degrees` [2] between the
    trunk and the chair; `sides` whether the one who should be on the left of the picture is; `expected` where
    each one's eyes should be, metres.
    """

    arrangement: str
    warnings: tuple[str, ...]
    distance_metres: tuple[float, float]
    place_metres: tuple[float, float]
    height_metres: tuple[float, float]
    facing_degrees: tuple[float, float]
    sides: bool
    expected: tuple[tuple[float, float, float], tuple[float, float, float]]


def staging_error(
    prompt: str, names: tuple[str, str], eyes: np.ndarray, trunk: np.ndarray, without: Collection[str] = ()
) -> StagingError:
    """`eyes` [2, T, 3] metres and `trunk` [2, T, 3, 3] orientations against `prompt` as `stage_prompt` reads it,
    but for inferences whose keys are in `without`.

    What is right is not zero: people sway, speakers come forward, trunks turn towards partners, and not everybody is of
    one height.
    """
    staged = stage_prompt(prompt, names, without=without)
    wanted = np.array([_leaning(place) for place in staged.staging.places])  # [2, 3] metres
    found = eyes.mean(axis=1)  # [2, 3] metres
    apart = found - wanted
    floor = np.hypot(apart[:, 0], apart[:, 2])
    facing = [_facing_error(staged.staging, trunk[who], who) for who in range(2)]
    return StagingError(
        arrangement=staged.staging.arrangement,
        warnings=staged.warnings,
        distance_metres=(float(np.linalg.norm(wanted[0] - wanted[1])), float(np.linalg.norm(found[0] - found[1]))),
        place_metres=(float(floor[0]), float(floor[1])),
        height_metres=(float(apart[0, 1]), float(apart[1, 1])),
        facing_degrees=(facing[0], facing[1]),
        expected=(_leaning(staged.staging.places[0]), _leaning(staged.staging.places[1])),
        sides=bool((wanted[0, 0] < wanted[1, 0]) == (found[0, 0] < found[1, 0])),
    )


def _leaning(place: Place) -> tuple[float, float, float]:
    """[3] metres: the eyes of somebody who leans as the place says, about the hip; of the time in and between lines."""
    x, y, z = place.position
    lean = place.lean * (USUAL_SHARE if place.lean > 0.0 else 1.0)
    forward = HIP_TO_NECK * np.sin(lean)
    lowered = HIP_TO_NECK * (1.0 - np.cos(lean))
    return x + forward * float(np.sin(place.facing)), y - lowered, z + forward * float(np.cos(place.facing))


def _facing_error(staging: Staging, trunk: np.ndarray, who: int) -> float:
    """Degrees, 0 to 180, between the mean direction of the trunk and the place's facing on the floor plan."""
    forward = trunk[:, :, 2].mean(axis=0)
    turned = np.arctan2(forward[0], forward[2]) - staging.places[who].facing
    return float(np.degrees(abs((turned + np.pi) % (2.0 * np.pi) - np.pi)))


_CONE: Final = np.radians(5.5)
_FACE: Final = 0.08
"""Metres around the midpoint of the eyes that are still the partner's face."""


def angle_to_partner(eyes: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """[2, T] radians between each line of sight and the midpoint of the partner's eyes.

    `eyes` [2, T, 3] metres, `sight` [2, T, 3] unit.
    """
    there = eyes[::-1] - eyes
    distance = np.maximum(np.linalg.norm(there, axis=-1), 1e-6)
    cosine = (sight * there).sum(axis=-1) / distance
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


def at_partner(eyes: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """[2, T] bool: the line of sight meets the partner's face, 8 cm around the eyes' midpoint or 5.5°.

    Both are limits of this project. The directions that people take for eye contact are narrower, a cone of about 5°
    from edge to edge (Horstmann and Linke 2021); these also take in the rest of the face and errors of measuring.
    """
    distance = np.linalg.norm(eyes[::-1] - eyes, axis=-1)
    return np.asarray(angle_to_partner(eyes, sight) <= np.maximum(_CONE, np.arctan2(_FACE, distance)))


def share(of: np.ndarray, where: np.ndarray) -> float:
    """Share of the frames `where` [T] in which `of` [T] holds; nan without any."""
    return float(of[where].mean()) if where.any() else float("nan")
