"""`build.py train`: the shipped weights again, from nothing."""

from __future__ import annotations

import argparse
import shutil
from typing import Any

from .environments import set_up_backend
from .paths import ROOT
from .processes import run
from .system_libraries import install_debian_packages


def add_command(commands: Any) -> None:
    """Register `train`; everything after it goes to `python -m backend train`."""
    parser = commands.add_parser("train", help="make rehearsals and train the shipped model", add_help=False)
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> int:
    python = set_up_backend()
    if not shutil.which("flite"):
        install_debian_packages(["flite"])
    run([python, "-m", "backend", "train", *arguments.rest], what="Training", folder=ROOT)
    return 0
