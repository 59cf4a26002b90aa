"""`python -m lab evaluate reactivity`: whether the listener follows the partner in time."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from backend.assets import assets_folder
from backend.contract.constants import FRAME_RATE
from backend.contract.errors import DuologueError, ExitCode
from backend.engines.dualtalk.engine import load_network
from backend.engines.lip_reader.model import load_lips
from backend.job.reporting import Reporter

from ...cache import EVALUATION_CACHE
from ...progress import counter
from ...simulation.corpus import rehearsal_folders
from ...simulation.rehearsal import Rehearsal
from ...simulation.rehearsal_files import load_rehearsal
from ..benchmark_inputs import load_speech_encoder, make_rehearsals
from .following import LEAST_SECONDS
from .reactions import react_to_all
from .report import as_text, measure, rates_as_text, write_reactivity

REHEARSALS: Final = EVALUATION_CACHE / "reactivity"
SEED: Final = 90_000
"""Of the rehearsals that are made where none are given; no corpus is trained from it."""


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Run `evaluate reactivity`: print the numbers, and write them where `arguments.out` says."""
    assets = assets_folder(arguments.assets)
    folder = arguments.rehearsals or make_rehearsals(REHEARSALS, SEED, assets, counter(report, "made"))
    rehearsals = read_rehearsals(folder)
    encoder, lips = load_speech_encoder(assets), load_lips()
    reactions = react_to_all(
        rehearsals,
        encoder,
        lips,
        load_network(),
        counter(report, "listened to"),
    )
    answered = measure(reactions)
    print(as_text(answered))
    print(rates_as_text(reactions))
    if arguments.out is not None:
        print("\n".join(str(path) for path in write_reactivity(arguments.out, reactions, answered)))


def read_rehearsals(folder: Path) -> list[Rehearsal]:
    """Those in `folder`, of which one is another's partner.

    Raises DuologueError (BAD_REQUEST where they are fewer than two or shorter than LEAST_SECONDS, ASSET_CORRUPT).
    """
    folders = rehearsal_folders(folder)
    if len(folders) < 2:  # noqa: PLR2004  (a partner is exchanged for that of another one)
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"There is only one rehearsal in {folder}.", "Two are needed at least; make more."
        )
    found = [load_rehearsal(path) for path in folders]
    for path, rehearsal in zip(folders, found, strict=True):
        if rehearsal.motion.frames < LEAST_SECONDS * FRAME_RATE:
            raise DuologueError(
                ExitCode.BAD_REQUEST,
                f"The rehearsal {path} lasts less than {LEAST_SECONDS:.0f} s.",
                "Make them with `python3 build.py train rehearse --seconds 60`.",
            )
    return found
