"""`python -m lab evaluate colocated`: what issue by issue is asked of two people in one room, on rehearsals unseen.

How far from the truth (of several weights side by side), seams, the wrong mouth, what a prompt and what a seed change,
what keeping a part leaves, and how both behave.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from backend.contract.constants import COLOCATED_ENGINE, DUALTALK_ENGINE, OPEN_HEAD
from backend.contract.errors import DuologueError, ExitCode
from backend.job.failures import run_explained
from backend.job.reporting import print_failure

from ...cache import CACHE

if TYPE_CHECKING:
    from .performers import Performer
    from .trials import Trials

TRIALS: Final = ("table", "seams", "mouths", "prompts", "seeds", "timing", "keeping", "rates")

REHEARSALS: Final = CACHE / "evaluation" / "colocated"
HEARD: Final = CACHE / "evaluation" / "heard"
SEED: Final = 90_001
"""Of the rehearsals that are made where none are given; no corpus is trained from it."""

_HOURS: Final = 8.0 / 60.0
_FEW: Final = 4
"""Dialogues of the trials in which each is performed several times over."""


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m lab evaluate colocated",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rehearsals", type=Path, metavar="FOLDER", help="default: eight are made once, 60 s each")
    parser.add_argument("--last", type=int, default=24, help="how many of the folder, from its end; default: 24")
    parser.add_argument("--weights", nargs="+", default=[], metavar="NAME=FILE", help="rows of the table")
    parser.add_argument("--trials", nargs="+", default=list(TRIALS), choices=TRIALS, help="default: all")
    parser.add_argument("--engine", default=COLOCATED_ENGINE, choices=(COLOCATED_ENGINE, DUALTALK_ENGINE))
    parser.add_argument("--long", type=float, default=600.0, metavar="SECONDS", help="of the dialogue with seams")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="gets colocated.json and colocated.png")
    parser.add_argument("--heard", type=Path, default=HEARD, metavar="FOLDER", help="keeps who is heard to speak")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _measure(arguments), print_failure))


def named_weights(words: Sequence[str]) -> dict[str, Path]:
    """`NAME=FILE …` → name → file. Raises DuologueError (BAD_REQUEST, WEIGHTS_INVALID where a file is not there)."""
    found: dict[str, Path] = {}
    for word in words:
        name, sign, path = word.partition("=")
        if not sign or not name or not path or name in found:
            raise DuologueError(
                ExitCode.BAD_REQUEST,
                f"“{word}” is no NAME=FILE of its own.",
                "Name each file, as full=out/full.safetensors.",
            )
        found[name] = Path(path)
    for file in found.values():
        if not file.is_file():
            raise DuologueError(
                ExitCode.WEIGHTS_INVALID,
                f"There are no weights {file}.",
                "Train with `python3 build.py train colocated`.",
            )
    return found


def _measure(arguments: argparse.Namespace) -> None:
    from backend.assets import assets_folder, require_assets
    from backend.contract.face import load_face

    from .dialogues import read_dialogues
    from .performers import load_ears, performer
    from .report import as_text, write_numbers
    from .trials import Trials

    weights = named_weights(arguments.weights)
    assets = assets_folder(arguments.assets)
    require_assets(assets, OPEN_HEAD)
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz")
    folder = arguments.rehearsals or _make_rehearsals(assets)
    dialogues = read_dialogues(
        folder, arguments.last, assets, arguments.heard, lambda done, of: _tell("read", done, of)
    )
    encoder = load_ears(assets)
    performers = {name: performer(COLOCATED_ENGINE, encoder, path) for name, path in weights.items()}
    if not performers:
        performers = {arguments.engine: performer(arguments.engine, encoder)}
        if "table" in arguments.trials and arguments.engine != DUALTALK_ENGINE:
            performers[DUALTALK_ENGINE] = performer(DUALTALK_ENGINE, encoder)
    trials = Trials(face, dialogues, _tell)
    found: dict[str, Any] = {"dialogues": [one.name for one in dialogues], "measured": next(iter(performers))}
    for name, run in _runs(trials, performers, arguments.long).items():
        if name in arguments.trials:
            found[name] = run()
            if arguments.out is not None:
                write_numbers(arguments.out, found)
    print(as_text(found))
    if arguments.out is not None:
        print(_draw(arguments.out, trials, next(iter(performers.values()))))


def _runs(trials: Trials, performers: dict[str, Performer], long: float) -> dict[str, Callable[[], Any]]:
    """Trial → what runs it; all but the table measure the first of `performers`."""
    from . import trials as run

    one = next(iter(performers.values()))
    return {
        "rates": lambda: run.behaviour(trials, one),
        "mouths": lambda: run.mouths(trials, one),
        "seams": lambda: run.seams(trials, one, long),
        "prompts": lambda: run.prompts(trials, one, _FEW),
        "seeds": lambda: run.variations(trials, one, _FEW),
        "timing": lambda: run.timing(trials, one),
        "keeping": lambda: run.keeping(trials, one, _FEW),
        "table": lambda: run.table(trials, performers),
    }


def _draw(folder: Path, trials: Trials, one: Performer) -> Path:
    from .dialogues import INPUTS
    from .picture import PICTURE_NAME, Pictured, draw

    dialogue = trials.dialogues[0]
    columns = [Pictured("as rehearsed", dialogue.truth)]
    for kind, seed in ((INPUTS[0], 0), (INPUTS[0], 1), (INPUTS[1], 0)):
        columns.append(Pictured(f"{kind}, seed {seed}", trials.perform(one, dialogue, kind, seed).motion))
    path = folder / PICTURE_NAME
    draw(path, columns, dialogue.truth.speaking, trials.face)
    return path


def _make_rehearsals(assets: Path) -> Path:
    """Eight rehearsals of a minute, spoken by flite and acted several times; those that are there are kept."""
    from ...simulation.corpus import write_corpus
    from .behaviour import TAKES

    face = assets / "faces" / f"{OPEN_HEAD}.npz"
    write_corpus(REHEARSALS, _HOURS, SEED, face, workers=1, progress=partial(_tell, "made"), takes=TAKES)
    return REHEARSALS


def _tell(what: str, done: int, total: int) -> None:
    print(f"{what}: {done} of {total}", flush=True)
