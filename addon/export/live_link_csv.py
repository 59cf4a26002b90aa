"""CSV in the column layout of Epic's Live Link Face: one person, 52 shapes, three angles of the head and of each eye.

The layout is that of the app's own recordings (read from takes published in the repositories
JMTechArt/Pipeline-Examples and alexdjulin/LiveLinkFace-CSV-Retarget-For-Motionbuilder), which is also the order of
`EARFaceBlendShape` in Unreal Engine's AugmentedReality module: `Timecode`, `BlendShapeCount` (61), 52 shapes, then
yaw, pitch and roll of the head, the left eye and the right eye.

Those recordings also give the meaning of the angles, since their eyes are told twice. They are radians: a yaw of
-0.579 stands beside EyeLookOutLeft 0.995, a pitch of -0.349 beside EyeLookUp 0.666 and one of 0.129 beside
EyeLookDown 0.211. Measured against the shapes, a positive pitch looks down and a positive yaw to the person's right.
Their `LeftEye…` columns hold the eye that the shapes call right and the reverse (the app mirrors the one but not the
other); here the columns hold the eye they are named after. No recording found has head angles; they follow the eyes',
as they do in Unreal's AppleARKitFaceMeshConversion.h, and so does the order yaw, pitch, roll of its FRotator
(`facing_angles`).

A timecode is hours:minutes:seconds:frames.thousandths of a frame, counted at the take's rate.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import write_text_whole
from ...backend.contract.reading import explained_read_errors, read_bytes
from ..steps import Steps, at_once

_EYE: Final = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
_JAW_AND_LIPS: Final = (
    *("jawForward", "jawRight", "jawLeft", "jawOpen"),
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft"),
)
_PAIRS: Final = ("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch")
_ROLLS: Final = ("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper")
_LOWER_PAIRS: Final = ("mouthPress", "mouthLowerDown", "mouthUpperUp", "browDown")
_REST: Final = (
    *("browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight"),
    *("noseSneerLeft", "noseSneerRight", "tongueOut"),
)


def _sides(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name + side for name in names for side in ("Left", "Right"))


SHAPES: Final = (
    *(name + "Left" for name in _EYE),
    *(name + "Right" for name in _EYE),
    *(*_JAW_AND_LIPS, *_sides(_PAIRS), *_ROLLS, *_sides(_LOWER_PAIRS), *_REST),
)
"""ARKit's names in the order of the file's columns."""
_TURNED: Final = ("Head", "LeftEye", "RightEye")
ANGLES: Final = tuple(part + angle for part in _TURNED for angle in ("Yaw", "Pitch", "Roll"))
COLUMNS: Final = ("Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in SHAPES), *ANGLES)

_RATES: Final = (24, 25, 30, 48, 50, 60, 100, 120)
_APP_RATE: Final = 60
_DAY: Final = 24 * 3600.0
_TIMECODE: Final = re.compile(r"^(\d{1,9})[:;](\d{1,9})[:;](\d{1,9})[:;.](\d{1,9})(?:\.(\d{1,9}))?$")
_LARGEST_BYTES: Final = 1 << 30
_DECIMALS: Final = 10
_ROWS_A_STEP: Final = 250


@dataclass(frozen=True)
class FaceRecording:
    """One person over T frames.

    `fps` frames a second; `seconds` [T] after midnight or after the take's beginning; `expression` [T, 52] in the order
    of `ARKIT_NAMES`; `head` [T, 3] and `eyes` [T, 2, 3] (left, right) yaw, pitch and roll in radians, as in
    `facing_angles`.
    """

    fps: float
    seconds: np.ndarray
    expression: np.ndarray
    head: np.ndarray
    eyes: np.ndarray


def write_live_link_csv(path: Path, recording: FaceRecording) -> None:
    """Write `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_text_whole(path, at_once(live_link_text(recording)))


def live_link_text(recording: FaceRecording) -> Steps[str]:
    """All of the file."""
    order = [ARKIT_NAMES.index(name) for name in SHAPES]
    eyes = recording.eyes.reshape(len(recording.eyes), -1)
    rows = np.concatenate([recording.expression[:, order], recording.head, eyes], axis=1)  # [T, 61]
    rate = _nominal(recording.fps)
    text = io.StringIO()
    text.write(",".join(COLUMNS) + "\n")
    for index, (at, row) in enumerate(zip(recording.seconds, rows, strict=True)):
        if index % _ROWS_A_STEP == 0:
            yield "Writing rows", index / len(rows)
        values = ",".join(f"{value:.{_DECIMALS}f}" for value in row)
        text.write(f"{timecode(float(at), rate)},{len(row)},{values}\n")
    return text.getvalue()


def read_live_link_csv(path: Path, fps: float | None = None) -> FaceRecording:
    """Read a recording, ours or the app's; columns in any order and capitals, those that are missing read as 0.

    `fps` is the rate that timecodes count frames at; without it, it follows from the highest frame number of a
    recording that crosses a second, and is the app's 60 for a shorter one. Rows without values (the app writes them
    while it sees no face) are left out. Raises DuologueError (PERFORMANCE_INVALID).
    """
    with explained_read_errors(lambda reason: _invalid(path, f"cannot be read ({reason})")):
        return _recording(path, *_table(path), fps)


def _recording(path: Path, header: list[str], rows: list[tuple[int, list[str]]], fps: float | None) -> FaceRecording:
    columns = {name.strip().casefold(): index for index, name in enumerate(header)}
    shapes = [columns.get(name.casefold()) for name in ARKIT_NAMES]
    if "timecode" not in columns or all(index is None for index in shapes):
        raise _invalid(path, "has no column Timecode or none of the 52 shapes, such as JawOpen")
    full = [(number, row) for number, row in rows if len(row) >= len(header) and _count(row, columns) != 0]
    if not full:
        raise _invalid(path, "has no row of values")
    wanted = [*shapes, *(columns.get(name.casefold()) for name in ANGLES)]
    values = np.array([_values(path, number, row, wanted) for number, row in full])  # [T, 61]
    codes = [_parts(path, number, row[columns["timecode"]]) for number, row in full]
    rate = fps if fps is not None else _rate(codes)
    seconds = _seconds(np.array(codes), rate)  # [T]
    shape_count = len(ARKIT_NAMES)
    return FaceRecording(
        fps=_measured_rate(seconds, rate),
        seconds=seconds,
        expression=values[:, :shape_count],
        head=values[:, shape_count : shape_count + 3],
        eyes=values[:, shape_count + 3 :].reshape(-1, 2, 3),
    )


def timecode(seconds: float, rate: int) -> str:
    """hh:mm:ss:ff.mmm at `rate` frames a second; mmm are thousandths of a frame."""
    thousandths = round(seconds * rate * 1000.0)
    frames, part = divmod(thousandths, 1000)
    whole, frame = divmod(frames, rate)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02d}:{minute:02d}:{second:02d}:{frame:02d}.{part:03d}"


def _nominal(fps: float) -> int:
    """Frames that a timecode counts in a second: 30 for 29.97."""
    return max(1, math.ceil(fps - 1e-6))


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the rows with their line numbers, without empty ones."""
    text = read_bytes(path, _LARGEST_BYTES).decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""))
    rows = [(reader.line_num, row) for row in reader if row]
    if not rows:
        raise _invalid(path, "is empty")
    return rows[0][1], rows[1:]


def _count(row: list[str], columns: dict[str, int]) -> int | None:
    index = columns.get("blendshapecount")
    text = row[index].strip() if index is not None else ""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def _values(path: Path, number: int, row: list[str], wanted: list[int | None]) -> list[float]:
    try:
        values = [0.0 if index is None else float(row[index]) for index in wanted]
    except ValueError as error:
        raise _invalid(path, f"has no number in line {number} ({error})") from error
    if not all(math.isfinite(value) for value in values):
        raise _invalid(path, f"has a number in line {number} that is not finite")
    return values


def _parts(path: Path, number: int, text: str) -> tuple[float, float]:
    """Whole seconds, and frames with their thousandths."""
    match = _TIMECODE.match(text.strip())
    if match is None:
        raise _invalid(path, f"has the timecode “{text}” in line {number}, which is not hh:mm:ss:ff.mmm")
    hours, minutes, seconds, frames, part = match.groups()
    return int(hours) * 3600.0 + int(minutes) * 60.0 + int(seconds), float(f"{frames}.{part or 0}")


def _rate(codes: list[tuple[float, float]]) -> float:
    highest = max(frame for _, frame in codes)
    crosses = codes[0][0] != codes[-1][0]
    return float(next((rate for rate in _RATES if (crosses or rate == _APP_RATE) and rate > highest), highest + 1))


def _seconds(codes: np.ndarray, rate: float) -> np.ndarray:
    """[T, 2] seconds and frames → [T] seconds, on past midnight."""
    seconds = codes[:, 0] + codes[:, 1] / _nominal(rate)
    return seconds + _DAY * np.cumsum(np.diff(seconds, prepend=seconds[:1]) < -_DAY / 2)


def _measured_rate(seconds: np.ndarray, rate: float) -> float:
    length = seconds[-1] - seconds[0]
    return round((len(seconds) - 1) / length, 3) if length > 0 else rate


def _invalid(path: Path, problem: str) -> DuologueError:
    return DuologueError(
        ExitCode.PERFORMANCE_INVALID, f"{path} {problem}.", "Choose a CSV that Live Link Face or Export take wrote."
    )
