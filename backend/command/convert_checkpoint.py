"""`convert-checkpoint`: DualTalk's official checkpoint to half-precision safetensors, once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..job.failures import run_explained
from .telling import tell


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend convert-checkpoint", description=__doc__)
    parser.add_argument("checkpoint", type=Path, metavar="IN.pth", help="DualTalk.pth as its authors published it")
    parser.add_argument("--out", type=Path, metavar="OUT.safetensors", help="default: beside it, with that ending")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _convert(arguments.checkpoint, arguments.out), tell))


def _convert(source: Path, chosen: Path | None) -> None:
    from ..engines.checkpoint_conversion import convert_checkpoint

    target = chosen or source.with_suffix(".safetensors")
    written = convert_checkpoint(source, target)
    print(f"{target}: {'written' if written else 'there already, of the same checkpoint'}")
