"""`python -m lab evaluate colocated`: trials of two people in one room, on rehearsals that no training has seen."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from backend.assets import assets_folder, require_assets
from backend.contract.constants import COLOCATED_ENGINE, DUALTALK_ENGINE, OPEN_HEAD
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import load_face
from backend.job.reporting import Reporter

from ...cache import CACHE
from ...progress import counter
from ..benchmark_inputs import load_speech_encoder, make_rehearsals
from . import trials as trial_functions
from .behaviour import TAKES
from .dialogues import INPUTS, read_dialogues
from .performers import Performer, performer
from .report import PICTURE_NAME, Pictured, as_text, draw_performances, write_numbers
from .trials import Trials

REHEARSALS: Final = CACHE / "evaluation" / "colocated"
SEED: Final = 90_001
"""Of the rehearsals that are made where none are given; no corpus is trained from it."""

_FEW: Final = 4
"""Dialogues of the trials in which each is performed several times over."""


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Run `evaluate colocated`: print the numbers of the trials, and write them where `arguments.out` says."""
    weights = named_weights(arguments.weights)
    assets = assets_folder(arguments.assets)
    require_assets(assets, OPEN_HEAD)
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz")
    folder = arguments.rehearsals or make_rehearsals(REHEARSALS, SEED, assets, counter(report, "made"), TAKES)
    dialogues = read_dialogues(folder, arguments.last, assets, arguments.detected, counter(report, "read"))
    encoder = load_speech_encoder(assets)
    performers = {name: performer(COLOCATED_ENGINE, encoder, path) for name, path in weights.items()}
    if not performers:
        performers = {arguments.engine: performer(arguments.engine, encoder)}
        if "table" in arguments.trials and arguments.engine != DUALTALK_ENGINE:
            performers[DUALTALK_ENGINE] = performer(DUALTALK_ENGINE, encoder)
    trials = Trials(face, dialogues, lambda what, done, total: counter(report, what)(done, total))
    found: dict[str, Any] = {"dialogues": [dialogue.name for dialogue in dialogues], "measured": next(iter(performers))}
    for name, run_trial in trial_runs(trials, performers, arguments.long).items():
        if name in arguments.trials:
            found[name] = run_trial()
            if arguments.out is not None:
                write_numbers(arguments.out, found)
    print(as_text(found))
    if arguments.out is not None:
        print(_draw(arguments.out, trials, next(iter(performers.values()))))


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


def trial_runs(trials: Trials, performers: dict[str, Performer], long: float) -> dict[str, Callable[[], Any]]:
    """Trial → what runs it; all but the table measure the first of `performers`."""
    first = next(iter(performers.values()))
    return {
        "rates": lambda: trial_functions.behaviour(trials, first),
        "mouths": lambda: trial_functions.mouths(trials, first),
        "seams": lambda: trial_functions.seams(trials, first, long),
        "prompts": lambda: trial_functions.prompts(trials, first, _FEW),
        "seeds": lambda: trial_functions.variations(trials, first, _FEW),
        "timing": lambda: trial_functions.timing(trials, first),
        "keeping": lambda: trial_functions.keeping(trials, first, _FEW),
        "table": lambda: trial_functions.table(trials, performers),
    }


def _draw(folder: Path, trials: Trials, actor: Performer) -> Path:
    dialogue = trials.dialogues[0]
    columns = [Pictured("as rehearsed", dialogue.truth)]
    for kind, seed in ((INPUTS[0], 0), (INPUTS[0], 1), (INPUTS[1], 0)):
        columns.append(Pictured(f"{kind}, seed {seed}", trials.perform(actor, dialogue, kind, seed).motion))
    path = folder / PICTURE_NAME
    draw_performances(path, columns, dialogue.truth.speaking, trials.face)
    return path
