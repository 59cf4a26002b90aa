"""A take leaves Blender: as CSV for face-capture tools, a file a person, or as JSON with everything. No bpy here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.constants import JOINT_NAMES, OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import write_text_whole
from ...backend.contract.performance import Performance
from ..retargeting.arkit_channels import arkit_channels
from ..retargeting.facing_angles import angles
from ..retargeting.own_heads import component_names
from ..retargeting.rotation import axis_angles, product, quaternions
from ..retargeting.transferring import told_for_face
from ..steps import Steps, at_once, each_part, part_of
from .live_link_csv import FaceRecording, live_link_text
from .take_json import take_text

PEOPLE: Final = {"both": (0, 1), "1": (0,), "2": (1,)}
"""Whom to export, as the panel and the command line call them."""
FORMATS: Final = (".csv", ".json")

_ANY_JOINTS: Final = np.zeros((len(JOINT_NAMES), 3))
"""Joints at rest matter to where a head is; a CSV says only how it turns."""


def export_take(performance: Performance, out: Path, person: str, transfers: Path) -> list[Path]:
    """Write the `person` ("1", "2" or "both") of a take to `out`, by its suffix .csv or .json. Returns the files.

    A CSV holds one person, so both become two files that carry the speakers' names. When the second cannot be written
    the first is taken back. `transfers` is the folder of basis transfers, for a CSV of a take on a FLAME face.
    Raises DuologueError (BAD_REQUEST, DISK_FULL, OUTPUT_NOT_WRITABLE; PERFORMANCE_INVALID: there is no transfer).
    """
    return at_once(export_take_in_steps(performance, out, person, transfers))


def export_take_in_steps(performance: Performance, out: Path, person: str, transfers: Path) -> Steps[list[Path]]:
    """The same in steps; files are written after the last one."""
    people = PEOPLE[person]
    suffix = out.suffix.lower()
    if suffix not in FORMATS:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"{out.name} ends in neither {' nor '.join(FORMATS)}.",
            "Choose CSV for face-capture tools or JSON for everything.",
        )
    if suffix == ".json":
        components = component_names(performance.face, performance.expression.shape[2])
        texts = {out: (yield from take_text(performance, components, people))}
    else:
        texts = {}
        yield "Telling the take in ARKit's terms", 0.0
        told = told_for_face(performance, OPEN_HEAD, _ANY_JOINTS, transfers)
        paths = [out] if len(people) == 1 else _file_a_person(out, performance.speakers)
        for index, path, (begin, end) in zip(people, paths, each_part(len(people)), strict=True):
            texts[path] = yield from part_of(live_link_text(face_recording(told, index)), begin, end)
    _write_all(texts)
    return list(texts)


def _write_all(texts: Mapping[Path, str]) -> None:
    """Write each text into its file; when one cannot be written, those that were not there before go again."""
    written: list[Path] = []
    try:
        for path, text in texts.items():
            new = not path.exists()
            write_text_whole(path, text)
            written += [path] if new else []
    except DuologueError:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def face_recording(performance: Performance, person: int) -> FaceRecording:
    """One person as a phone before them would have recorded it.

    The head's angles are those of global and neck together, measured from the way the person faces on average, so that
    0 is where a camera in front would be. The eyes' are relative to the head.
    Raises DuologueError (PERFORMANCE_INVALID) for a take that is not in ARKit's terms.
    """
    channels = arkit_channels(performance, person)
    pose = performance.pose[person].astype(np.float64)  # [T, 5, 3] radians
    turned = {name: pose[:, index] for index, name in enumerate(JOINT_NAMES)}
    head = product(quaternions(turned["global"]), quaternions(turned["neck"]))  # [T, 4]
    ahead = np.array([[0.0, _mean_heading(turned["global"]), 0.0]])
    relative = product(quaternions(-ahead), head)
    return FaceRecording(
        fps=performance.fps,
        seconds=np.arange(performance.frame_count) / performance.fps,
        expression=np.stack([channels[name] for name in ARKIT_NAMES], axis=1),
        head=angles(axis_angles(relative)),
        eyes=np.stack([angles(turned["eye_left"]), angles(turned["eye_right"])], axis=1),
    )


def _mean_heading(turns: np.ndarray) -> float:
    """[T, 3] axis-angle → radians about Y of the average direction that Z is turned to."""
    w, x, y, z = quaternions(turns).T
    return float(np.arctan2(np.mean(2.0 * (x * z + w * y)), np.mean(1.0 - 2.0 * (x * x + y * y))))


def _file_a_person(out: Path, speakers: tuple[str, str]) -> list[Path]:
    """`out` with each speaker's name; two names that some disk takes for one get numbers."""
    names = [_file_name(name) or str(number) for number, name in enumerate(speakers, 1)]
    first, second = (unicodedata.normalize("NFC", name).casefold() for name in names)
    if first == second:
        names = [f"{name} {number}" for number, name in enumerate(names, 1)]
    return [out.with_name(f"{out.stem}-{name}{out.suffix}") for name in names]


def _file_name(speaker: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_" else "-" for letter in speaker).strip()
