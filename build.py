#!/usr/bin/env python3
"""The developer's one command line; the standard library alone, so that it runs before anything is installed.

python3 build.py demo | test | setup | lint | face | train | bench | package | wheelhouse | lock | pictures | window
"""

from __future__ import annotations

import argparse
import sys

if sys.version_info < (3, 9):  # noqa: UP036 — what is imported below does not load there
    sys.exit("build.py starts with Python 3.9 or later, and this is " + sys.version.split()[0] + ". Use 3.11 to 3.14.")

from backend.contract.console import forgiven_printing
from building import (
    bench,
    demo,
    environments,
    locking,
    package,
    pictures,
    quality,
    training,
    verification,
    wheelhouse,
    window_tests,
)
from building.processes import BuildFailedError


def main(argv: list[str]) -> int:
    """Run one sub-command and return its exit code."""
    with forgiven_printing():
        return _run(argv)


def _run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="build.py", description="Build, try and test Duologue.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for add in (
        demo.add_command,
        verification.add_command,
        environments.add_commands,
        quality.add_command,
        training.add_command,
        bench.add_command,
        package.add_command,
        locking.add_command,
        pictures.add_command,
        wheelhouse.add_command,
        window_tests.add_command,
    ):
        add(commands)
    arguments, rest = parser.parse_known_args(argv)
    if rest and arguments.command != "train":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = [*getattr(arguments, "rest", []), *rest]
    try:
        return int(arguments.run(arguments))
    except BuildFailedError as error:
        print(f"build.py {arguments.command}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
