"""One picture of a performance by the colocated engine: curves an eye can judge, beside the rehearsal's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face
from backend.contract.files import write_whole
from backend.engines.motion import Motion

from .behaviour import opening

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURE_NAME: Final = "colocated.png"

_COLOURS: Final = ("#2b6cb0", "#c05621")
_SECONDS: Final = 30.0
_BROW: Final = ARKIT_INDEX["browInnerUp"]
_BLINK: Final = ARKIT_INDEX["eyeBlinkLeft"]


@dataclass(frozen=True)
class Pictured:
    """A column of the picture: what it is called and the motion in it."""

    title: str
    motion: Motion


def draw(path: Path, columns: Sequence[Pictured], speaking: np.ndarray, face: Face) -> None:
    """The first half minute of each of `columns`, a row for each part, both people in a colour each.

    `speaking` [2, T] who truly speaks: a band at the foot of each panel.
    Raises DuologueError (DEPENDENCY_MISSING without matplotlib, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"The picture needs matplotlib, which the backend's Python cannot load ({error}).",
            "Run `python3 build.py setup`.",
        ) from error
    frames = round(_SECONDS * FRAME_RATE)
    curves = [_curves(one.motion, frames, face) for one in columns]
    rows = list(curves[0])
    figure = Figure(figsize=(5.2 * len(columns), 1.5 * len(rows)), layout="constrained", dpi=100)
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey="row", squeeze=False)
    for column, (one, found) in enumerate(zip(columns, curves, strict=True)):
        panels[0][column].set_title(one.title, fontsize=9)
        for row, name in enumerate(rows):
            _draw_panel(panels[row][column], found[name], speaking[:, :frames])
            if column == 0:
                panels[row][column].set_ylabel(name, fontsize=8)
    for panel in panels[-1]:
        panel.set_xlabel("seconds", fontsize=8)
    write_whole(path, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))


def _curves(motion: Motion, frames: int, face: Face) -> dict[str, np.ndarray]:
    """Row → [2, T] of both people."""
    sway = np.zeros_like(motion.jaw) if motion.sway is None else motion.sway
    found = {
        "lips apart, mm": opening(motion, face),
        "head down, °": np.degrees(motion.neck[..., 0]),
        "head to the left, °": np.degrees(motion.neck[..., 1]),
        "gaze off the eyes, °": np.degrees(np.linalg.norm(motion.gaze, axis=-1)),
        "brows up": motion.expression[..., _BROW],
        "lids": motion.expression[..., _BLINK],
        "closer, mm": 1000.0 * sway[..., 2],
    }
    return {name: curve[:, :frames] for name, curve in found.items()}


def _draw_panel(axes: Axes, curve: np.ndarray, speaking: np.ndarray) -> None:
    for who, colour in enumerate(_COLOURS):
        seconds = np.arange(curve.shape[1]) / FRAME_RATE
        axes.plot(seconds, curve[who], color=colour, linewidth=0.8)
        heard = np.arange(speaking.shape[1]) / FRAME_RATE
        axes.fill_between(
            heard,
            0.035 * who,
            0.035 * (who + 1),
            where=speaking[who] > 0.5,  # noqa: PLR2004  (more likely than not)
            transform=axes.get_xaxis_transform(),
            color=colour,
            alpha=0.5,
            linewidth=0,
        )
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0)
