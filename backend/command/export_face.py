"""`export-face`: a face in FLAME's layout, for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..contract.constants import OPEN_HEAD
from ..job.failures import run_explained
from ..job.reporting import print_failure

_STAND_IN: Final = "flame-shaped"
"""A head with FLAME's counts and joints that anybody may have; `import-flame` takes it as it takes FLAME's files."""


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend export-face", description="Write a face as face.npz.")
    parser.add_argument(
        "--face", default=OPEN_HEAD, metavar="FACE", help="a face's id or file, or flame-shaped: a stand-in"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _export(arguments.face, arguments.out, arguments.assets), print_failure))


def _export(name: str, out: Path, chosen: Path | None) -> None:
    from ..assets import assets_folder, require_assets
    from ..contract.face import load_face, save_face
    from ..flame.flame_shaped import flame_shaped

    assets = assets_folder(chosen)
    derived = name in (OPEN_HEAD, _STAND_IN)
    if derived:
        require_assets(assets, OPEN_HEAD)
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz" if derived else Path(name))
    if name == _STAND_IN:
        face = flame_shaped(face)
    save_face(out, face)
    print(f"{out}: {face.id}, {len(face.v_template)} vertices, {len(face.expression_names)} expression components")
