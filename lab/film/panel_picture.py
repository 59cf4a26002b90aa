"""Pictures of the sidebar, cut where its panels end.

python -m lab.film.panel_picture FOLDER NAME=SCREENSHOT …
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image

_EDGE: Final = 14
"""Pixels from the sidebar's left at which a panel shows its background beside everything that it holds."""
_MARGIN: Final = 8
_TOP: Final = 100
"""Rows in which the first panel is for certain."""
_COLOURS: Final = 64


def cut(sidebar: Image.Image) -> Image.Image:
    """The part of `sidebar` that holds panels, in few colours."""
    picture = sidebar.convert("RGB")
    column = [picture.getpixel((_EDGE, row)) for row in range(picture.height)]
    background, _ = Counter(column[:_TOP]).most_common(1)[0]
    end = picture.height - column[::-1].index(background)
    whole = picture.crop((0, 0, picture.width, min(end + _MARGIN, picture.height)))
    return whole.quantize(_COLOURS, dither=Image.Dither.NONE)


def main(words: Sequence[str]) -> int:
    """Write `FOLDER/NAME.png` for each."""
    folder, *pairs = words
    Path(folder).mkdir(parents=True, exist_ok=True)
    for pair in pairs:
        name, _, screenshot = pair.partition("=")
        with Image.open(screenshot) as opened:
            cut(opened).save(Path(folder) / f"{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
