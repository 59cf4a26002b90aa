"""The flags that trainings on devices share, and what their numbers may be."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from backend.contract.errors import DuologueError, ExitCode

_LARGEST_SEED: Final = 2**32 - 1


def add_training_flags(
    parser: argparse.ArgumentParser, usual: Any, run: Path, weights: str, texts: Mapping[str, str]
) -> tuple[Any, Any]:
    """The flags of every training on devices; the groups `learning` and `machine`, for more of them.

    `usual` has the defaults `batch`, `window`, `rate` and `seed`; `run` is the usual folder, `weights` the file in it;
    `texts` explains `data`, `start`, `window` and `rate`.
    """
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=texts["data"])
    parser.add_argument("--run", type=Path, default=run, metavar="DIR", help="checkpoints, curves; found again")
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"the weights; default {weights} in --run")
    parser.add_argument("--resume", action="store_true", help="go on; an error where --run has nothing to go on from")
    parser.add_argument("--start", type=Path, metavar="FILE", help=texts["start"])
    parser.add_argument("--leave-out-bad", action="store_true", help="train without the data that have a fault")
    learning = parser.add_argument_group("learning")
    learning.add_argument("--batch", type=int, default=usual.batch, help="windows")
    learning.add_argument("--window", type=int, default=usual.window, help=texts["window"])
    learning.add_argument("--rate", type=float, default=usual.rate, help=texts["rate"])
    learning.add_argument("--seed", type=int, default=usual.seed)
    machine = parser.add_argument_group("machine")
    machine.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    machine.add_argument("--devices", type=int, default=1, help="a process for each")
    machine.add_argument("--checkpoint-steps", type=int, default=200, help="what a kill loses at most")
    machine.add_argument("--assets", type=Path, help="the assets folder")
    return learning, machine


def check_training_flags(arguments: argparse.Namespace, least: Mapping[str, int]) -> None:
    """Raises DuologueError (BAD_REQUEST); `least` has the least of further numbers by the names of their flags."""
    for name, smallest in {"batch": 1, "devices": 1, "seed": 0, "checkpoint_steps": 1, **least}.items():
        if getattr(arguments, name) < smallest:
            raise bad_flag(f"--{name.replace('_', '-')} is {getattr(arguments, name)}", f"Give {smallest} or more.")
    if arguments.seed > _LARGEST_SEED:
        raise bad_flag(f"--seed is {arguments.seed}", f"Give {_LARGEST_SEED} or less.")
    if not 0.0 < arguments.rate < 1.0:
        raise bad_flag(f"--rate is {arguments.rate}", "Give a learning rate between 0 and 1.")
    from .checkpoint import CHECKPOINT  # needs torch, which --help does without

    if arguments.resume and not (arguments.run / CHECKPOINT).is_file():
        raise bad_flag(f"{arguments.run} has no checkpoint to go on from", "Leave out --resume to begin.")


def bad_flag(problem: str, fix: str) -> DuologueError:
    """A flag that makes no sense."""
    return DuologueError(ExitCode.BAD_REQUEST, f"{problem}.", fix)
