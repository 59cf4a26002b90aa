"""The flags of commands as data: one definition for the worker's command line, Blender's, and requests in job folders.

A flag that both `animate` commands have is in `ANIMATE`; what one program alone has is defined in that program.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from .constants import DEFAULT_ENGINE, ENGINE_NAMES
from .errors import DuologueError, ExitCode
from .job import AudioKind


@dataclass(frozen=True)
class Flag:
    """One argument of a command, in argparse's terms. A `name` without dashes is positional.

    A `switch` takes no value; a `repeated` flag may be given several times and its values become a list.
    """

    name: str
    help: str = ""
    metavar: str | tuple[str, ...] | None = None
    type: Callable[[str], Any] = str
    default: Any = None
    choices: tuple[str, ...] | None = None
    nargs: str | int | None = None
    required: bool = False
    switch: bool = False
    repeated: bool = False

    @property
    def key(self) -> str:
        """The name of the parsed value: `keep_person` for `--keep-person`."""
        return self.name.lstrip("-").replace("-", "_")

    @property
    def positional(self) -> bool:
        """Whether the value is given by its place alone."""
        return not self.name.startswith("-")


class RefusingParser(argparse.ArgumentParser):
    """A parser that raises DuologueError (BAD_REQUEST) where argparse would end the program."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise what argparse found."""
        raise refused(f"{message[:1].upper()}{message[1:]}.")


def add_flags(parser: argparse.ArgumentParser, flags: Sequence[Flag]) -> None:
    """Add `flags` to `parser`, in their order."""
    for flag in flags:
        if flag.switch:
            parser.add_argument(flag.name, action="store_true", help=flag.help)
            continue
        options: dict[str, Any] = {"type": flag.type, "default": flag.default, "help": flag.help or None}
        options |= {
            name: value
            for name, value in (("metavar", flag.metavar), ("choices", flag.choices), ("nargs", flag.nargs))
            if value is not None
        }
        if flag.repeated:
            options |= {"action": "append", "default": []}
        if not flag.positional:
            options["required"] = flag.required
        parser.add_argument(flag.name, **options)


def with_changes(flags: Sequence[Flag], changes: Mapping[str, Mapping[str, Any]]) -> tuple[Flag, ...]:
    """Return `flags` with fields replaced by flag name: where one program means a flag differently.

    Raises KeyError for a name that no flag has.
    """
    unknown = set(changes) - {flag.name for flag in flags}
    if unknown:
        raise KeyError(*unknown)
    return tuple(replace(flag, **changes.get(flag.name, {})) for flag in flags)


def words_of(flags: Sequence[Flag], arguments: Mapping[str, Any]) -> list[str]:
    """Return the words of a command line that say what `arguments` say, a value for each flag's key.

    None and False leave a flag out. Raises DuologueError (BAD_REQUEST) for a key that no flag has.
    """
    unknown = set(arguments) - {flag.key for flag in flags}
    if unknown:
        raise refused(f"No argument is called {', '.join(sorted(unknown))}.")
    words: list[str] = []
    positional: list[str] = []
    for flag in flags:
        value = arguments.get(flag.key)
        if value is None or value is False:
            continue
        if flag.positional:
            positional.append(str(value))
        elif flag.switch:
            words.append(flag.name)
        elif flag.repeated:
            words += [f"{flag.name}={item}" for item in value]
        elif flag.nargs is not None:
            words += [flag.name, *map(str, value)]
        else:
            words.append(f"{flag.name}={value}")  # one word, so that a value may begin with a dash
    return [*words, "--", *positional] if positional else words


def audio_kind(
    first: Path | None, second: Path | None, stereo: Path | None, mix: Path | None
) -> tuple[AudioKind, tuple[Path | None, ...]]:
    """Return the kind of audio that --a, --b, --stereo and --mix name, and its files.

    Raises DuologueError (BAD_REQUEST) unless it is exactly one kind.
    """
    kinds: dict[AudioKind, tuple[Path | None, ...]] = {"tracks": (first, second), "stereo": (stereo,), "mix": (mix,)}
    given = [(kind, paths) for kind, paths in kinds.items() if any(path is not None for path in paths)]
    if len(given) != 1:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            "The audio is not clear.",
            "Give either --a and --b, or one of these alone, or --stereo, or --mix.",
        )
    return given[0]


def transcript_files(words: Sequence[str] | None) -> tuple[str | None, str | None] | None:
    """Return the absolute paths after --transcript, None for “-” and for who has none; None without the flag.

    Raises DuologueError (BAD_REQUEST) for more than two files.
    """
    if words is None:
        return None
    if len(words) > 2:  # noqa: PLR2004  (people)
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"There are {len(words)} files after --transcript.",
            "Give one for each of the two people, or one for both.",
        )
    paths = [None if word == "-" else str(Path(word).absolute()) for word in words]
    return paths[0], paths[1] if len(paths) > 1 else None


def refused(what: str) -> DuologueError:
    """The failure of a command line that contradicts itself."""
    return DuologueError(ExitCode.BAD_REQUEST, what, "See --help.")


ANIMATE: Final = (
    Flag("--a", "the first person's recording; without --b the second person listens", "FILE", Path),
    Flag("--b", "the second person's recording; without --a the first person listens", "FILE", Path),
    Flag("--stereo", "one recording with a person a channel", "FILE", Path),
    Flag("--mix", "one recording of both people", "FILE", Path),
    Flag("--no-timecode", "--a and --b both begin at the beginning, whatever their time codes say", switch=True),
    Flag("--segments", "who speaks when (.json, .rttm); default: found from the sound", "FILE", Path),
    Flag("--swap-speakers", "who was taken for the first person is the second", switch=True),
    Flag(
        "--transcript",
        "what each person says, as text; “-” for nobody's, and one file with names before the lines serves both",
        "FILE",
        nargs="+",
    ),
    Flag("--prompt", "a sentence about the scene", "TEXT", default=""),
    Flag("--prompt-without", "do not infer what `stage --json` prints under this key", "KEY", repeated=True),
    Flag("--seed", "0 or more; another seed gives other glances, nods and blinks", "N", int, default=0),
    Flag("--character-a", "the first person's character, a JSON file", "CHARACTER"),
    Flag("--character-b", "the second person's character, a JSON file", "CHARACTER"),
    Flag("--face", "the id of the face to build on, or its file; default: the open head", "FACE"),
    Flag("--engine", f"what turns sound into movement: {', '.join(ENGINE_NAMES)}; default: {DEFAULT_ENGINE}", "NAME"),
    Flag("--checkpoint", "DualTalk's weights (DualTalk.pth), for the engine dualtalk-official", "FILE", Path),
    Flag("--only", "animate one person, who reacts to what the other one does", "PERSON"),
    Flag("--partner", "a take that holds what the other person does, for --only", "FILE", Path),
    Flag("--keep", "an earlier take of the same sound, part of which stays", "FILE", Path),
    Flag("--keep-person", "who of it stays as a whole: a character's name, or a or b", "PERSON", repeated=True),
    Flag("--regenerate", "the seconds to make anew, such as 12-18", "FROM-TO", repeated=True),
)
"""What both `animate` commands have, under the same names and with the same help."""
