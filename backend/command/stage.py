"""`stage`: what a prompt makes of two people, as values, and what of it was not understood."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Final

from ..contract.command_flags import Flag
from ..job.reporting import Reporter
from .long_command import ASSETS, LongCommand


def _work(arguments: argparse.Namespace, _report: Reporter) -> dict[str, object]:
    from ..staging import stage_prompt
    from ..staging.values import values_of

    names = (str(arguments.names[0]), str(arguments.names[1]))
    staged = stage_prompt(arguments.prompt, names, arguments.assets, arguments.without)
    return {
        "names": names,
        "values": values_of(staged.staging).as_json(),
        "warnings": staged.warnings,
        "missed": staged.missed,
        "inferences": [inference.as_json() for inference in staged.inferences],
        "staging": staged.staging.as_json(),
    }


def _show(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    if arguments.json:
        print(json.dumps(result, indent=1, ensure_ascii=False))
        return
    values = result["values"]
    first, second = values["people"]
    rows = [("", *result["names"]), *((name, _cell(first[name]), _cell(second[name])) for name in first)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    print("\n".join([f"{values['arrangement']}, {values['distance']:g} m apart", *lines]))
    for warning in result["warnings"]:
        print(warning, file=sys.stderr)


def _cell(value: str | float | None) -> str:
    if value is None:
        return "anywhere"
    return value if isinstance(value, str) else f"{value:g}"


COMMAND: Final = LongCommand(
    "stage",
    __doc__,
    (
        Flag("prompt", "a sentence about the scene"),
        Flag("--names", "", ("FIRST", "SECOND"), nargs=2, default=["Anna", "Ben"]),
        Flag("--without", "leave out what was inferred under this key; --json prints the keys", "KEY", repeated=True),
        Flag("--json", "print JSON: names, values, warnings, inferences, and the staging itself", switch=True),
        ASSETS,
    ),
    _work,
    _show,
)
