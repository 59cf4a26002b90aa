"""A stretch of a film, or of pictures, as an animated WebP that pages can show.

python -m lab.film.moving_picture FILM OUT [--from SECONDS] [--seconds SECONDS] [--width PIXELS] [--rate PICTURES]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import av
from PIL import Image

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole

from .captioned_grid import explained

_QUALITY: Final = 60
_ROUNDING: Final = 1e-6


def pictures_of(film: Path, begin: float, seconds: float, rate: float) -> Iterator[Image.Image]:
    """`rate` pictures a second of `film`, from `begin` for `seconds`. Raises DuologueError (BAD_REQUEST)."""
    try:
        with av.open(str(film)) as container:
            due = begin
            for frame in container.decode(video=0):
                time = float(frame.time or 0.0)
                if time >= begin + seconds:
                    return
                if time >= due - _ROUNDING:
                    due += 1.0 / rate
                    yield Image.fromarray(frame.to_ndarray(format="rgb24"))
    except (av.FFmpegError, IndexError, OSError) as error:
        raise DuologueError(ExitCode.BAD_REQUEST, f"{film} is no film ({error}).", "Give a film.") from error


def write_moving_picture(pictures: Sequence[Image.Image], out: Path, width: int, rate: float) -> None:
    """Write `pictures`, `width` pixels wide, `rate` a second, over and over. Raises DuologueError."""
    if not pictures:
        raise DuologueError(ExitCode.BAD_REQUEST, "The film has no picture there.", "Choose other seconds.")
    height = round(width * pictures[0].height / pictures[0].width)
    first, *others = (picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS) for picture in pictures)
    moving = partial(first.save, save_all=True, append_images=others, duration=round(1000 / rate), loop=0)
    write_whole(out, partial(moving, format="WEBP", quality=_QUALITY))


def main(words: Sequence[str]) -> int:
    """Command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.film.moving_picture")
    parser.add_argument("film", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--from", dest="begin", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--seconds", type=float, default=7.0)
    parser.add_argument("--width", type=int, default=480, metavar="PIXELS")
    parser.add_argument("--rate", type=float, default=12.5, metavar="PICTURES", help="a second")
    given = parser.parse_args(words)

    def work() -> None:
        pictures = list(pictures_of(given.film, given.begin, given.seconds, given.rate))
        write_moving_picture(pictures, given.out, given.width, given.rate)

    return explained(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
