"""A contact sheet: frames spread over a film, or stills of it, each with its time and who speaks.

python -m lab.film.contact_sheet FILM_OR_FOLDER PERFORMANCE SHEET

A folder holds pictures that are named after their seconds, such as 0007.32.png.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from PIL import Image

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole
from backend.contract.performance import Performance, load_performance

from .captioned_grid import explained, lay_out

FRAME_COUNT: Final = 12
_COLUMNS: Final = 3
_WIDTH: Final = 640
_SPEAKING: Final = 0.5
_STILL: Final = re.compile(r"\d+\.\d+")


@dataclass(frozen=True)
class Caption:
    """When a frame is (seconds from the start) and who speaks then."""

    seconds: float
    text: str


def speaker_caption(performance: Performance, seconds: float) -> Caption:
    """The caption of the moment `seconds`: “7.3 s  Anna”, both names when they overlap, “nobody” in a pause."""
    frame = min(int(seconds * performance.fps), performance.frame_count - 1)
    names = [
        name
        for name, level in zip(performance.speakers, performance.speaking[:, frame], strict=True)
        if level >= _SPEAKING
    ]
    return Caption(seconds, f"{seconds:4.1f} s   {' + '.join(names) or 'nobody'}")


def make_contact_sheet(film: Path, performance: Performance, sheet: Path) -> None:
    """Write `sheet` (PNG) from `film`. Raises DuologueError (RENDER_FAILED, DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    moments = (np.arange(FRAME_COUNT) + 0.5) / FRAME_COUNT * performance.seconds  # [12] seconds
    pictures = _pictures_at(film, [float(moment) for moment in moments])
    _write_sheet(pictures, [float(moment) for moment in moments], performance, sheet)


def make_sheet_of_stills(folder: Path, performance: Performance, sheet: Path) -> None:
    """Write `sheet` (PNG) from all stills in `folder`. Raises DuologueError (RENDER_FAILED, as above)."""
    found = sorted((float(path.stem), path) for path in folder.glob("*.png") if _STILL.fullmatch(path.stem))
    if not found:
        raise DuologueError(ExitCode.RENDER_FAILED, f"There are no stills in {folder}.", "Render them again.")
    try:
        pictures = [Image.open(path).convert("RGB") for _, path in found]
    except OSError as error:
        raise DuologueError(
            ExitCode.RENDER_FAILED, f"The stills in {folder} cannot be read ({error}).", "Render them again."
        ) from error
    _write_sheet(pictures, [seconds for seconds, _ in found], performance, sheet)


def _write_sheet(pictures: list[Image.Image], moments: list[float], performance: Performance, sheet: Path) -> None:
    captions = [speaker_caption(performance, moment) for moment in moments]
    picture = lay_out(pictures, [caption.text for caption in captions], _COLUMNS, _WIDTH)
    write_whole(sheet, lambda file: picture.save(file, format="PNG"))


def _pictures_at(film: Path, moments: list[float]) -> list[Image.Image]:
    """The film's frame shown at each moment; the last frame where the film is shorter."""
    pictures: list[Image.Image] = []
    try:
        with av.open(str(film)) as container:
            last = None
            for frame in container.decode(video=0):
                last = frame
                while len(pictures) < len(moments) and float(frame.time or 0.0) >= moments[len(pictures)]:
                    pictures.append(_picture(frame))
            while last is not None and len(pictures) < len(moments):
                pictures.append(_picture(last))
    except (av.FFmpegError, OSError) as error:
        raise DuologueError(
            ExitCode.RENDER_FAILED, f"The film {film} cannot be read ({error}).", "Render it again."
        ) from error
    if not pictures:
        raise DuologueError(ExitCode.RENDER_FAILED, f"The film {film} has no frames.", "Render it again.")
    return pictures


def _picture(frame: av.VideoFrame) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def main(arguments: list[str]) -> int:
    """Command line: FILM_OR_FOLDER PERFORMANCE SHEET."""
    film, performance, sheet = (Path(argument) for argument in arguments)
    make = make_sheet_of_stills if film.is_dir() else make_contact_sheet
    return explained(lambda: make(film, load_performance(performance), sheet))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
