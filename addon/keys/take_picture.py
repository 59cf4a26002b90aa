"""A take's small picture: who speaks when and how far the mouth opens, a lane for each person."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final

import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.files import write_whole
from ...backend.contract.performance import Performance

PICTURE_FILE: Final = "take.png"
_SIZE: Final = 128
_GAP: Final = 4
COLOURS: Final = ((240, 146, 72), (92, 164, 236))
"""Of the first and the second person: red, green, blue."""
_LANE: Final = 0.18
_SILENT: Final = 0.42
"""How bright the lane and a mouth that moves in silence are, beside 1 for speech."""
_SLIGHT: Final = 0.05
"""Radians: a take whose mouths open less than this is drawn as one that hardly moves."""
_JAW: Final = JOINT_NAMES.index("jaw")


def write_picture(folder: Path, performance: Performance) -> None:
    """Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    content = png(drawn(performance))
    write_whole(folder / PICTURE_FILE, lambda file: file.write(content))


def drawn(performance: Performance) -> np.ndarray:
    """[128, 128, 4] red, green, blue, alpha, 0 to 255, from the top; time goes to the right, the first person above."""
    picture = np.zeros((_SIZE, _SIZE, 4), np.uint8)
    firsts = np.arange(_SIZE) * performance.frame_count // _SIZE  # [W] the first frame of each column
    height = (_SIZE - _GAP) // 2
    rows = np.abs(np.arange(height) - (height - 1) / 2) / (height / 2)  # [R] 0 in the middle of a lane, 1 at its edge
    opening = np.linalg.norm(performance.pose[:, :, _JAW], axis=-1)  # [2, T] radians
    widest = max(float(opening.max()), _SLIGHT)
    for person, colour in enumerate(COLOURS):
        speaks = np.maximum.reduceat(performance.speaking[person], firsts)  # [W]
        opens = np.clip(np.maximum.reduceat(opening[person], firsts) / widest, 0.04, 1.0)  # [W]
        bright = np.where(rows[:, None] <= opens[None], _SILENT + (1.0 - _SILENT) * speaks[None], _LANE)  # [R, W]
        top = person * (height + _GAP)
        picture[top : top + height, :, :3] = (bright[..., None] * np.array(colour)).astype(np.uint8)
        picture[top : top + height, :, 3] = 255
    return picture


def png(picture: np.ndarray) -> bytes:
    """`picture` [H, W, 4], 0 to 255, as a PNG file."""
    height, width, _ = picture.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), picture.reshape(height, -1)], axis=1)  # no filter
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
