"""`convert-checkpoint`: DualTalk's official checkpoint to half-precision safetensors, once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..job.failures import run_explained
from .step_events import Step, run_with_events
from .telling import tell

_CONVERTED = ".safetensors"


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend convert-checkpoint", description=__doc__)
    parser.add_argument("checkpoint", type=Path, metavar="IN.pth", help="DualTalk.pth as its authors published it")
    parser.add_argument("--out", type=Path, metavar="OUT.safetensors", help="default: beside it, with that ending")
    parser.add_argument("--json", action="store_true", help="print an event a line, and stop when standard input ends")
    arguments = parser.parse_args(words)
    source, target = arguments.checkpoint, arguments.out
    if arguments.json:
        return run_with_events(lambda step: _convert(source, target, step))
    return int(run_explained(lambda: _print_result(_convert(source, target, _silent)), tell))


def _convert(source: Path, chosen: Path | None, step: Step) -> dict[str, object]:
    """What came of it. A file with the converted one's ending, and no other to write, is checked and left as it is."""
    from ..engines.dualtalk_official.conversion import check_checkpoint, convert_checkpoint

    if chosen is None and source.suffix == _CONVERTED:
        check_checkpoint(source, step)
        return {"file": str(source), "written": False}
    target = chosen or source.with_suffix(_CONVERTED)
    return {"file": str(target), "written": convert_checkpoint(source, target, step=step)}


def _silent(_stage: str, _done: int, _total: int) -> None:
    """At a shell it is over in seconds."""


def _print_result(result: dict[str, object]) -> None:
    print(f"{result['file']}: {'written' if result['written'] else 'there already, and as it should be'}")
