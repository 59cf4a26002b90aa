"""Pictures in rows, a caption under each.

python -m lab.film.captioned_grid COLUMNS WIDTH OUT CAPTION=PICTURE …
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from backend.contract.errors import DuologueError
from backend.contract.files import write_whole

CAPTION_HEIGHT: Final = 34
_FONT_SIZE: Final = 20
_QUALITY: Final = 84
_PAPER: Final = (24, 24, 26)
_INK: Final = (235, 232, 226)


def lay_out(pictures: Sequence[Image.Image], captions: Sequence[str], columns: int, width: int) -> Image.Image:
    """One picture of all, each `width` pixels wide and of the first one's proportions."""
    height = round(width * pictures[0].height / pictures[0].width)
    rows = -(-len(pictures) // columns)
    grid = Image.new("RGB", (columns * width, rows * (height + CAPTION_HEIGHT)), _PAPER)
    draw = ImageDraw.Draw(grid)
    for index, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left, top = index % columns * width, index // columns * (height + CAPTION_HEIGHT)
        grid.paste(picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (left, top))
        room, font = width - 20, ImageFont.load_default(size=_FONT_SIZE)
        length = draw.textlength(caption, font=font)
        if length > room:  # the caption would run into its neighbour
            font = ImageFont.load_default(size=int(_FONT_SIZE * room / length))
        draw.text((left + 10, top + height + 5), caption, fill=_INK, font=font)
    return grid


def explained(work: Callable[[], object]) -> int:
    """Do `work`; the exit code, after the sentence of what went wrong on standard error."""
    try:
        work()
    except DuologueError as error:
        print(error.sentence(), file=sys.stderr)
        return error.code
    return 0


def main(arguments: list[str]) -> int:
    """Command line; the picture's format is its ending's."""
    columns, width, out, *pairs = arguments
    captions, files = zip(*(pair.split("=", 1) for pair in pairs), strict=True)
    grid = lay_out([Image.open(file) for file in files], captions, int(columns), int(width))
    kind = "JPEG" if Path(out).suffix == ".jpg" else "PNG"
    save = partial(grid.save, format=kind, quality=_QUALITY, optimize=True)
    return explained(lambda: write_whole(Path(out), save))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
