"""`convert-checkpoint`: DualTalk's official checkpoint to half-precision safetensors, once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from ..contract.command_flags import Flag
from ..job.reporting import Reporter, step_of
from .long_command import EVENTS_HELP, LongCommand

_CONVERTED: Final = ".safetensors"


def _work(arguments: argparse.Namespace, report: Reporter) -> dict[str, object]:
    """Convert. A file with the converted one's ending, and no other to write, is checked and left as it is."""
    from ..engines.dualtalk_official.conversion import check_checkpoint, convert_checkpoint

    source, step = arguments.checkpoint, step_of(report)
    if arguments.out is None and source.suffix == _CONVERTED:
        check_checkpoint(source, step)
        return {"file": str(source), "written": False}
    target = arguments.out or source.with_suffix(_CONVERTED)
    return {"file": str(target), "written": convert_checkpoint(source, target, step=step)}


def _show(_arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    print(f"{result['file']}: {'written' if result['written'] else 'there already, and as it should be'}")


COMMAND: Final = LongCommand(
    "convert-checkpoint",
    __doc__,
    (
        Flag("checkpoint", "DualTalk.pth as its authors published it", "IN.pth", Path),
        Flag("--out", "default: beside it, with that ending", "OUT.safetensors", Path),
    ),
    _work,
    _show,
    events=Flag("--json", EVENTS_HELP, switch=True),
)
