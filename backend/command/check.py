"""`check`: what the backend's Python has, and the state of every asset, as a table or as JSON."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ..assets import BACKEND, State, asset_state, assets_folder, read_manifest
from ..contract.errors import DuologueError, ExitCode
from ..contract.files import sha256_of
from ..job.dependencies import NEEDED, missing_dependency
from ..job.failures import run_explained
from .telling import tell

_ALIGNER: Final = "pocketsphinx"
_SHORT_HASH: Final = 12
_WEIGHTS: Final = ("dualtalk-small.safetensors",)


def main(words: Sequence[str]) -> int:
    """The exit code: OK, DEPENDENCY_MISSING, ASSET_MISSING or ASSET_CORRUPT."""
    parser = argparse.ArgumentParser(prog="python -m backend check", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _check(arguments), tell))


def _check(arguments: argparse.Namespace) -> None:
    libraries, broken = _libraries()
    folder = assets_folder(arguments.assets)
    rows = _asset_rows(folder) + _weight_rows()
    report: dict[str, Any] = {
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "platform": platform.platform(),
        "libraries": libraries,
        "device": None if "torch" in broken else _device(),
        "assets_folder": str(folder),
        "assets": rows,
    }
    print(json.dumps(report, indent=1) if arguments.json else _table(report))
    _raise_problem(broken, rows)


def _libraries() -> tuple[dict[str, str], dict[str, Exception]]:
    """Versions by name, and why a library does not load."""
    versions: dict[str, str] = {}
    broken: dict[str, Exception] = {}
    for name in NEEDED:
        try:
            importlib.import_module(name)
            versions[name] = importlib.metadata.version(name)
        except (ImportError, OSError) as error:
            versions[name] = "missing"
            broken[name] = error
    try:
        versions[_ALIGNER] = importlib.metadata.version(_ALIGNER)
    except importlib.metadata.PackageNotFoundError:
        versions[_ALIGNER] = "missing; only transcripts need it"
    return versions, broken


def _device() -> dict[str, Any]:
    from ..job.device import available_devices, device_title

    devices = available_devices()
    return {"auto": devices[0], "title": device_title(devices[0]), "available": list(devices)}


def _asset_rows(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for asset in read_manifest():
        state = asset_state(asset, folder)
        rows += [
            {
                "asset": asset.id,
                "file": file,
                "sha256": state.sha256.get(file, ""),
                "state": state.state.value if file in state.sha256 else State.MISSING.value,
                "licence": asset.licence,
                "optional": asset.optional,
            }
            for file in asset.files
        ]
    return rows


def _weight_rows() -> list[dict[str, Any]]:
    """Weights that come with the backend."""
    paths = [BACKEND / "weights" / name for name in _WEIGHTS]
    return [
        {
            "asset": path.stem,
            "file": path.relative_to(BACKEND.parent).as_posix(),
            "sha256": sha256_of(path) if path.is_file() else "",
            "state": (State.READY if path.is_file() else State.MISSING).value,
            "licence": "GPL-3.0-or-later",
            "optional": False,
        }
        for path in paths
    ]


def _table(report: dict[str, Any]) -> str:
    device = report["device"]
    lines = [
        f"{'python':12} {report['python']['version']}  {report['python']['executable']}",
        f"{'platform':12} {report['platform']}",
        *(f"{name:12} {version}" for name, version in report["libraries"].items()),
        f"{'device':12} {'none' if device is None else device['auto'] + ' (' + device['title'] + ')'}",
        f"{'assets':12} {report['assets_folder']}",
    ]
    width = max(len(row["file"]) for row in report["assets"])
    for row in report["assets"]:
        short = row["sha256"][:_SHORT_HASH] or "–"
        lines.append(f"  {row['file']:{width}}  {row['state']:9} {short:{_SHORT_HASH}}  {row['licence']}")
    return "\n".join(lines)


def _raise_problem(broken: dict[str, Exception], rows: list[dict[str, Any]]) -> None:
    """Raises DuologueError for the first thing that keeps a job from working."""
    for name, error in broken.items():
        raise missing_dependency(name, error) from error
    fix = "Run `python3 build.py setup`."
    for code, state in ((ExitCode.ASSET_MISSING, State.MISSING), (ExitCode.ASSET_CORRUPT, State.CHANGED)):
        files = [row["file"] for row in rows if row["state"] == state.value and not _may_miss(row)]
        if files:
            raise DuologueError(code, f"{state.value.capitalize()}: {', '.join(files)}.", fix)


def _may_miss(row: dict[str, Any]) -> bool:
    return bool(row["optional"]) and row["state"] == State.MISSING.value
