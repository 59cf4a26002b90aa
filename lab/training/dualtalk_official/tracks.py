"""One person of one clip in DualTalk's data layout: sound in a wav, motion in an npz. Read whole, checked whole.

`exp` (T, 50) is FLAME's expression and `pose` (T, 6) neck 0:3 and jaw 3:6 as axis-angle in radians, 25 frames a second;
the sound is mono at 16 kHz, float32 as published or integers. `shape` (T, 100), `tex`, `cam` and `light` are not used.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from backend.contract.constants import SAMPLE_RATE, SAMPLES_PER_FRAME
from backend.contract.reading import explained_read_errors, read_arrays

EXPRESSION_WIDTH: Final = 50
POSE_WIDTH: Final = 6
MOTION_WIDTH: Final = EXPRESSION_WIDTH + POSE_WIDTH
_SILENCE: Final = 1e-10
"""Variance below which a track cannot identify its recording."""
_RIFF_UNKNOWN: Final = 0xFFFFFFF0
"""A size that a writer leaves who does not know how long the sound will be."""
_LARGEST_BYTES: Final = 1 << 30
_DENSEST: Final = 64
"""Samples that a byte of a wav holds at most, whatever its header says."""


class TrackFaultError(Exception):
    """What is wrong with a file, as the rest of a sentence that begins with its name."""


@dataclass(frozen=True)
class Sound:
    """What is known of a wav: its length in samples, the `mean` and `variance` of all of them, sha256 of the file."""

    samples: int
    mean: float
    variance: float
    sha256: str

    @property
    def frames(self) -> int:
        """How many frames of motion it is long, the last one perhaps in part."""
        return -(-self.samples // SAMPLES_PER_FRAME)

    @property
    def silent(self) -> bool:
        """Whether the track is silent: a listener may say nothing."""
        return self.variance < _SILENCE


def measure_sound(path: Path) -> Sound:
    """Read and check the whole wav `path`. Raises TrackFaultError."""
    with explained_read_errors(lambda reason: TrackFaultError(f"is no wav file that can be read ({reason})")):
        content = path.read_bytes()
        missing = _missing_bytes(content)
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate, channels = file.samplerate, file.channels
            if file.frames * channels > _DENSEST * len(content):
                raise ValueError("it says that it is longer than it is")
            samples: np.ndarray = file.read(dtype="float32", always_2d=True)[:, 0]  # [N]
    if rate != SAMPLE_RATE:
        raise TrackFaultError(f"has {rate} samples a second, not {SAMPLE_RATE}")
    if channels != 1:
        raise TrackFaultError(f"has {channels} channels, not one")
    if missing:
        raise TrackFaultError(f"is cut off: {missing} bytes of its sound are missing")
    if not len(samples):
        raise TrackFaultError("holds no sound")
    if not np.isfinite(samples).all():
        second = int(np.argmin(np.isfinite(samples))) / rate
        raise TrackFaultError(f"holds samples that are not numbers, the first at {second:.2f} s")
    exact = samples.astype(np.float64)
    return Sound(len(samples), float(exact.mean()), float(exact.var()), hashlib.sha256(content).hexdigest())


def read_motion(path: Path) -> np.ndarray:
    """The motion in `path`, [T, 56] float32 in the model's order: expression, jaw, neck. Raises TrackFaultError."""
    with explained_read_errors(lambda reason: TrackFaultError(f"is no npz file that can be read ({reason})")):
        arrays = read_arrays(path, _LARGEST_BYTES, ("exp", "pose", "shape"))
    if "shape" in arrays:
        _check_array("shape", arrays["shape"], None)
    for name, width in (("exp", EXPRESSION_WIDTH), ("pose", POSE_WIDTH)):
        if name not in arrays:
            raise TrackFaultError(f"holds no array {name}")
        _check_array(name, arrays[name], width)
    expression, pose = arrays["exp"], arrays["pose"]  # [T, 50], [T, 6]
    if len(expression) != len(pose):
        raise TrackFaultError(f"has {len(expression)} frames of exp but {len(pose)} of pose")
    turned = float(np.abs(pose).max())
    if turned > 2.0 * math.pi:
        raise TrackFaultError(f"has a rotation of {turned:.1f} in pose, which is in radians")
    motion: np.ndarray = np.concatenate((expression, pose[:, 3:], pose[:, :3]), axis=1, dtype=np.float32)
    return motion


def read_sound(path: Path, known: Sound, start: int, frames: int) -> np.ndarray:
    """`frames` frames of the wav `path` from frame `start`, [frames · 640] float32, normalised over the whole file.

    What the file has no samples for is silent. Raises RuntimeError or OSError for a file that changed under training.
    """
    piece, _ = soundfile.read(path, frames * SAMPLES_PER_FRAME, start * SAMPLES_PER_FRAME, dtype="float32")  # [≤ n]
    even = (piece - np.float32(known.mean)) / np.float32(math.sqrt(known.variance + 1e-7))
    return np.pad(even, (0, frames * SAMPLES_PER_FRAME - len(even)))


def _check_array(name: str, array: np.ndarray, width: int | None) -> None:
    """Raises TrackFaultError unless `array` holds finite numbers, [T, `width`] where a width is given."""
    if not np.issubdtype(array.dtype, np.floating):
        raise TrackFaultError(f"holds {array.dtype} in {name}, not floating point numbers")
    if width is not None and (array.ndim != 2 or array.shape[1] != width or not len(array)):  # noqa: PLR2004  (axes)
        raise TrackFaultError(f"has {name} of shape {array.shape}, not (T, {width})")
    if not np.isfinite(array).all():
        frame = int(np.argwhere(~np.isfinite(array))[0][0])
        raise TrackFaultError(f"holds numbers in {name} that are not finite, the first in frame {frame}")


def _missing_bytes(content: bytes) -> int:
    """How many bytes of sound the wav `content` announces but does not hold; libsndfile takes what is there."""
    place = 12  # behind RIFF, size, WAVE
    while content[:4] == b"RIFF" and place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        if content[place : place + 4] == b"data":
            return 0 if size >= _RIFF_UNKNOWN else max(place + 8 + size - len(content), 0)
        place += 8 + size + size % 2
    return 0
