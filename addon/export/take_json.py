"""A take as JSON, for programs that do not read NumPy's archives. docs/export.md describes every field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import write_text_whole
from ...backend.contract.performance import Performance
from ...backend.contract.reading import explained_read_errors, read_bytes
from ..steps import Steps, at_once, each_part, part_of

FORMAT: Final = "duologue-take"
SCHEMA: Final = 1
_LARGEST_BYTES: Final = 4 << 30
_DECIMALS: Final = 6
_FRAMES_A_STEP: Final = 500
_ARRAYS: Final = ("expression", "pose", "translation", "speaking")
_UNITS: Final = {
    "expression": "coefficients of the components",
    "pose": "axis-angle in radians, one for each joint; X the person's left, Y up, Z forward",
    "translation": "metres; where the face's origin goes",
    "speaking": "probability that this person speaks, 0 to 1",
}


@dataclass(frozen=True)
class PersonTake:
    """One person over T frames: `expression` [T, E], `pose` [T, 5, 3], `translation` [T, 3], `speaking` [T]."""

    name: str
    expression: np.ndarray
    pose: np.ndarray
    translation: np.ndarray
    speaking: np.ndarray


@dataclass(frozen=True)
class JsonTake:
    """A take read from JSON: as a `Performance`, but of one person or two, and with the components' names."""

    fps: float
    face: str
    components: tuple[str, ...]
    people: tuple[PersonTake, ...]
    meta: dict[str, Any]

    def performance(self) -> Performance:
        """The same as a performance. Raises DuologueError (PERFORMANCE_INVALID) when there are not two people."""
        if len(self.people) != 2:  # noqa: PLR2004 — a conversation has two
            raise _invalid("This take", f"holds {len(self.people)} of the two people")
        first, second = self.people
        arrays = {name: np.stack([getattr(first, name), getattr(second, name)]).astype(np.float32) for name in _ARRAYS}
        return Performance(self.fps, self.face, (first.name, second.name), meta=self.meta, **arrays)


def write_take_json(
    path: Path, performance: Performance, components: Sequence[str], people: Sequence[int] = (0, 1)
) -> None:
    """Write `people` (0, 1) of a performance whose expression components are called `components` [E].

    Whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    write_text_whole(path, at_once(take_text(performance, components, people)))


def take_text(performance: Performance, components: Sequence[str], people: Sequence[int]) -> Steps[str]:
    """All of the file, as in `write_take_json`."""
    before = {
        "format": FORMAT,
        "schema": SCHEMA,
        "fps": performance.fps,
        "frames": performance.frame_count,
        "seconds": performance.seconds,
        "face": performance.face,
        "components": list(components),
        "joints": list(JOINT_NAMES),
        "units": _UNITS,
    }
    told = []
    for index, (begin, end) in zip(people, each_part(len(people)), strict=True):
        told.append((yield from part_of(_person(performance, index), begin, end)))
    return f'{_json(before)[:-1]},"people":[{",".join(told)}],"meta":{_json(performance.meta)}}}\n'


def read_take_json(path: Path) -> JsonTake:
    """Read and check `path`. Raises DuologueError (PERFORMANCE_INVALID)."""
    with explained_read_errors(lambda reason: _invalid(str(path), f"cannot be read ({reason})")):
        data = json.loads(read_bytes(path, _LARGEST_BYTES))
        if data["format"] != FORMAT or data["schema"] != SCHEMA:
            raise _invalid(
                str(path), f"is {data['format']} {data['schema']}; this version reads {FORMAT} schema {SCHEMA}"
            )
        take = JsonTake(
            fps=float(data["fps"]),
            face=str(data["face"]),
            components=tuple(str(name) for name in data["components"]),
            people=tuple(_read_person(person) for person in data["people"]),
            meta=dict(data["meta"]),
        )
        problem = _problem(take, int(data["frames"]))
        if problem:
            raise _invalid(str(path), problem)
    return take


def _person(performance: Performance, index: int) -> Steps[str]:
    told = [f'"name":{_json(performance.speakers[index])}']
    for name, (begin, end) in zip(_ARRAYS, each_part(len(_ARRAYS)), strict=True):
        rows = yield from part_of(_rows(getattr(performance, name)[index]), begin, end)
        told.append(f'"{name}":[{rows}]')
    return f"{{{','.join(told)}}}"


def _rows(values: np.ndarray) -> Steps[str]:
    """`values` [T, …] without the brackets around all frames."""
    told = []
    for first in range(0, len(values), _FRAMES_A_STEP):
        yield "Writing frames", first / len(values)
        some = values[first : first + _FRAMES_A_STEP].astype(np.float64)
        told.append(_json(np.round(some, _DECIMALS).tolist())[1:-1])
    return ",".join(told)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _read_person(data: dict[str, Any]) -> PersonTake:
    arrays = (np.array(data[name], dtype=np.float64) for name in _ARRAYS)
    return PersonTake(str(data["name"]), *arrays)


def _problem(take: JsonTake, frames: int) -> str | None:
    if not (take.fps > 0 and np.isfinite(take.fps)):
        return f"has {take.fps} frames a second"
    if frames < 1 or not take.people:
        return "has no frames or no people"
    wanted = {
        "expression": (frames, len(take.components)),
        "pose": (frames, len(JOINT_NAMES), 3),
        "translation": (frames, 3),
        "speaking": (frames,),
    }
    for person in take.people:
        for name, shape in wanted.items():
            array: np.ndarray = getattr(person, name)
            if array.shape != shape:
                return f"has {name} of shape {array.shape}, not {shape}"
            if not np.isfinite(array).all():
                return f"has numbers in {name} that are not finite"
    return None


def _invalid(what: str, problem: str) -> DuologueError:
    return DuologueError(ExitCode.PERFORMANCE_INVALID, f"{what} {problem}.", "Export the take again.")
