"""`import-flame`: a FLAME file becomes a face to build heads from, with its transfers to and from the open head."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.constants import OPEN_HEAD
from ..contract.errors import DuologueError
from ..job.failures import run_explained
from ..job.parent import ParentWatch, watch_parent
from ..job.reporting import cancelled
from .telling import tell

if TYPE_CHECKING:
    from ..contract.face import Face
    from ..contract.transfer import BasisTransfer

_STEPS = (
    "Reading the file",
    "From the open head to it",
    "From it to the open head",
    "How characters look on it",
    "Writing",
)


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend import-flame", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="generic_model.pkl, flame2023.pkl, or .npz")
    parser.add_argument("--faces", type=Path, required=True, metavar="FOLDER", help="where the face is kept")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    parser.add_argument("--json", action="store_true", help="print an event a line, and stop when standard input ends")
    arguments = parser.parse_args(words)
    if not arguments.json:
        return int(run_explained(lambda: _import(arguments, _print_step, _print_result), tell))
    watch = watch_parent()
    code = run_explained(lambda: _import(arguments, _step_event(watch), _print_event), _print_error)
    if watch is not None:
        watch.finish()
    return int(code)


def _import(
    arguments: argparse.Namespace, step: Callable[[int], None], done: Callable[[dict[str, object]], None]
) -> None:
    from ..assets import assets_folder, require_assets
    from ..contract.face import load_face, save_face
    from ..contract.transfer import save_transfer, transfer_file
    from ..face.transfer import solve_transfer
    from ..flame.flame_file import load_flame
    from ..flame.flame_likeness import with_likeness

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
    done(_result(file, face, transfers))


def _result(file: Path, face: Face, transfers: list[BasisTransfer]) -> dict[str, object]:
    return {
        "id": face.id,
        "title": face.extras.get("title", face.id),
        "file": str(file),
        "vertices": len(face.v_template),
        "triangles": len(face.f),
        "identity": len(face.identity_names),
        "expression": len(face.expression_names),
        "residuals": {f"{one.source} → {one.target}": round(one.residual_millimetres, 3) for one in transfers},
    }


def _print_step(index: int) -> None:
    print(_STEPS[index], flush=True)


def _print_result(result: dict[str, object]) -> None:
    print(f"{result['file']}: {result['id']}, {result['vertices']} vertices, {result['triangles']} triangles")
    print(f"{result['identity']} identity and {result['expression']} expression components")
    residuals = result["residuals"]
    if isinstance(residuals, dict):
        for way, millimetres in residuals.items():
            print(f"{way}: {millimetres} mm root mean square")


def _step_event(watch: ParentWatch | None) -> Callable[[int], None]:
    """Tells of a step, and raises DuologueError (CANCELLED) when the program that started this one has gone."""

    def step(index: int) -> None:
        if watch is not None and watch.gone:
            raise cancelled("The program that started the import has gone.")
        _print(event="progress", stage=_STEPS[index], done=index, total=len(_STEPS))

    return step


def _print_event(result: dict[str, object]) -> None:
    _print(event="done", **result)


def _print_error(failure: DuologueError) -> None:
    _print(event="error", code=int(failure.code), message=failure.message, fix=failure.fix)


def _print(**fields: object) -> None:
    print(json.dumps(fields), flush=True)
