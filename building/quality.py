"""`build.py lint`: the formatter, the linters and the type checker."""

from __future__ import annotations

import argparse
from typing import Any, Final

from .environments import set_up_backend
from .processes import status

_IMPORTS: Final = "from importlinter.cli import lint_imports; exit(lint_imports(cache_dir=None))"
"""The contracts of .importlinter."""


def add_command(commands: Any) -> None:
    """Register `lint`."""
    parser = commands.add_parser("lint", help="formatter, linter and type checker")
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    parser.set_defaults(run=_lint)


def _lint(arguments: argparse.Namespace) -> int:
    python = set_up_backend(assets=False, development=True)
    fix = ["--fix"] if arguments.fix else []
    checks = (
        ["ruff", "format", *([] if arguments.fix else ["--check"]), "."],
        ["ruff", "check", *fix, "."],
        ["mypy", "build.py", "building", "backend", "lab"],
    )
    results = [status([python, "-m", *check]) for check in checks]
    results.append(status([python, "-c", _IMPORTS]))
    return max(results)
