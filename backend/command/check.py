"""`check`: what the backend's Python has, and the state of every asset and weight, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

from ..assets import assets_folder
from ..contract.command_flags import Flag
from ..contract.errors import DuologueError, ExitCode
from ..job.reporting import Reporter, step_of
from .inspection import inspect
from .long_command import ASSETS, EVENTS_HELP, LongCommand

_SHORT_HASH: Final = 12


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    found = inspect(assets_folder(arguments.assets), arguments.checkpoint, step_of(report)).as_json()
    return {"report": found, "table": _table(found)}


def _show(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    """Raises DuologueError (DEPENDENCY_MISSING, ASSET_MISSING, ASSET_CORRUPT): problems, another program's result."""
    print(json.dumps(result["report"], indent=1) if arguments.json else result["table"])
    problems = result["report"]["problems"]
    if problems:
        raise DuologueError(
            ExitCode(problems[0]["code"]),
            " ".join(problem["message"] for problem in problems),
            " ".join(dict.fromkeys(problem["fix"] for problem in problems)),
        )


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
    lines += [f"problem {bad['code']}: {bad['message']} {bad['fix']}" for bad in report["problems"]]
    return "\n".join(lines)


COMMAND: Final = LongCommand(
    "check",
    __doc__,
    (
        Flag("--json", "print JSON", switch=True),
        ASSETS,
        Flag("--checkpoint", "DualTalk's official weights", "FILE", Path),
    ),
    _work,
    _show,
    events=Flag("--events", EVENTS_HELP, switch=True),
)
