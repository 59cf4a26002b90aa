"""`transfer-performance`: a performance told in the components of another face."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.constants import OPEN_HEAD
from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import is_file
from ..job.failures import run_explained
from .telling import tell

if TYPE_CHECKING:
    from ..contract.face import Face
    from ..contract.transfer import BasisTransfer


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend transfer-performance", description=__doc__)
    parser.add_argument("performance", type=Path, metavar="FILE", help="performance.npz")
    parser.add_argument("--to", required=True, metavar="FACE", help="the other face's id or file")
    parser.add_argument("--faces", type=Path, metavar="FOLDER", help="imported faces and their transfers")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--report", action="store_true", help="also print how well each component comes across")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _transfer(arguments), tell))


def _transfer(arguments: argparse.Namespace) -> None:
    from ..contract.performance import load_performance, save_performance
    from ..contract.transfer import transfer_performance

    performance = load_performance(arguments.performance)
    target = _face(arguments.to, arguments.faces, arguments.assets)
    if performance.face == target.id:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"{arguments.performance} is in the components of {target.id} already.",
            "Name another face after --to.",
        )
    transfer = _solved(performance.face, performance.expression.shape[2], target, arguments.faces, arguments.assets)
    told = transfer_performance(performance, transfer, target.J_regressor @ target.v_template)
    save_performance(arguments.out, told)
    print(f"{arguments.out}: {performance.face} → {target.id}, {transfer.residual_millimetres:.2f} mm root mean square")
    if arguments.report:
        _report(_face(transfer.source, arguments.faces, arguments.assets), target)


def _report(source: Face, target: Face) -> None:
    """A line for each component of `source`, the worst at the mouth first."""
    from ..face.transfer import measured_transfer

    _, misfit = measured_transfer(source, target)
    print(f"{'component at its usual size':30} {'mouth, mm':>10} {'face, mm':>10}")
    print(f"{'all':30} {misfit.mouth:10.2f} {misfit.everywhere:10.2f}")
    for name, (everywhere, mouth) in sorted(misfit.of_component.items(), key=lambda row: -row[1][1]):
        print(f"{name:30} {mouth:10.2f} {everywhere:10.2f}")


def _solved(source: str, components: int, target: Face, faces: Path | None, assets: Path | None) -> BasisTransfer:
    """The transfer that was kept, else one solved now between the two faces."""
    from ..contract.transfer import load_transfer, matching_transfer
    from ..face.transfer import solve_transfer

    kept = matching_transfer(faces, source, components, target.id) if faces is not None else None
    if kept is not None:
        return load_transfer(kept)
    return solve_transfer(_face(source, faces, assets), target)


def _face(name: str, faces: Path | None, chosen_assets: Path | None) -> Face:
    """A face by file, by id among `faces`, or the open head. Raises DuologueError (FACE_NOT_FOUND, ASSET_MISSING)."""
    from ..assets import assets_folder, require_assets
    from ..contract.face import load_face

    if name == OPEN_HEAD:
        assets = assets_folder(chosen_assets)
        require_assets(assets, OPEN_HEAD)
        return load_face(assets / "faces" / f"{OPEN_HEAD}.npz")
    if is_file(Path(name)):
        return load_face(Path(name))
    if faces is not None and is_file(faces / f"{name}.npz"):
        return load_face(faces / f"{name}.npz")
    raise DuologueError(
        ExitCode.FACE_NOT_FOUND,
        f"There is no face called {name}{f' in {faces}' if faces is not None else ''}.",
        "Import it with `python -m backend import-flame`, and name its folder after --faces.",
    )
