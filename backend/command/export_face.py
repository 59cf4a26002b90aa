"""`export-face`: a face in FLAME's layout, for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..contract.constants import OPEN_HEAD
from ..job.failures import run_explained
from .telling import tell


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend export-face", description="Write a face as face.npz.")
    parser.add_argument("--face", default=OPEN_HEAD, metavar="FACE", help="a face's id or file")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _export(arguments.face, arguments.out, arguments.assets), tell))


def _export(name: str, out: Path, chosen: Path | None) -> None:
    from ..assets import assets_folder, require_assets
    from ..contract.face import load_face, save_face

    assets = assets_folder(chosen)
    if name == OPEN_HEAD:
        require_assets(assets, OPEN_HEAD)
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz" if name == OPEN_HEAD else Path(name))
    save_face(out, face)
    print(f"{out}: {face.id}, {len(face.v_template)} vertices, {len(face.expression_names)} expression components")
