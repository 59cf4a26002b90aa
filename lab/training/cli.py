"""`python -m lab train …`: what is trained or made to train on, one module a sub-command.

`train` alone makes the weights of the small engine (`dualtalk.command`). A module has `add_flags(parser)` and
`run(arguments, report)`; one that trains on devices has `check(arguments)` too, and its `run(arguments, group)` is
called in each process.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import Final

from backend.contract.command_flags import RefusingParser
from backend.job.reporting import Reporter

_COMMANDS: Final = {
    "rehearse": "lab.training.rehearse_command",
    "statistics": "lab.simulation.statistics.report",
    "dualtalk": "lab.training.dualtalk_official.command",
    "colocated": "lab.training.colocated.command",
    "sentences": "lab.training.sentence_reader.command",
    "ablations": "lab.training.dualtalk.ablations",
}
"""Imported when it is asked for."""


def run(words: Sequence[str], report: Reporter) -> None:
    """Run the sub-command that `words` begin with. Raises DuologueError."""
    named = bool(words) and words[0] in _COMMANDS
    name = words[0] if named else ""
    module = importlib.import_module(_COMMANDS[name] if named else "lab.training.dualtalk.command")
    parser = RefusingParser(prog=f"python -m lab train {name}".rstrip(), description=module.__doc__)
    module.add_flags(parser)
    arguments = parser.parse_args(words[1:] if named else words)
    if hasattr(arguments, "devices"):
        _run_on_devices(module, arguments, words, report)
    else:
        module.run(arguments, report)


def _run_on_devices(module: ModuleType, arguments: argparse.Namespace, words: Sequence[str], report: Reporter) -> None:
    """Here, or in a process for each device. Raises DuologueError."""
    module.check(arguments)
    from .distributed import ProcessGroup, launch, launched

    if arguments.devices > 1 and not launched():
        launch(words, arguments.devices, report)
        return
    from backend.job.machine import choose_device

    group = ProcessGroup(choose_device(arguments.device), arguments.devices, report)
    module.run(arguments, group)
    group.leave()
