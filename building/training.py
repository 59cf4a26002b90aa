"""`build.py train …`: a corpus of rehearsals, what is in it, and the shipped weights, from nothing."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from typing import Any, Final

from .environments import set_up_backend
from .paths import ROOT
from .processes import run

_SPEAKERS: Final = {
    "flite": ("flite",),
    "festival": ("festival", "festvox-kallpc16k", "festvox-kdlpc16k", "festvox-us-slt-hts"),
    "espeak-ng": ("espeak-ng",),
}
"""Program → the Debian packages it and its voices come from; Kokoro's voices need espeak-ng."""


def add_command(commands: Any) -> None:
    """Register `train`; everything after it goes to `python -m lab train`."""
    parser = commands.add_parser(
        "train", help="make rehearsals (train rehearse) and train the shipped model", add_help=False
    )
    parser.set_defaults(run=_train)


def needed_programs(words: Sequence[str]) -> tuple[str, ...]:
    """The programs that `train` with these words speaks with."""
    command = words[0] if words and not words[0].startswith("-") else ""
    if {"-h", "--help", "--corpus"} & set(words) or command not in ("", "rehearse", "statistics"):
        return ()
    every = command != "statistics" and not {"flite", "--voices=flite"} & set(words)
    return tuple(_SPEAKERS) if every else ("flite",)


def _train(arguments: argparse.Namespace) -> int:
    missing = [program for program in needed_programs(arguments.rest) if not shutil.which(program)]
    python = set_up_backend(
        packages=[package for program in missing for package in _SPEAKERS[program]], development=True
    )
    run([python, "-m", "lab", "train", *arguments.rest], what="Training", folder=ROOT)
    return 0
