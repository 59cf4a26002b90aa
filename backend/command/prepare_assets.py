"""`prepare-assets`: everything that is derived from pinned packages, in place and verified."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from ..contract.command_flags import Flag
from ..job.reporting import Reporter, StageReporter, step_of
from .long_command import ASSETS, LongCommand


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    from ..asset_preparation import DOWNLOADS, prepare_assets
    from ..assets import assets_folder

    folder, step = assets_folder(arguments.assets), step_of(report)
    derived = prepare_assets(
        folder,
        only=arguments.only,
        again=arguments.again,
        packages=arguments.packages or DOWNLOADS,
        say=lambda sentence: step(sentence, 0, 1),
    )
    return {"folder": str(folder), "derived": [asset.id for asset in derived]}


def _show(_arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    count, folder = len(result["derived"]), result["folder"]
    print(f"{count} derived, everything is in {folder}" if count else f"everything is already in {folder}")


COMMAND: Final = LongCommand(
    "prepare-assets",
    __doc__,
    (
        Flag("--only", "this asset; may be repeated", "ASSET", repeated=True),
        Flag("--again", "derive also what is there and unchanged", switch=True),
        Flag("--packages", "where package files lie already", "FOLDER", Path),
        ASSETS,
    ),
    _work,
    _show,
    reporter=StageReporter,
)
