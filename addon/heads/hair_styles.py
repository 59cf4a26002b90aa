"""Hair styles as numbers. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Comb = Literal["parted", "back", "down", "out", "gathered"]


@dataclass(frozen=True)
class HairStyle:
    """How a style grows. Lengths in metres, `variation`, `clump` and `gravity` from 0 to 1.

    `title` is what the artist reads. `strands` hairs are interpolated between `guides` combed ones of `rows` points.
    `length` of a hair and how much it varies; `end` height below which none reaches; `comb` the way it is combed and
    `parting` the X of its parting; `lift` off the skin at root and tip; `gravity` how soon it falls.
    `clump` how far hairs gather to their guide's tip; `frizz` how far they stray; `curl` radius and turns a metre.
    `radius` of a hair at root and tip. `recede` how far the front hairline has gone back, `crown` the radius of a bald
    crown. `cap` the thickness of the dark layer under the hairs. `knot` the radius of a knot at the back of the head.
    """

    title: str
    strands: int
    guides: int = 500
    rows: int = 8
    length: float = 0.02
    variation: float = 0.15
    end: float = -1.0
    comb: Comb = "back"
    parting: float = 0.022
    lift: tuple[float, float] = (0.001, 0.006)
    gravity: float = 0.1
    clump: float = 0.4
    frizz: float = 0.0015
    curl: tuple[float, float] = (0.0, 0.0)
    radius: tuple[float, float] = (0.00032, 0.00010)
    recede: float = 0.0
    crown: float = 0.0
    cap: float = 0.0015
    knot: float = 0.0

    @property
    def hangs(self) -> bool:
        """Whether it is long enough to be kept off the face and off the shoulders."""
        return self.end > -0.5  # noqa: PLR2004


STYLES: Final[dict[str, HairStyle]] = {
    "cropped": HairStyle(
        "Cropped", strands=11000, guides=400, rows=4, length=0.007, comb="out", lift=(0.0, 0.0), clump=0.0,
        frizz=0.0012, curl=(0.0007, 220.0), radius=(0.00033, 0.00018), cap=0.0012,
    ),
    "short": HairStyle(
        "Short, side parting", strands=9000, guides=500, rows=8, length=0.052, variation=0.3, comb="back",
        lift=(0.003, 0.016), gravity=0.14, clump=0.6, frizz=0.0022, cap=0.0025,
    ),
    "receding": HairStyle(
        "Receding", strands=6500, guides=500, rows=6, length=0.026, variation=0.3, comb="down", lift=(0.001, 0.004),
        gravity=0.2, clump=0.4, frizz=0.0018, recede=0.075, crown=0.062, cap=0.0008,
    ),
    "bob": HairStyle(
        "Bob", strands=8500, guides=700, rows=10, length=0.31, end=-0.118, comb="parted", lift=(0.006, 0.012),
        gravity=0.30, clump=0.55, frizz=0.0022, radius=(0.00041, 0.00018), cap=0.003,
    ),
    "long": HairStyle(
        "Long", strands=8500, guides=800, rows=16, length=0.46, variation=0.12, end=-0.205, comb="parted",
        parting=0.002, lift=(0.006, 0.010), gravity=0.32, clump=0.45, frizz=0.0018, radius=(0.00041, 0.00017),
        cap=0.003,
    ),
    "curly": HairStyle(
        "Curly", strands=11000, guides=1100, rows=16, length=0.095, variation=0.3, comb="out", lift=(0.0, 0.0),
        gravity=0.05, clump=0.8, frizz=0.0016, curl=(0.0050, 62.0), radius=(0.00030, 0.00018), cap=0.008,
    ),
    "bun": HairStyle(
        "Bun", strands=9000, guides=700, rows=12, length=0.30, comb="gathered", lift=(0.004, 0.007), gravity=0.0,
        clump=0.5, frizz=0.0016, cap=0.002, knot=0.034,
    ),
}  # fmt: skip
"""By the name that a character's `hair.style` uses; any other name is a bald head."""
