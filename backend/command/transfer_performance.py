"""`transfer-performance`: a performance in the components of another face."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..contract.command_flags import Flag
from ..contract.constants import OPEN_HEAD
from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import is_file
from ..job.reporting import Reporter, numbered_steps
from .long_command import ASSETS, LongCommand

if TYPE_CHECKING:
    from ..contract.face import Face
    from ..contract.transfer import BasisTransfer

_STEPS: Final = ("Reading the performance", "From its face to the other one", "Writing", "Measuring")


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    from ..contract.performance import load_performance, save_performance
    from ..contract.transfer import transfer_performance

    step = numbered_steps(report, _STEPS)
    step(0)
    performance = load_performance(arguments.performance)
    target = _face(arguments.to, arguments.faces, arguments.assets)
    if performance.face == target.id:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"{arguments.performance} is in the components of {target.id} already.",
            "Name another face after --to.",
        )
    step(1)
    transfer = _solved(performance.face, performance.expression.shape[2], target, arguments.faces, arguments.assets)
    transferred = transfer_performance(performance, transfer, target.J_regressor @ target.v_template)
    step(2)
    save_performance(arguments.out, transferred)
    result: dict[str, object] = {
        "file": str(arguments.out),
        "source": performance.face,
        "target": target.id,
        "residual_millimetres": float(transfer.residual_millimetres),
    }
    if arguments.report:
        step(3)
        result["misfit"] = _misfit(_face(transfer.source, arguments.faces, arguments.assets), target)
    return result


def _misfit(source: Face, target: Face) -> dict[str, tuple[float, float]]:
    """What is left at the mouth and on the face in millimetres: of all, then of each component, the worst first."""
    from ..face.transfer import measured_transfer

    _, misfit = measured_transfer(source, target)
    components = sorted(misfit.of_component.items(), key=lambda row: -row[1][1])
    rows = [("all", (misfit.everywhere, misfit.mouth)), *components]
    return {name: (float(mouth), float(everywhere)) for name, (everywhere, mouth) in rows}


def _show(_arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    residual = result["residual_millimetres"]
    print(f"{result['file']}: {result['source']} → {result['target']}, {residual:.2f} mm root mean square")
    if "misfit" in result:
        print(f"{'component at its usual size':30} {'mouth, mm':>10} {'face, mm':>10}")
        for name, (mouth, everywhere) in result["misfit"].items():
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


COMMAND: Final = LongCommand(
    "transfer-performance",
    __doc__,
    (
        Flag("performance", "performance.npz", "FILE", Path),
        Flag("--to", "the other face's id or file", "FACE", required=True),
        Flag("--faces", "imported faces and their transfers", "FOLDER", Path),
        Flag("--out", metavar="FILE", type=Path, required=True),
        Flag("--report", "also measure how well each component comes across", switch=True),
        ASSETS,
    ),
    _work,
    _show,
)
