"""The command line's parser. It imports no command before that command runs."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .long_command import run

COMMANDS: Final = {
    "animate": "animate a dialogue: a job folder, or files and a prompt",
    "serve": "job after job in one process, for a program that keeps it",
    "export-face": "write a face in FLAME's layout",
    "import-flame": "make a face of a FLAME file, with its transfers to and from the open head",
    "transfer-performance": "write a performance in the components of another face",
    "stage": "print what a prompt makes of two people, as values",
    "check": "print Python, torch, device and the state of every asset",
    "install": "make the backend's own environment and assets in a folder, move or remove them",
    "prepare-assets": "fetch the pinned packages and derive the assets from them",
    "verify-dualtalk": "hold DualTalk's values against the reference implementation's",
    "convert-checkpoint": "DualTalk's official checkpoint to half-precision safetensors",
}
_IN_LAB: Final = ("train", "evaluate", "verify-metrics")
"""Commands that were here once; a checkout, which has the lab, still knows them."""

_ROOT: Final = Path(__file__).resolve().parents[2]


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; the exit status."""
    if words and words[0] in _IN_LAB and (_ROOT / "lab").is_dir():
        return subprocess.call([sys.executable, "-m", "lab", *words])
    parser = argparse.ArgumentParser(
        prog="python -m backend",
        description="Duologue's worker.",
        epilog="commands:\n" + "\n".join(f"  {name:21} {what}" for name, what in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="see `command --help`")
    chosen = parser.parse_args(words)
    module = importlib.import_module(f"backend.command.{chosen.command.replace('-', '_')}")
    if hasattr(module, "COMMAND"):
        return run(module.COMMAND, chosen.words)
    return int(module.main(chosen.words))
