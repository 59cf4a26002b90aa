"""`python -m lab train …`: what is trained or made to train on, one module a sub-command.

`train` alone makes the shipped weights (`dualtalk.command`).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Final

_COMMANDS: Final = {
    "rehearse": "rehearse_command",
    "statistics": "statistics_command",
    "dualtalk": "dualtalk_official.command",
    "colocated": "colocated.command",
    "ablations": "dualtalk.ablations",
}
"""Each with a function `main(words)` that gives the exit code; imported when it is asked for."""


def main(words: Sequence[str]) -> int:
    """Run the sub-command that `words` begin with; the exit code."""
    named = bool(words) and words[0] in _COMMANDS
    module = _COMMANDS[words[0]] if named else "dualtalk.command"
    command = importlib.import_module(f".{module}", __package__)
    return int(command.main(words[1:] if named else words))
