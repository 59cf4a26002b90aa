"""`check`: what the backend's Python has, and the state of every asset and weight, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ..assets import assets_folder
from ..contract.errors import DuologueError
from ..job.failures import run_explained
from .inspection import Inspection, inspect
from .step_events import Step, run_with_events
from .telling import tell

_SHORT_HASH: Final = 12


def main(words: Sequence[str]) -> int:
    """Exit code: OK, DEPENDENCY_MISSING, ASSET_MISSING or ASSET_CORRUPT. With --events problems are told in them."""
    parser = argparse.ArgumentParser(prog="python -m backend check", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--events", action="store_true", help="print an event a line, and stop when standard input ends"
    )
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="DualTalk's official weights")
    arguments = parser.parse_args(words)
    if arguments.events:
        return run_with_events(lambda step: _told(_inspected(arguments, step)))
    return int(run_explained(lambda: _check(arguments), tell))


def _check(arguments: argparse.Namespace) -> None:
    found = _inspected(arguments, _silent)
    report = found.as_json()
    print(json.dumps(report, indent=1) if arguments.json else _table(report))
    if found.problems:
        raise DuologueError(
            found.problems[0].code,
            " ".join(one.message for one in found.problems),
            " ".join(dict.fromkeys(one.fix for one in found.problems)),
        )


def _inspected(arguments: argparse.Namespace, step: Step) -> Inspection:
    return inspect(assets_folder(arguments.assets), arguments.checkpoint, step)


def _told(found: Inspection) -> dict[str, object]:
    report = found.as_json()
    return {"report": report, "table": _table(report)}


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
    width = max(len(name) for name in report["abilities"])
    for name, lacking in report["abilities"].items():
        lines.append(f"{name:{width}}  {'lacks ' + ', '.join(lacking) if lacking else 'works'}")
    lines += [f"problem {one['code']}: {one['message']} {one['fix']}" for one in report["problems"]]
    return "\n".join(lines)


def _silent(_stage: str, _done: int, _total: int) -> None:
    """At a shell the table follows in seconds."""
