"""How far both people's motion is from what they did: the columns of Talking Together's Table 2 (arXiv 2603.08674).

Expression is ARKit's 52 coefficients, unscaled; rotation is jaw, neck and both eyes in degrees, translation in
millimetres. The paper's numbers are of FLAME's parameters and other people: rows of one table compare with each other,
not with the paper's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.face import Face
from backend.engines.base import Motion
from backend.engines.colocated.stream import EXPRESSION, EYES, JAW, TRANSLATION, gaze_of
from backend.staging.rotation import directions

from ..measures.dualtalk_metrics import CLUSTERS, diversity, frechet_distance, mean_squared_error
from ..measures.landmarks import landmarks_on_still_head
from .behaviour import opening

_SPEAKING: Final = 0.5
"""A probability above this is speech."""

_PARTS: Final = {
    "expression": (EXPRESSION, 1.0),
    "rotation": (slice(EXPRESSION.stop, EYES.stop), float(np.degrees(1.0))),
    "translation": (TRANSLATION, 1000.0),
}
"""What is compared together, and the factor that gives its unit."""

COLUMNS: Final = (
    *(f"{name}_{part}" for name in ("fd", "p_fd", "mse") for part in _PARTS),
    "lip",
    "gap",
    "gaze",
    "sid_speaking",
    "sid_listening",
)


def distances(wanted: np.ndarray, found: np.ndarray, speaking: np.ndarray, face: Face) -> dict[str, float]:
    """COLUMNS → value for one dialogue; nan where there are no frames to tell it.

    `wanted` and `found` [2, T, 65] as in `stream.stream_rows`, `speaking` [2, T] who truly speaks; lengths
    are cut to the shortest. `fd_*` Fréchet distance of each person's frames, the mean of both; `p_fd_*` of both
    people's frames side by side; `mse_*`; `lip` millimetres, the largest error of a lip landmark in a frame, the mean
    over the frames in which this person alone speaks, and `gap` the mean error of the opening there; `gaze` 1 − the
    cosine between the lines of sight; `sid_*` bits, how many kinds of the wanted expressions are met while speaking
    and while listening.
    """
    frames = min(wanted.shape[1], found.shape[1], speaking.shape[1])
    wanted, found = (rows[:, :frames].astype(np.float64) for rows in (wanted, found))
    speaks = speaking[:, :frames] > _SPEAKING
    numbers = _parted(wanted, found) | lips(wanted, found, speaking, face)
    sights = [directions(*np.moveaxis(gaze_of(rows), -1, 0)) for rows in (wanted, found)]
    numbers["gaze"] = float(1.0 - (sights[0] * sights[1]).sum(axis=-1).mean())
    for name, where in (("sid_speaking", speaks), ("sid_listening", ~speaks)):
        numbers[name] = _mean([_diversity(wanted[who], found[who], where[who]) for who in range(2)])
    return {name: numbers[name] for name in COLUMNS}


def lips(wanted: np.ndarray, found: np.ndarray, speaking: np.ndarray, face: Face) -> dict[str, float]:
    """`lip` and `gap` of `distances` alone."""
    frames = min(wanted.shape[1], found.shape[1], speaking.shape[1])
    speaks = speaking[:, :frames] > _SPEAKING
    errors = [lip_errors(wanted[who, :frames], found[who, :frames], face) for who in range(2)]
    apart, opening = (np.stack(curves) for curves in zip(*errors, strict=True))  # [2, T]
    alone = speaks & ~speaks[::-1]
    return {"lip": _mean_where(apart, alone), "gap": _mean_where(opening, alone)}


def mean_of(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean over dialogues; those in which something could not be measured are left out of it."""
    return {name: _mean([numbers[name] for numbers in found]) for name in found[0]} if found else {}


def lip_errors(wanted: np.ndarray, found: np.ndarray, face: Face) -> tuple[np.ndarray, np.ndarray]:
    """[T, 65] of one person, twice → [T] millimetres: the largest error of a lip landmark, and that of the opening."""
    order = [EXPRESSION.start + ARKIT_INDEX[name] for name in face.expression_names]
    names = list(face.landmarks)
    lips = [index for index, name in enumerate(names) if name.startswith(("lip_", "mouth_"))]
    posed = [landmarks_on_still_head(face, rows[:, order], rows[:, JAW]) for rows in (wanted, found)]  # [T, L, 3]
    apart = np.linalg.norm(posed[0] - posed[1], axis=-1)[:, lips].max(axis=1)
    upper, lower = names.index("lip_upper_inner"), names.index("lip_lower_inner")
    gaps = [rows[:, upper, 1] - rows[:, lower, 1] for rows in posed]
    return apart, np.abs(gaps[0] - gaps[1])


