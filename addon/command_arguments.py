"""The flags of Blender's command line, and what they mean for the panel's settings."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import bpy

from ..backend.contract.command_flags import (
    ANIMATE,
    Flag,
    RefusingParser,
    add_flags,
    audio_kind,
    refused,
    transcript_files,
    with_changes,
)
from ..backend.contract.constants import DEFAULT_ENGINE, ENGINE_NAMES, OFFICIAL_ENGINE
from ..backend.contract.job import JobRequest, check_request
from ..backend.contract.keeping import kept_take_of
from .characters.character_files import SHIPPED, find_character, read_character
from .conversation import Given
from .export.export_take import PEOPLE
from .heads.faces import face_named
from .settings.character_properties import own_characters
from .settings.inferences import Inferred, leave_out
from .settings.properties import DuologueSettings, settings_of
from .staging.render import FilmSettings

_MEANT_OTHERWISE: Final[Mapping[str, Mapping[str, Any]]] = {
    "--engine": {"choices": ENGINE_NAMES},
    "--only": {"choices": ("a", "b")},
    "--character-a": {"help": "a shipped or your own character's name, or a JSON file"},
    "--character-b": {"help": "a shipped or your own character's name, or a JSON file"},
    "--face": {"help": "an imported face's name or id; default: the scene's, or the open head"},
}
"""Choices are checked before heads are built; characters and faces have names in Blender, which the worker lacks."""
_ONLY_HERE: Final = (
    Flag("--start", "scene frame of the first key; default: where the sound or scene is", "FRAME", int),
    Flag("--save", "the .blend to write", "FILE", Path, required=True),
    Flag("--takes", "the folder for the take; default: duologue_takes beside --save", "FOLDER", Path),
    Flag("--render", "an MP4 to render", "FILE", Path),
    Flag("--stills", "a folder for twelve pictures, rendered before the film", "FOLDER", Path),
    Flag(
        "--render-engine",
        "what renders them",
        default=FilmSettings.engine,
        choices=("CYCLES", "EEVEE", "WORKBENCH"),
    ),
    Flag("--size", "of the film, e.g. 1280x720", default=f"{FilmSettings.width}x{FilmSettings.height}"),
    Flag("--samples", "Cycles' samples a pixel", "N", int, default=FilmSettings.samples),
    Flag("--performance", "also keep the performance here", "FILE", Path),
    Flag("--timings", "write the seconds of each stage here, as JSON", "FILE", Path),
)
"""What the worker's `animate` has not: it knows no scene."""
FLAGS: Final = (*with_changes(ANIMATE, _MEANT_OTHERWISE), *_ONLY_HERE)
_EXPORT: Final = (
    Flag("--take", "a performance.npz", "FILE", Path, required=True),
    Flag("--out", "the .csv or .json to write", "FILE", Path, required=True),
    Flag("--person", "both become two CSV files", default="both", choices=tuple(PEOPLE)),
)


def command_parser() -> argparse.ArgumentParser:
    """A parser whose result names the `command`; it raises DuologueError (BAD_REQUEST)."""
    parser = RefusingParser(prog="blender --command duologue")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=RefusingParser)
    add_flags(commands.add_parser("animate", help="audio and a sentence become two animated heads"), FLAGS)
    add_flags(commands.add_parser("export", help="a take becomes CSV in Live Link Face's columns, or JSON"), _EXPORT)
    return parser


def fill_settings(context: bpy.types.Context, arguments: argparse.Namespace) -> Given:
    """Fill in the panel; return the characters that are named. Raises DuologueError (BAD_REQUEST …)."""
    settings = settings_of(context.scene)
    settings.audio_kind, _ = audio_kind(arguments.a, arguments.b, arguments.stereo, arguments.mix)
    if arguments.seed < 0:
        raise refused(f"The seed is {arguments.seed}; it must be 0 or more.")
    settings.by_timecode = not arguments.no_timecode
    if arguments.face:
        settings.face = face_named(arguments.face)
    files = {"a": "track_a", "b": "track_b", "stereo": "stereo", "mix": "mix", "segments": "segments"}
    for name, property_name in files.items():
        path = getattr(arguments, name)
        setattr(settings, property_name, str(path.absolute()) if path else "")
    settings.swap_speakers = arguments.swap_speakers
    transcripts = transcript_files(arguments.transcript) or (None, None)
    settings.transcript_a, settings.transcript_b = (path or "" for path in transcripts)
    _fill_engine_and_partner(settings, arguments)
    if arguments.start is not None:
        settings.start_frame = arguments.start
    settings.prompt, settings.prompt_without, settings.seed = arguments.prompt, "", arguments.seed
    leave_out(settings, map(Inferred, arguments.prompt_without))
    return _character(settings, "character_a", arguments), _character(settings, "character_b", arguments)


def _fill_engine_and_partner(settings: DuologueSettings, arguments: argparse.Namespace) -> None:
    if arguments.partner and not arguments.only:
        raise refused("--partner needs --only.")
    settings.engine = arguments.engine or (OFFICIAL_ENGINE if arguments.checkpoint else DEFAULT_ENGINE)
    if arguments.checkpoint:
        settings.checkpoint = str(arguments.checkpoint.absolute())
    settings.reaction = {None: "both", "a": "first", "b": "second"}[arguments.only]
    settings.partner_from = "take" if arguments.partner else "keys"
    settings.partner_take = str(arguments.partner.absolute()) if arguments.partner else ""


def around_what_stays(request: JobRequest, arguments: argparse.Namespace) -> JobRequest:
    """Return `request` with what stays of an earlier take. Raises DuologueError (BAD_REQUEST)."""
    take = str(arguments.keep.absolute()) if arguments.keep else None
    names = (request.characters[0].name, request.characters[1].name)
    keep = kept_take_of(take, arguments.keep_person, arguments.regenerate, names)
    request = replace(request, keep=keep)
    if keep is not None and arguments.only:
        raise refused("--keep and --only exclude each other; name who stays with --keep-person.")
    check_request(request)
    return request


def _character(settings: DuologueSettings, name: str, arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The character that the command line names, also chosen in the panel's menu where it is in one."""
    word = getattr(arguments, name)
    if not word:
        return None
    path = find_character(word, own_characters())
    character = read_character(path)
    if path.parent in {SHIPPED, own_characters()}:
        setattr(settings, name, path.stem)
    return character


def film_settings(arguments: argparse.Namespace) -> FilmSettings:
    """What --size, --render-engine and --samples say; sizes are even. Raises DuologueError (BAD_REQUEST)."""
    width, _, height = arguments.size.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) > 0 and int(height) > 0 and arguments.samples > 0):
        raise refused(f"“{arguments.size}” is no size such as 1280x720, or --samples is not above 0.")
    return FilmSettings(int(width) // 2 * 2, int(height) // 2 * 2, arguments.render_engine, arguments.samples)
