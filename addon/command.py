"""`blender -b [file.blend] --command duologue animate …`: the whole job from a shell, with exit codes; and `export`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import bpy

from ..backend.contract.console import forgiven_printing
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.files import write_text_whole, write_whole
from ..backend.contract.job import PERFORMANCE_FILE, JobRequest
from ..backend.contract.performance import load_performance
from .adding import add_conversation
from .characters.character_editing import wear_character
from .command_arguments import around_what_stays, command_parser, fill_settings, film_settings
from .conversation import Given, request_of
from .export.export_take import export_take
from .heads.faces import faces_folder
from .heads.rig import FACE_PROPERTY
from .keys.key_writing import write_take
from .keys.partner import known_partner, warnings_before, with_partner
from .keys.retaking import spans_of
from .keys.rig_reports import rig_reports
from .keys.start import frames_of_take
from .keys.take_notes import TakeNotes, write_notes
from .keys.takes import discard_unfinished, last_log, make_take, new_take_folder, takes_beside
from .settings.properties import DuologueSettings, settings_of
from .settings.take_properties import owner_of
from .staging.render import FilmProgress, prepare_look, render_film, render_stills
from .staging.startup_scene import scene_to_fill
from .worker.preferences import backend_python
from .worker.worker_process import Progress

_STILLS: Final = 12
_FILM_REPORT_EVERY: Final = 10.0
"""Seconds between two lines about the film that is being rendered."""


def main(argv: list[str]) -> int:
    """Run one command and return its exit code; errors are one sentence on standard error."""
    with forgiven_printing():
        return _run(argv)


def _run(argv: list[str]) -> int:
    try:
        arguments = command_parser().parse_args(argv)
        run = {"animate": _animate, "export": _export}[arguments.command]
        run(bpy.context, arguments)
    except SystemExit:
        return ExitCode.OK
    except DuologueError as error:
        print(f"duologue: {error.sentence()} ({int(error.code)})", file=sys.stderr)
        return int(error.code)
    return ExitCode.OK


def _animate(context: bpy.types.Context, arguments: argparse.Namespace) -> None:
    film = film_settings(arguments)
    fresh = scene_to_fill(context)
    given = fill_settings(context, arguments)
    seconds: dict[str, float] = {}
    request = around_what_stays(request_of(context, given), arguments)
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
        write_notes(take, TakeNotes(owner=owner_of(settings.takes)))
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


def _lock(settings: DuologueSettings, request: JobRequest | None) -> None:
    """Who stays is locked, as far as heads are there that play the take; heads to be built play all of it."""
    keep = None if request is None else request.keep
    if keep is not None:
        settings.take = keep.take
    settings.lock_a, settings.lock_b = (keep is not None and person in keep.people for person in (0, 1))


def _wear(context: bpy.types.Context, given: Given) -> None:
    """Heads of an opened file become the characters that the command line names."""
    settings = settings_of(context.scene)
    for head, character in zip((settings.head_a, settings.head_b), given, strict=True):
        if character is not None and FACE_PROPERTY in head:
            wear_character(context, head, character)


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
        self._next = now + _FILM_REPORT_EVERY
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        print(f"duologue: Filmed {progress.done} of {progress.frames} frames, {minutes}:{seconds:02} left", flush=True)
