"""The performance: the animation of both heads, independent of any rig (performance.npz)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from .constants import JOINT_NAMES
from .errors import DuologueError, ExitCode
from .files import write_whole
from .reading import (
    are_finite_numbers,
    explained_read_errors,
    read_arrays,
    text_of,
    texts_of,
)

SCHEMA: Final = 1
ALONE: Final = "alone"
"""Key in a take's `meta`: true where one person's rows alone mean anything, so that nobody knows where the other is."""
_FRAME_RATES: Final = (1.0, 1000.0)
_LARGEST_NUMBER: Final = 1e6
"""Radians, metres and coefficients are far below it."""
_LARGEST_BYTES: Final = 4 << 30
_KEYS: Final = ("schema", "fps", "face", "speakers", "expression", "pose", "translation", "speaking", "meta")


@dataclass(frozen=True)
class Performance:
    """Both heads over T frames.

    `expression` [2, T, E] coefficients of the face's expression components;
    `pose` [2, T, 5, 3] axis-angle radians in FLAME joint order (global, neck, jaw, eye_left, eye_right);
    `translation` [2, T, 3] metres, Y up, Z forward; where the face's template origin goes;
    `speaking` [2, T] probability that this person speaks, 0 to 1;
    `meta` model, seed, prompt, staging, settings, audio hashes: anything JSON holds.
    """

    fps: float
    face: str
    speakers: tuple[str, str]
    expression: np.ndarray
    pose: np.ndarray
    translation: np.ndarray
    speaking: np.ndarray
    meta: dict[str, Any]

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise _invalid("This performance", problem)

    @property
    def frame_count(self) -> int:
        """T, the number of frames."""
        return int(self.pose.shape[1])

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frame_count / self.fps


def save_performance(path: Path, performance: Performance) -> None:
    """Write `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    arrays: dict[str, Any] = {
        "schema": np.int64(SCHEMA),
        "fps": np.float64(performance.fps),
        "face": np.str_(performance.face),
        "speakers": np.array(performance.speakers, dtype=np.str_),
        "expression": performance.expression.astype(np.float32),
        "pose": performance.pose.astype(np.float32),
        "translation": performance.translation.astype(np.float32),
        "speaking": performance.speaking.astype(np.float32),
        "meta": np.str_(json.dumps(performance.meta, sort_keys=True, allow_nan=False)),
    }
    write_whole(path, lambda file: np.savez_compressed(file, **arrays))


def load_performance(path: Path) -> Performance:
    """Read and check `path`. Raises DuologueError (PERFORMANCE_INVALID)."""
    with explained_read_errors(lambda reason: _invalid(str(path), f"cannot be read ({reason})")):
        found = read_arrays(path, _LARGEST_BYTES)
        missing = [key for key in _KEYS if key not in found]
        if missing:
            raise _invalid(str(path), f"lacks {', '.join(missing)}")
        if int(found["schema"]) != SCHEMA:
            raise _invalid(str(path), f"has schema {int(found['schema'])}; this version reads schema {SCHEMA}")
        first, second = texts_of(found["speakers"])
        return Performance(
            fps=float(found["fps"]),
            face=text_of(found["face"]),
            speakers=(first, second),
            expression=found["expression"],
            pose=found["pose"],
            translation=found["translation"],
            speaking=found["speaking"],
            meta=json.loads(text_of(found["meta"])),
        )


def _problem(performance: Performance) -> str | None:
    """What is wrong with the arrays, or None."""
    slowest, fastest = _FRAME_RATES
    if not slowest <= performance.fps <= fastest:
        return f"has {performance.fps} frames a second"
    frames = performance.pose.shape[1] if performance.pose.ndim > 1 else 0
    if frames < 1:
        return "has no frames"
    if not isinstance(performance.meta, dict):
        return "has notes that are no table"
    shapes: dict[str, tuple[int | None, ...]] = {
        "pose": (2, frames, len(JOINT_NAMES), 3),
        "expression": (2, frames, None),
        "translation": (2, frames, 3),
        "speaking": (2, frames),
    }
    problems = (_problem_of(name, getattr(performance, name), wanted) for name, wanted in shapes.items())
    return next((problem for problem in problems if problem), None)


def _problem_of(name: str, array: np.ndarray, wanted: tuple[int | None, ...]) -> str | None:
    if not _fits(array.shape, wanted):
        return f"has {name} of shape {array.shape}, not {tuple(size or 'E' for size in wanted)}"
    if not are_finite_numbers(array):
        return f"has numbers in {name} that are not finite"
    if array.size and np.abs(array).max() > _LARGEST_NUMBER:
        return f"has numbers in {name} that no face has"
    return None


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(size in (None, there) for there, size in zip(shape, wanted, strict=True))


def _invalid(what: str, problem: str) -> DuologueError:
    return DuologueError(
        ExitCode.PERFORMANCE_INVALID, f"{what} {problem}.", "Generate it again; nothing in the scene was changed."
    )
