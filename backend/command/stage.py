"""`stage`: what a prompt makes of two people, as values, and what of it was not understood."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from ..job.failures import run_explained
from ..job.reporting import print_failure

if TYPE_CHECKING:
    from ..staging.values import StagingValues


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend stage", description=__doc__)
    parser.add_argument("prompt", help="a sentence about the scene")
    parser.add_argument("--names", nargs=2, default=["Anna", "Ben"], metavar=("FIRST", "SECOND"))
    parser.add_argument(
        "--json", action="store_true", help="print JSON: names, values, warnings, and the staging itself"
    )
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _stage(arguments), print_failure))


def _stage(arguments: argparse.Namespace) -> None:
    from ..staging import stage_prompt
    from ..staging.values import values_of

    names = (str(arguments.names[0]), str(arguments.names[1]))
    staged = stage_prompt(arguments.prompt, names, arguments.assets)
    values = values_of(staged.staging)
    if arguments.json:
        found = {"names": names, "values": values.as_json(), "warnings": staged.warnings}
        print(json.dumps(found | {"staging": staged.staging.as_json()}, indent=1, ensure_ascii=False))
        return
    print(_table(names, values))
    for warning in staged.warnings:
        print(warning, file=sys.stderr)


def _table(names: tuple[str, str], values: StagingValues) -> str:
    first, second = values.people
    rows = [("", *names)]
    rows += [(one.name, _cell(getattr(first, one.name)), _cell(getattr(second, one.name))) for one in fields(first)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"{values.arrangement}, {values.distance:g} m apart", *lines])


def _cell(value: str | float | None) -> str:
    if value is None:
        return "anywhere"
    return value if isinstance(value, str) else f"{value:g}"
