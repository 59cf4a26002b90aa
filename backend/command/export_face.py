"""`export-face`: a face in FLAME's layout, for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from ..contract.command_flags import Flag
from ..contract.constants import OPEN_HEAD
from ..job.reporting import Reporter, numbered_steps
from .long_command import ASSETS, LongCommand

_STAND_IN: Final = "flame-shaped"
"""A head with FLAME's counts and joints that anybody may have; `import-flame` takes it as it takes FLAME's files."""

_STEPS: Final = ("Reading the face", "Writing")


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    from ..assets import assets_folder, require_assets
    from ..contract.face import load_face, save_face
    from ..flame.flame_shaped import flame_shaped

    step = numbered_steps(report, _STEPS)
    step(0)
    assets = assets_folder(arguments.assets)
    derived = arguments.face in (OPEN_HEAD, _STAND_IN)
    if derived:
        require_assets(assets, OPEN_HEAD)
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz" if derived else Path(arguments.face))
    if arguments.face == _STAND_IN:
        face = flame_shaped(face)
    step(1)
    save_face(arguments.out, face)
    return {
        "file": str(arguments.out),
        "id": face.id,
        "vertices": len(face.v_template),
        "expression": len(face.expression_names),
    }


def _show(_arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    counts = f"{result['vertices']} vertices, {result['expression']} expression components"
    print(f"{result['file']}: {result['id']}, {counts}")


COMMAND: Final = LongCommand(
    "export-face",
    "Write a face as face.npz.",
    (
        Flag("--face", "a face's id or file, or flame-shaped: a stand-in", "FACE", default=OPEN_HEAD),
        Flag("--out", metavar="FILE", type=Path, required=True),
        ASSETS,
    ),
    _work,
    _show,
)
