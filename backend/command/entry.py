"""The command line's parser. It imports no command before that command runs."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
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
_ROOT: Final = Path(__file__).resolve().parents[2]


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; the exit status."""
    commands = {name: what for name, what in _COMMANDS.items() if _is_here(name)}
    parser = argparse.ArgumentParser(
        prog="python -m backend",
        description="Duologue's worker.",
        epilog="commands:\n" + "\n".join(f"  {name:21} {what}" for name, what in commands.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=commands, metavar="command")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="`command --help` tells")
    chosen = parser.parse_args(words)
    return int(importlib.import_module(_module_of(chosen.command)).main(chosen.words))


def _module_of(command: str) -> str:
    return _ELSEWHERE.get(command, f"backend.command.{command.replace('-', '_')}")


def _is_here(command: str) -> bool:
    """The extension's zip carries only what animates: no training, no evaluation."""
    return (_ROOT / (_module_of(command).replace(".", "/") + ".py")).is_file()
