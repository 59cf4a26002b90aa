"""`python -m lab …`: training and evaluation, at a shell or in a job folder. It imports no command before that runs.

The request in a job folder has the command's `words`, as they would stand at the shell.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final

from backend.command.long_command import LongCommand, run
from backend.contract.console import forgive_printing, set_process_environment
from backend.job.reporting import Reporter

_COMMANDS: Final = {
    "train": ("lab.training.cli", "make rehearsals and train the engines on them"),
    "evaluate": ("lab.evaluation.command", "measure a performance, or an engine on real recordings"),
    "verify-metrics": ("lab.evaluation.verify_metrics", "hold DualTalk's metrics against the reference's numbers"),
}


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m lab",
        description="Training and evaluation.",
        epilog="commands:\n" + "\n".join(f"  {name:16} {what}" for name, (_, what) in _COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=_COMMANDS, metavar="command")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="see `command --help`; or --job FOLDER")
    chosen = parser.parse_args(words)
    module, description = _COMMANDS[chosen.command]

    def work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
        importlib.import_module(module).run(arguments.words, report)
        return {}

    def show(_arguments: argparse.Namespace, _result: dict[str, object]) -> None:
        """Nothing: the commands print while they run."""

    return run(LongCommand(chosen.command, description, (), work, show, own_parser=True), chosen.words)


if __name__ == "__main__":
    set_process_environment()
    forgive_printing()
    sys.exit(main(sys.argv[1:]))
