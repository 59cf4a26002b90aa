"""The command line's parser. It imports no command before that command runs."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import Final

_COMMANDS: Final = {
    "animate": "animate a dialogue: a job folder, or files and a prompt",
    "export-face": "write a face in FLAME's layout",
    "import-flame": "make a face of a FLAME file, with its transfers to and from the open head",
    "transfer-performance": "tell a performance in the components of another face",
    "stage": "tell what a prompt makes of two people, as values",
    "check": "print Python, torch, device and the state of every asset",
    "prepare-assets": "fetch the pinned packages and derive the assets from them",
    "train": "make rehearsals and train the engine on them",
    "evaluate": "measure a performance, or a trained engine on real recordings",
    "verify-metrics": "hold DualTalk's metrics against the reference implementation's numbers",
    "verify-dualtalk": "hold DualTalk's values against the reference implementation's",
    "convert-checkpoint": "DualTalk's official checkpoint to half-precision safetensors",
}
_ELSEWHERE: Final = {"train": "backend.training.command", "evaluate": "backend.evaluation.command"}


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m backend",
        description="Duologue's worker.",
        epilog="commands:\n" + "\n".join(f"  {name:21} {what}" for name, what in _COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=_COMMANDS, metavar="command")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="`command --help` tells")
    chosen = parser.parse_args(words)
    module = _ELSEWHERE.get(chosen.command, f"backend.command.{chosen.command.replace('-', '_')}")
    return int(importlib.import_module(module).main(chosen.words))
