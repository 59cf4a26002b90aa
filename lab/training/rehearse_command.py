"""`train rehearse`: a corpus of rehearsals, a folder each, and a summary of what is in it."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path
from typing import Final

from backend.assets import assets_folder, require_assets
from backend.contract.constants import OPEN_HEAD
from backend.contract.errors import DuologueError, ExitCode
from backend.job.reporting import Reporter

from ..cache import TRAINING_CACHE
from ..progress import time_left

VOICES: Final = ("every", "flite")
DEFAULT_HOURS: Final = 4.0


def corpus_folder(work: Path, seed: int) -> Path:
    """Where the corpus of `seed` lies unless somebody says otherwise."""
    return work / f"corpus-{seed}"


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train rehearse`."""
    work = TRAINING_CACHE
    parser.add_argument("--hours", type=float, default=DEFAULT_HOURS, help="hours of dialogue")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another corpus")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that rehearse")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of a rehearsal")
    parser.add_argument("--takes", type=int, default=0, metavar="N", help="act each dialogue N times more")
    parser.add_argument("--voices", choices=VOICES, default="every", help="flite alone needs nothing fetched")
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"default {work}/corpus-SEED; an old one is continued")
    parser.add_argument("--assets", type=Path, help="the assets folder")
    parser.set_defaults(work=work)


def run(given: argparse.Namespace, report: Reporter) -> None:
    """Make the corpus and print its summary. Raises DuologueError."""
    from ..simulation.corpus import summarise, write_corpus
    from ..simulation.speech.voices import EVERY_SYNTHESIZER, FLITE_ALONE

    _check(given)
    assets = assets_folder(given.assets)
    require_assets(assets, OPEN_HEAD)
    folders = write_corpus(
        given.out or corpus_folder(given.work, given.seed),
        given.hours,
        given.seed,
        assets / "faces" / f"{OPEN_HEAD}.npz",
        given.workers,
        time_left(report, "rehearsal"),
        given.seconds,
        EVERY_SYNTHESIZER if given.voices == "every" else FLITE_ALONE,
        takes=given.takes,
    )
    print(folders[0].parent)
    print("\n".join(summarise(folders).lines()))


def _check(given: argparse.Namespace) -> None:
    """Raises DuologueError (BAD_REQUEST) for numbers that make no corpus."""
    wrong = [
        f"--{name} must be {least:g} or more, not {getattr(given, name):g}"
        for name, least in (("hours", 1e-4), ("seed", 0), ("workers", 1), ("seconds", 10.0), ("takes", 0))
        if not (math.isfinite(getattr(given, name)) and getattr(given, name) >= least)
    ]
    if wrong:
        raise DuologueError(ExitCode.BAD_REQUEST, f"{'; '.join(wrong)}.", "Correct the command line.")
