"""`python -m lab …`: training and evaluation. It imports no command before that command runs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final

from backend.contract.console import forgive_printing
from backend.process_environment import set_process_environment

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
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="`command --help` tells")
    chosen = parser.parse_args(words)
    return int(importlib.import_module(_COMMANDS[chosen.command][0]).main(chosen.words))


if __name__ == "__main__":
    set_process_environment()
    forgive_printing()
    sys.exit(main(sys.argv[1:]))