def _parted(wanted: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Fréchet distances and errors of each part of two streams, [2, T, 65] each."""
    numbers = {}
    for name, (part, unit) in _PARTS.items():
        wanted_part, found_part = wanted[..., part] * unit, found[..., part] * unit
        numbers[f"fd_{name}"] = _mean([frechet_distance(wanted_part[who], found_part[who]) for who in range(2)])
        numbers[f"p_fd_{name}"] = frechet_distance(
            np.hstack((wanted_part[0], wanted_part[1])), np.hstack((found_part[0], found_part[1]))
        )
        numbers[f"mse_{name}"] = mean_squared_error(found_part, wanted_part)
    return numbers


def _diversity(wanted: np.ndarray, found: np.ndarray, where: np.ndarray) -> float:
    clusters = CLUSTERS["exp"]
    if where.sum() < clusters:
        return float("nan")
    return diversity(wanted[where][:, EXPRESSION], found[where][:, EXPRESSION], clusters)


def _mean_where(values: np.ndarray, where: np.ndarray) -> float:
    return float(values[where].mean()) if where.any() else float("nan")


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


PARTS: Final = ("opening in speech", "head", "gaze", "brows", "sway")
UNITS: Final = {"opening in speech": "mm", "head": "°", "gaze": "°", "brows": "", "sway": "mm"}

_BROWS: Final = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith("brow")]
_FLAT: Final = 1e-9


def changes(first: Motion, second: Motion, speaking: np.ndarray, face: Face) -> dict[str, dict[str, float]]:
    """PARTS → `rms` and `largest` difference in its unit, `correlation` (nan where something never moves) and
    `spread` the standard deviation of the first, to hold the difference against.

    `speaking` [2, T] who truly speaks: a mouth is compared while its owner does. Sway is left out where there is none.
    """
    frames = min(first.frames, second.frames, speaking.shape[1])
    speaks = speaking[:, :frames] > _SPEAKING
    curves = [_curves(motion, frames, speaks, face) for motion in (first, second)]
    return {
        part: _change(curves[0][part], curves[1][part]) for part in PARTS if part in curves[0] and part in curves[1]
    }


def mean_changes(found: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The mean of every number, the maximum of `largest`; what was not known in one comparison is left out of it."""
    parts = [part for part in PARTS if all(part in numbers for numbers in found)]
    return {
        part: {
            name: float(np.max([numbers[part][name] for numbers in found]))
            if name == "largest"
            else _mean([numbers[part][name] for numbers in found])
            for name in found[0][part]
        }
        for part in parts
    }


def _curves(motion: Motion, frames: int, speaks: np.ndarray, face: Face) -> dict[str, np.ndarray]:
    """Part → [N, D] in its unit."""
    curves = {
        "opening in speech": opening(motion, face)[:, :frames][speaks][:, None],
        "head": np.degrees(motion.neck[:, :frames]).reshape(-1, 3),
        "gaze": np.degrees(motion.gaze[:, :frames]).reshape(-1, 2),
        "brows": motion.expression[:, :frames, _BROWS].reshape(-1, len(_BROWS)),
    }
    if motion.sway is not None:
        curves["sway"] = 1000.0 * motion.sway[:, :frames].reshape(-1, 3)
    return curves


def _change(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    apart = np.linalg.norm(first - second, axis=-1)
    return {
        "rms": float(np.sqrt((apart**2).mean())) if len(apart) else float("nan"),
        "largest": float(apart.max(initial=0.0)),
        "correlation": _correlation(first, second),
        "spread": float(np.sqrt(first.var(axis=0).sum())) if len(first) else float("nan"),
    }


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Correlate all columns of [N, D] about their own means together."""
    first, second = first - first.mean(axis=0), second - second.mean(axis=0)
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size > _FLAT else float("nan")
