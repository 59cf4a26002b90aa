"""`blender -b [file.blend] --command duologue animate …`: the whole job from a shell, with exit codes; and `export`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import bpy

from ..backend.contract.console import forgiven_printing
from ..backend.contract.constants import DEFAULT_ENGINE, ENGINE_NAMES, OFFICIAL_ENGINE
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.files import write_text_whole, write_whole
from ..backend.contract.job import PERFORMANCE_FILE, JobRequest, check_request
from ..backend.contract.keeping import kept_take_of
from ..backend.contract.performance import load_performance
from .adding import add_conversation
from .characters.character_editing import wear_character
from .characters.character_files import SHIPPED, find_character, read_character
from .conversation import Given, request_of
from .export.export_take import PEOPLE, export_take
from .heads.faces import face_named, faces_folder
from .heads.rig import FACE_PROPERTY
from .keys.key_writing import write_take
from .keys.partner import known_partner, warnings_before, with_partner
from .keys.retaking import spans_of
from .keys.rig_reports import rig_reports
from .keys.start import frames_of_take
from .keys.takes import discard_unfinished, last_log, make_take, new_take_folder, takes_beside
from .settings.character_properties import own_characters
from .settings.properties import DuologueSettings, settings_of
from .staging.render import FilmProgress, FilmSettings, prepare_look, render_film, render_stills
from .staging.startup_scene import scene_to_fill
from .worker.preferences import backend_python
from .worker.worker_process import Progress

_AUDIO_OPTIONS: Final = {"tracks": {"a", "b"}, "stereo": {"stereo"}, "mix": {"mix"}}
_STILLS: Final = 12
_FILM_TOLD_EVERY: Final = 10.0
"""Seconds between two sentences about the film that is being rendered."""
ENGINES: Final = ENGINE_NAMES


class _RefusedError(DuologueError):
    """The command line contradicts itself."""

    def __init__(self, what: str) -> None:
        super().__init__(ExitCode.BAD_REQUEST, what, "See --help.")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise _RefusedError(f"{message[:1].upper()}{message[1:]}.")


def main(argv: list[str]) -> int:
    """Run one command and return its exit code; errors are one sentence on standard error."""
    with forgiven_printing():
        return _run(argv)


def _run(argv: list[str]) -> int:
    try:
        arguments = _parser().parse_args(argv)
        arguments.run(bpy.context, arguments)
    except SystemExit:
        return ExitCode.OK
    except DuologueError as error:
        print(f"duologue: {error.sentence()} ({int(error.code)})", file=sys.stderr)
        return int(error.code)
    return ExitCode.OK


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="blender --command duologue")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    animate = commands.add_parser("animate", help="audio and a sentence become two animated heads")
    animate.set_defaults(run=_animate)
    animate.add_argument("--a", type=Path, help="the first person's track; without --b the second one listens")
    animate.add_argument("--b", type=Path, help="the second person's track; without --a the first listens")
    animate.add_argument("--stereo", type=Path, help="one file, a person a channel")
    animate.add_argument("--mix", type=Path, help="one recording of both")
    animate.add_argument(
        "--no-timecode",
        action="store_true",
        help="--a and --b both begin at the beginning, whatever their time codes say",
    )
    animate.add_argument("--segments", type=Path, help="who speaks when, as JSON or RTTM; default: found out")
    animate.add_argument(
        "--transcript", nargs="+", help="what each says, as text; one file with names before the lines serves both"
    )
    animate.add_argument("--swap-speakers", action="store_true", help="who was taken for the first is the second")
    animate.add_argument("--prompt", default="", help="one sentence about the scene")
    animate.add_argument("--seed", type=int, default=0)
    for who in ("a", "b"):
        animate.add_argument(f"--character-{who}", help="a shipped or your own character's name, or a JSON file")
    animate.add_argument("--face", help="an imported face's name or id; default: the scene's, or the open head")
    animate.add_argument("--engine", choices=ENGINES, help="what turns sound into movement; default: " + DEFAULT_ENGINE)
    animate.add_argument("--checkpoint", type=Path, help="DualTalk's weights, which makes their engine the default")
    animate.add_argument("--only", choices=("a", "b"), help="animate one person, who reacts to the other's keys")
    animate.add_argument("--partner", type=Path, help="with --only: a take to react to instead of keys")
    animate.add_argument("--keep", type=Path, help="an earlier take of the same sound, part of which stays")
    animate.add_argument(
        "--keep-person", action="append", default=[], help="who of it stays as a whole: a name, a or b"
    )
    animate.add_argument("--regenerate", action="append", default=[], help="the seconds to make anew, such as 12-18")
    animate.add_argument("--start", type=int, help="scene frame of the first key; default: where the sound or scene is")
    animate.add_argument("--save", type=Path, required=True, help="the .blend to write")
    animate.add_argument("--takes", type=Path, help="the folder for the take; default: duologue_takes beside --save")
    animate.add_argument("--render", type=Path, help="an MP4 to render")
    animate.add_argument("--stills", type=Path, help="a folder for twelve pictures, rendered before the film")
    animate.add_argument("--render-engine", choices=("CYCLES", "EEVEE", "WORKBENCH"), default=FilmSettings.engine)
    animate.add_argument(
        "--size", default=f"{FilmSettings.width}x{FilmSettings.height}", help="of the film, e.g. 1280x720"
    )
    animate.add_argument("--samples", type=int, default=FilmSettings.samples, help="Cycles' samples a pixel")
    animate.add_argument("--performance", type=Path, help="also keep the performance here")
    animate.add_argument("--timings", type=Path, help="write the seconds of each stage here, as JSON")
    export = commands.add_parser("export", help="a take becomes CSV in Live Link Face's columns, or JSON")
    export.set_defaults(run=_export)
    export.add_argument("--take", type=Path, required=True, help="a performance.npz")
    export.add_argument("--out", type=Path, required=True, help="the .csv or .json to write")
    export.add_argument("--person", choices=tuple(PEOPLE), default="both", help="both become two CSV files")
    return parser


def _animate(context: bpy.types.Context, arguments: argparse.Namespace) -> None:
    film = _film_settings(arguments)
    fresh = scene_to_fill(context)
    given = _fill_settings(context, arguments)
    seconds: dict[str, float] = {}
    request = _around_what_stays(request_of(context, given), arguments)
    settings = settings_of(context.scene)
    there = settings.head_a is not None and settings.head_b is not None
    _lock(settings, request if there else None)
    with _timed(seconds, "two heads"):
        if not there:
            for note in add_conversation(context, given):
                print(f"duologue: {note}", flush=True)
        else:
            _wear(context, given)
    partner = known_partner(context, request)
    for report in rig_reports(context.scene):
        print(f"duologue: {report.sentence()}", flush=True)
    for sentence in warnings_before(context, request):
        print(f"duologue: {sentence}", flush=True)
    take = new_take_folder(arguments.takes.absolute() if arguments.takes else takes_beside(arguments.save))
    with _timed(seconds, "worker"), _no_folder_without_take(take):
        request = with_partner(context, request, partner, take)
        performance, status = make_take(take, request, backend_python(context), _StagePrinter())
    worker_total = seconds.pop("worker")
    seconds |= status.seconds
    seconds["worker's end"] = max(0.0, worker_total - sum(status.seconds.values()))
    if fresh or arguments.render or arguments.stills:
        # Cameras are placed for the picture's shape.
        prepare_look(context.scene, film)
    with _timed(seconds, "writing keys"):
        spans = spans_of(context.scene, request.keep) if there and request.keep is not None else ()
        written = write_take(context, take / PERFORMANCE_FILE, spans, performance=performance)
    if fresh:
        first, last = frames_of_take(settings_of(context.scene), performance)
        context.scene.frame_start, context.scene.frame_end = max(0, first), last
    for sentence in (*status.warnings, written.sentence()):
        print(f"duologue: {sentence}", flush=True)
    if arguments.performance:
        content = (take / PERFORMANCE_FILE).read_bytes()
        write_whole(arguments.performance, lambda file: file.write(content))
    with _timed(seconds, "saving"):
        _save(arguments.save)
    print(f"duologue: {arguments.save.absolute()} written", flush=True)
    _render(context.scene, arguments, seconds)
    if arguments.timings:
        write_text_whole(arguments.timings, json.dumps(seconds, indent=1))


def _render(scene: bpy.types.Scene, arguments: argparse.Namespace, seconds: dict[str, float]) -> None:
    """The stills, which are soon there, then the film."""
    if arguments.stills:
        with _timed(seconds, "stills"):
            stills = render_stills(scene, arguments.stills.absolute(), _STILLS)
        print(f"duologue: {len(stills)} stills written to {arguments.stills.absolute()}", flush=True)
    if arguments.render:
        with _timed(seconds, "film"):
            render_film(scene, arguments.render.absolute(), _FilmPrinter())
        print(f"duologue: {arguments.render.absolute()} written", flush=True)


def _export(_context: bpy.types.Context, arguments: argparse.Namespace) -> None:
    performance = load_performance(arguments.take)
    for path in export_take(performance, arguments.out, arguments.person, faces_folder()):
        print(f"duologue: {path} written", flush=True)


def _fill_settings(context: bpy.types.Context, arguments: argparse.Namespace) -> Given:
    """What the panel would hold; returns the characters that are named. Raises DuologueError (BAD_REQUEST …)."""
    settings = settings_of(context.scene)
    given = {name for name in ("a", "b", "stereo", "mix") if getattr(arguments, name)}
    kinds = [kind for kind, names in _AUDIO_OPTIONS.items() if given and given <= names]
    if not kinds:
        raise _RefusedError("Give either --a and --b, or one of these alone, or --stereo, or --mix.")
    if arguments.seed < 0:
        raise _RefusedError(f"The seed is {arguments.seed}; it must be 0 or more.")
    settings.audio_kind = kinds[0]
    settings.by_timecode = not arguments.no_timecode
    if arguments.face:
        settings.face = face_named(arguments.face)
    files = {"a": "track_a", "b": "track_b", "stereo": "stereo", "mix": "mix", "segments": "segments"}
    for name, property_name in files.items():
        path = getattr(arguments, name)
        setattr(settings, property_name, str(path.absolute()) if path else "")
    settings.swap_speakers = arguments.swap_speakers
    settings.transcript_a, settings.transcript_b = _transcripts(arguments.transcript)
    _fill_engine_and_partner(settings, arguments)
    if arguments.start is not None:
        settings.start_frame = arguments.start
    settings.prompt, settings.seed = arguments.prompt, arguments.seed
    return _character(settings, "character_a", arguments), _character(settings, "character_b", arguments)


def _fill_engine_and_partner(settings: DuologueSettings, arguments: argparse.Namespace) -> None:
    if arguments.partner and not arguments.only:
        raise _RefusedError("--partner needs --only.")
    settings.engine = arguments.engine or (OFFICIAL_ENGINE if arguments.checkpoint else DEFAULT_ENGINE)
    if arguments.checkpoint:
        settings.checkpoint = str(arguments.checkpoint.absolute())
    settings.reaction = {None: "both", "a": "first", "b": "second"}[arguments.only]
    settings.partner_from = "take" if arguments.partner else "keys"
    settings.partner_take = str(arguments.partner.absolute()) if arguments.partner else ""


def _around_what_stays(request: JobRequest, arguments: argparse.Namespace) -> JobRequest:
    """Raises DuologueError (BAD_REQUEST)."""
    take = str(arguments.keep.absolute()) if arguments.keep else None
    names = (request.characters[0].name, request.characters[1].name)
    keep = kept_take_of(take, arguments.keep_person, arguments.regenerate, names)
    request = replace(request, keep=keep)
    if keep is not None and arguments.only:
        raise _RefusedError("--keep and --only exclude each other; name who stays with --keep-person.")
    check_request(request)
    return request


def _lock(settings: DuologueSettings, request: JobRequest | None) -> None:
    """Who stays is locked, as far as heads are there that play the take; heads to be built play all of it."""
    keep = None if request is None else request.keep
    if keep is not None:
        settings.take = keep.take
    settings.lock_a, settings.lock_b = (keep is not None and person in keep.people for person in (0, 1))


def _transcripts(words: list[str] | None) -> tuple[str, str]:
    """Absolute paths, empty where nobody wrote it down, which “-” says too. Raises DuologueError (BAD_REQUEST)."""
    paths = ["" if word == "-" else str(Path(word).absolute()) for word in words or ()]
    if len(paths) > 2:  # noqa: PLR2004  (people)
        raise _RefusedError("Give --transcript a file for each person, or one for both.")
    first, second, *_ = (*paths, "", "")
    return first, second


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


def _wear(context: bpy.types.Context, given: Given) -> None:
    """Heads of an opened file become the characters that the command line names."""
    settings = settings_of(context.scene)
    for head, character in zip((settings.head_a, settings.head_b), given, strict=True):
        if character is not None and FACE_PROPERTY in head:
            wear_character(context, head, character)


def _film_settings(arguments: argparse.Namespace) -> FilmSettings:
    width, _, height = arguments.size.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) > 0 and int(height) > 0 and arguments.samples > 0):
        raise _RefusedError(f"“{arguments.size}” is no size such as 1280x720, or --samples is not above 0.")
    return FilmSettings(int(width) // 2 * 2, int(height) // 2 * 2, arguments.render_engine, arguments.samples)


def _save(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(path.absolute()), compress=True, check_existing=False)
    except (OSError, RuntimeError) as error:
        raise DuologueError(
            ExitCode.OUTPUT_NOT_WRITABLE,
            f"{path} cannot be written ({str(error).strip()}).",
            "Choose a folder you may write to, with space left.",
        ) from error


@contextmanager
def _no_folder_without_take(folder: Path) -> Iterator[None]:
    """A job that fails leaves its log alone."""
    try:
        yield
    except BaseException:
        discard_unfinished(folder)
        if last_log().is_file():
            print(f"duologue: what the worker said is in {last_log()}", file=sys.stderr, flush=True)
        raise


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[stage] = time.monotonic() - started


class _StagePrinter:
    """Prints each stage once, and the steps of long ones on the same terms."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, status: Progress) -> None:
        text = status.sentence()
        if text != self._shown:
            self._shown = text
            print(f"duologue: {text} …", flush=True)


class _FilmPrinter:
    """Prints how far the film is after its third frame, then every few seconds."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, progress: FilmProgress) -> None:
        now = time.monotonic()
        if progress.done < min(3, progress.frames) or (now < self._next and progress.done < progress.frames):
            return
        self._next = now + _FILM_TOLD_EVERY
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        print(f"duologue: Filmed {progress.done} of {progress.frames} frames, {minutes}:{seconds:02} left", flush=True)
