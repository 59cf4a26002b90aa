"""`import-flame`: a FLAME file becomes a face to build heads from, with its transfers to and from the open head."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..contract.command_flags import Flag
from ..contract.constants import OPEN_HEAD
from ..job.reporting import Reporter, StageReporter, numbered_steps
from .long_command import ASSETS, EVENTS_HELP, LongCommand

if TYPE_CHECKING:
    from ..contract.face import Face
    from ..contract.transfer import BasisTransfer

_STEPS: Final = (
    "Reading the file",
    "From the open head to it",
    "From it to the open head",
    "How characters look on it",
    "Writing",
)


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    from ..assets import assets_folder, require_assets
    from ..contract.face import load_face, save_face
    from ..contract.transfer import save_transfer, transfer_file
    from ..face.transfer import solve_transfer
    from ..flame.flame_file import load_flame
    from ..flame.flame_likeness import with_likeness

    step = numbered_steps(report, _STEPS)
    step(0)
    face = load_flame(arguments.file.absolute())
    assets = assets_folder(arguments.assets)
    require_assets(assets, OPEN_HEAD)
    open_head = load_face(assets / "faces" / f"{OPEN_HEAD}.npz")
    transfers: list[BasisTransfer] = []
    for index, (source, target) in enumerate(((open_head, face), (face, open_head)), start=1):
        step(index)
        transfers.append(solve_transfer(source, target))
    step(len(_STEPS) - 2)
    face = with_likeness(face, open_head)
    step(len(_STEPS) - 1)
    for transfer in transfers:
        save_transfer(transfer_file(arguments.faces, transfer.source, transfer.target), transfer)
    file = arguments.faces / f"{face.id}.npz"
    save_face(file, face)  # last, because it is what makes the face appear
    return _result(file, face, transfers)


def _result(file: Path, face: Face, transfers: list[BasisTransfer]) -> dict[str, object]:
    return {
        "id": face.id,
        "title": face.extras.get("title", face.id),
        "file": str(file),
        "vertices": len(face.v_template),
        "triangles": len(face.f),
        "identity": len(face.identity_names),
        "expression": len(face.expression_names),
        "residuals": {f"{way.source} → {way.target}": round(way.residual_millimetres, 3) for way in transfers},
    }


def _show(_arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    print(f"{result['file']}: {result['id']}, {result['vertices']} vertices, {result['triangles']} triangles")
    print(f"{result['identity']} identity and {result['expression']} expression components")
    for way, millimetres in result["residuals"].items():
        print(f"{way}: {millimetres} mm root mean square")


COMMAND: Final = LongCommand(
    "import-flame",
    __doc__,
    (
        Flag("file", "generic_model.pkl, flame2023.pkl, or .npz", "FILE", Path),
        Flag("--faces", "where the face is kept", "FOLDER", Path, required=True),
        ASSETS,
    ),
    _work,
    _show,
    events=Flag("--json", EVENTS_HELP, switch=True),
    reporter=StageReporter,
)
