"""`python -m lab evaluate reactivity`: whether the listener follows the partner in time.

The engine is put before the partners of rehearsals that no training has seen, and before exchanged ones: muted, with
another's motion, with another's sound, and 5 s late. What the listener is likely to do is held against what the partner
does, by cross-correlation with a shuffled control.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from backend.contract.constants import FRAME_RATE, OPEN_HEAD
from backend.contract.errors import DuologueError, ExitCode
from backend.job.failures import run_explained
from backend.job.reporting import print_failure

from ...cache import EVALUATION_CACHE
from ...simulation.rehearsal import Rehearsal

REHEARSALS: Final = EVALUATION_CACHE / "reactivity"
SEED: Final = 90_000
"""Of the rehearsals that are made where none are given; no corpus is trained from it."""

_HOURS: Final = 8.0 / 60.0


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m lab evaluate reactivity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rehearsals", type=Path, metavar="FOLDER", help="default: eight are made once, 60 s each")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="gets reactivity.json and reactivity.png")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _measure(arguments), print_failure))


def read_rehearsals(folder: Path) -> list[Rehearsal]:
    """Those in `folder`, of which one is another's partner.

    Raises DuologueError (BAD_REQUEST where they are fewer than two or shorter than LEAST_SECONDS, ASSET_CORRUPT).
    """
    from ...simulation.corpus import rehearsal_folders
    from ...simulation.rehearsal_files import load_rehearsal
    from .following import LEAST_SECONDS

    folders = rehearsal_folders(folder)
    if len(folders) < 2:  # noqa: PLR2004  (a partner is exchanged for that of another one)
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"There is only one rehearsal in {folder}.", "Two are needed at least; make more."
        )
    found = [load_rehearsal(one) for one in folders]
    for path, rehearsal in zip(folders, found, strict=True):
        if rehearsal.motion.frames < LEAST_SECONDS * FRAME_RATE:
            raise DuologueError(
                ExitCode.BAD_REQUEST,
                f"The rehearsal {path} lasts less than {LEAST_SECONDS:.0f} s.",
                "Make them with `python3 build.py train rehearse --seconds 60`.",
            )
    return found


def _measure(arguments: argparse.Namespace) -> None:
    from backend.assets import assets_folder
    from backend.engines.dualtalk.checkpoint import load_network
    from backend.engines.lip_reader.checkpoint import load_lips
    from backend.speech.encoder import load_encoder

    from .reactions import RememberingEncoder, react_to_all
    from .report import agreements, measure, rates, table, write_reactivity

    assets = assets_folder(arguments.assets)
    folder = arguments.rehearsals or _make_rehearsals(assets)
    rehearsals = read_rehearsals(folder)
    encoder = RememberingEncoder(load_encoder(assets / "speech" / "whisper-base-encoder-4.safetensors", "cpu"))
    reactions = react_to_all(rehearsals, encoder, load_lips(), load_network(), _tell_progress)
    answered = measure(reactions)
    print(table(answered))
    for title, numbers in (
        ("begin a minute", rates(reactions)),
        ("same as before the real partner, r", agreements(reactions)),
    ):
        print(f"{title:36}" + "".join(f"{name.replace('_', ' '):>12}" for name in next(iter(numbers.values()))))
        for partner, values in numbers.items():
            print(f"  {partner:34}" + "".join(f"{value:12.2f}" for value in values.values()))
    if arguments.out is not None:
        print("\n".join(str(path) for path in write_reactivity(arguments.out, reactions, answered)))


def _make_rehearsals(assets: Path) -> Path:
    """Eight rehearsals of a minute, spoken by flite; those that are there are kept."""
    from ...simulation.corpus import write_corpus

    face = assets / "faces" / f"{OPEN_HEAD}.npz"
    write_corpus(REHEARSALS, _HOURS, SEED, face, workers=1, progress=lambda done, of: print(f"made {done} of {of}"))
    return REHEARSALS


def _tell_progress(done: int, total: int) -> None:
    print(f"listened to {done} of {total}", flush=True)
