"""`verify-dualtalk`: whether DualTalk computes here what the reference computed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..contract.errors import DuologueError, ExitCode
from ..job.failures import run_explained
from ..job.reporting import print_failure


def main(words: Sequence[str]) -> int:
    """The exit code: OK, or ASSET_CORRUPT where a value differs by more than rounding."""
    parser = argparse.ArgumentParser(prog="python -m backend verify-dualtalk", description=__doc__)
    parser.add_argument("fixture", type=Path, metavar="FIXTURE.npz", help="inputs, weights and values of a pass")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _verify(arguments.fixture), print_failure))


def _verify(path: Path) -> None:
    from ..engines.dualtalk_official.parity import TOLERANCE, largest_differences, load_fixture

    fixture = load_fixture(path)
    differences = largest_differences(fixture)
    print(f"{'value':18}{'shape':>12}  {'largest difference':>18}")
    for name, difference in differences.items():
        shape = "×".join(str(size) for size in fixture.values[name].shape)
        print(f"{name:18}{shape:>12}  {difference:18.2e}{'' if difference <= TOLERANCE else '  too large'}")
    # “not within” instead of “beyond”, so that a number that is none fails
    failed = [name for name, difference in differences.items() if not difference <= TOLERANCE]
    if failed:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"{', '.join(failed)} differ from {path} by more than {TOLERANCE:g}.",
            "Check that the file is whole and that torch and transformers are those in locks/.",
        )
    print(f"all within {TOLERANCE:g}")
