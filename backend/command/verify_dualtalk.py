"""`verify-dualtalk`: whether DualTalk computes here what the reference computed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from ..contract.command_flags import Flag
from ..contract.errors import DuologueError, ExitCode
from ..job.reporting import Reporter
from .long_command import LongCommand


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    report.check_cancel()
    from ..engines.dualtalk_official.parity import TOLERANCE, largest_differences, load_fixture

    report.progress("Computing", 0, 1)
    fixture = load_fixture(arguments.fixture)
    differences = largest_differences(fixture)
    values = {
        name: {"shape": list(fixture.values[name].shape), "difference": float(difference)}
        for name, difference in differences.items()
    }
    # “not within” instead of “beyond”, so that a number that is none fails
    beyond = [name for name, difference in differences.items() if not difference <= TOLERANCE]
    return {"values": values, "tolerance": TOLERANCE, "beyond": beyond}


def _show(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    """Raises DuologueError (ASSET_CORRUPT) for what differs too much, which is a result for another program."""
    beyond, tolerance = result["beyond"], result["tolerance"]
    print(f"{'value':18}{'shape':>12}  {'largest difference':>18}")
    for name, row in result["values"].items():
        shape = "×".join(str(size) for size in row["shape"])
        print(f"{name:18}{shape:>12}  {row['difference']:18.2e}{'  too large' if name in beyond else ''}")
    if beyond:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"{', '.join(beyond)} differ from {arguments.fixture} by more than {tolerance:g}.",
            "Check that the file is whole and that torch and transformers are those in locks/.",
        )
    print(f"all within {tolerance:g}")


COMMAND: Final = LongCommand(
    "verify-dualtalk",
    __doc__,
    (Flag("fixture", "inputs, weights and values of a pass", "FIXTURE.npz", Path),),
    _work,
    _show,
)
