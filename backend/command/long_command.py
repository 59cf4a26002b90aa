"""Commands that may take long: each runs at a shell, or as a job folder that another program watches."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..contract.command_flags import Flag, RefusingParser, add_flags, refused, words_of
from ..contract.command_request import read_command_request
from ..contract.errors import ExitCode
from ..job.failures import run_explained
from ..job.reporting import QuietReporter, Reporter, print_failure
from ..job.running import Host, run_in_folder, run_with_output

ASSETS: Final = Flag("--assets", "default: DUOLOGUE_ASSETS, or .assets", "FOLDER", Path)
JOB: Final = Flag("--job", "do the job in this folder; nothing else is read", "FOLDER", Path)
EVENTS_HELP: Final = "print an event a line, and stop when standard input ends"


@dataclass(frozen=True)
class LongCommand:
    """A command of the worker.

    `work` returns the result as plain values; `show` prints it at a shell. Both may raise DuologueError. `events` is
    the switch that has events printed, None where there is none; `reporter` shows progress at a shell.
    With `own_parser` there are no flags: `work` parses `words` itself, which are the request's only argument.
    """

    name: str
    description: str
    flags: tuple[Flag, ...]
    work: Callable[[argparse.Namespace, Reporter], dict[str, object]]
    show: Callable[[argparse.Namespace, dict[str, object]], None]
    events: Flag | None = None
    reporter: Callable[[], Reporter] = QuietReporter
    own_parser: bool = False


def run(command: LongCommand, words: Sequence[str]) -> int:
    """Run `command` as `words` say; the exit code."""
    folder = _job_folder(words)
    if folder is not None:
        return int(run_requested(command, folder))
    if command.own_parser:
        return int(run_explained(lambda: _at_shell(command, argparse.Namespace(words=list(words))), print_failure))
    parser = argparse.ArgumentParser(prog=f"python -m backend {command.name}", description=command.description)
    events = () if command.events is None else (command.events,)
    add_flags(parser, (*command.flags, JOB, *events))
    arguments = parser.parse_args(words)
    if command.events is not None and getattr(arguments, command.events.key):
        return int(run_with_output(lambda report: command.work(arguments, report)))
    return int(run_explained(lambda: _at_shell(command, arguments), print_failure))


def run_requested(command: LongCommand, folder: Path, host: Host | None = None) -> ExitCode:
    """Run `command` as the request in `folder` says; how it ended."""
    return run_in_folder(folder, lambda report: command.work(_requested(command, folder), report), host)


def _job_folder(words: Sequence[str]) -> Path | None:
    """The folder after `--job`: with it, what the command needs otherwise is in the request."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_flags(parser, (JOB,))
    folder: Path | None = parser.parse_known_args(words)[0].job
    return None if folder is None else folder.absolute()


def _requested(command: LongCommand, folder: Path) -> argparse.Namespace:
    """The arguments that the request in `folder` has. Raises DuologueError (BAD_REQUEST)."""
    requested = read_command_request(folder, command.name)
    if command.own_parser:
        words = requested.get("words", [])
        if set(requested) - {"words"} or not isinstance(words, list) or {type(word) for word in words} - {str}:
            raise refused(f"The request for {command.name} has more or other than the list of its words.")
        return argparse.Namespace(words=words)
    parser = RefusingParser(prog=command.name, add_help=False, allow_abbrev=False)
    add_flags(parser, command.flags)
    return parser.parse_args(words_of(command.flags, requested))


def _at_shell(command: LongCommand, arguments: argparse.Namespace) -> None:
    command.show(arguments, command.work(arguments, command.reporter()))
