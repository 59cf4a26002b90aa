"""`prepare-assets`: everything that is derived from pinned packages, in place and verified."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..job.failures import run_explained
from .telling import tell


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend prepare-assets", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="ASSET", help="this asset; may be repeated")
    parser.add_argument("--again", action="store_true", help="derive also what is there and unchanged")
    parser.add_argument("--packages", type=Path, metavar="FOLDER", help="where package files lie already")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _prepare(arguments), tell))


def _prepare(arguments: argparse.Namespace) -> None:
    from ..asset_preparation import DOWNLOADS, prepare_assets
    from ..assets import assets_folder

    folder = assets_folder(arguments.assets)
    packages = arguments.packages or DOWNLOADS
    derived = prepare_assets(folder, only=arguments.only, again=arguments.again, packages=packages, say=_say)
    print(f"{len(derived)} derived, everything is in {folder}" if derived else f"everything is already in {folder}")


def _say(step: str) -> None:
    print(step, flush=True)
