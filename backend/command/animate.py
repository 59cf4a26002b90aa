"""`animate`: as a worker with a job folder, or directly with files.

A staging may come from a file: what `stage --json` printed, with or without corrections, or a take's meta "staging".
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..contract.character import job_character, load_character
from ..contract.command_flags import ANIMATE, Flag, add_flags, audio_kind, transcript_files, with_changes
from ..contract.constants import DEFAULT_ENGINE, OPEN_HEAD
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import AudioInput, JobRequest, KnownPartner
from ..contract.keeping import kept_take_of
from ..contract.reading import read_errors_as, read_json
from ..job.failures import run_explained
from ..job.reporting import TerminalReporter, print_failure
from ..job.stages import StageClock, peak_megabytes
from ..worker import make_performance, run_job
from .long_command import ASSETS, JOB

CHARACTERS: Final = Path(__file__).resolve().parents[2] / "presets" / "characters"


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend animate", description="Animate a dialogue.")
    add_flags(parser, FLAGS)
    arguments = parser.parse_args(words)
    if arguments.job is not None:
        return int(run_job(arguments.job.absolute()))
    return int(run_explained(lambda: _directly(arguments), print_failure))


_ONLY_HERE: Final = (
    JOB,
    Flag("--out", "where the performance goes (.npz)", "FILE", Path),
    Flag("--segments-out", "write who speaks when (.json, .rttm)", "FILE", Path),
    Flag("--staging", "the scene as values, as `stage --json` prints", "FILE", Path),
    ASSETS,
    Flag("--device", "auto, cuda, mps or cpu", "DEVICE", default="auto"),
)
"""What Blender's `animate` has not: there the .blend is what is written, and the preferences know the assets."""
_MEANT_OTHERWISE: Final[Mapping[str, Mapping[str, Any]]] = {
    "--character-a": {"type": Path, "default": CHARACTERS / "anna.json"},
    "--character-b": {"type": Path, "default": CHARACTERS / "ben.json"},
    "--face": {"default": OPEN_HEAD},
    "--engine": {"default": DEFAULT_ENGINE},
}
"""Characters are files here, and there is no scene that could have a face or an engine of its own."""
FLAGS: Final = (*with_changes(ANIMATE, _MEANT_OTHERWISE), *_ONLY_HERE)


def _directly(arguments: argparse.Namespace) -> None:
    if arguments.out is None:
        raise DuologueError(ExitCode.BAD_REQUEST, "There is no --out.", "Say where the performance goes.")
    first, second = (job_character(load_character(path)) for path in (arguments.character_a, arguments.character_b))
    kind, paths = audio_kind(arguments.a, arguments.b, arguments.stereo, arguments.mix)
    absolute = tuple(None if path is None else str(path.absolute()) for path in paths)
    request = JobRequest(
        audio=AudioInput(kind, absolute, by_timecode=not arguments.no_timecode),
        prompt=arguments.prompt,
        prompt_without=tuple(arguments.prompt_without),
        engine=arguments.engine,
        seed=arguments.seed,
        face=arguments.face if arguments.face == OPEN_HEAD else str(Path(arguments.face).absolute()),
        characters=(first, second),
        assets=None if arguments.assets is None else str(arguments.assets.absolute()),
        device=arguments.device,
        segments=None if arguments.segments is None else str(arguments.segments.absolute()),
        swap_speakers=arguments.swap_speakers,
        checkpoint=None if arguments.checkpoint is None else str(arguments.checkpoint.absolute()),
        partner=_partner(arguments, (first.name, second.name)),
        transcripts=transcript_files(arguments.transcript),
        keep=kept_take_of(
            None if arguments.keep is None else str(arguments.keep.absolute()),
            arguments.keep_person,
            arguments.regenerate,
            (first.name, second.name),
        ),
        staging=None if arguments.staging is None else staging_in(arguments.staging),
    )
    if arguments.segments_out is not None:
        from ..contract.segments_file import check_suffix  # needs numpy, which a broken Python lacks

        check_suffix(arguments.segments_out)  # before the work, not after it
    clock = StageClock()
    frames = make_performance(request, arguments.out, TerminalReporter(), clock, arguments.segments_out)
    print(f"{arguments.out}: {frames} frames")
    for stage, seconds in clock.stop().items():
        print(f"{stage:10}{seconds:8.2f} s")
    print(f"{'memory':10}{peak_megabytes():8.0f} MB")


def _partner(arguments: argparse.Namespace, names: tuple[str, str]) -> KnownPartner | None:
    """Raises DuologueError (BAD_REQUEST)."""
    if (arguments.partner is None) != (arguments.only is None):
        raise DuologueError(ExitCode.BAD_REQUEST, "--partner and --only belong together.", "Give both or neither.")
    if arguments.partner is None:
        return None
    word = arguments.only.strip().lower()
    reacting = [person for person in (0, 1) if word in (names[person].lower(), "ab"[person])]
    if len(reacting) != 1:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"“{arguments.only}” is nobody here, or both.",
            f"Say who is to react after --only: a ({names[0]}) or b ({names[1]}).",
        )
    return KnownPartner(str(arguments.partner.absolute()), 1 - reacting[0])


def staging_in(path: Path) -> dict[str, Any]:
    """The staging in `path`, in the layout of a take's meta "staging"; of `stage --json` its values count.

    Raises DuologueError (BAD_REQUEST) for a file that is not there, no JSON, or holds a value that is none.
    """
    fix = "Write it with `python -m backend stage PROMPT --json`."
    with read_errors_as(ExitCode.BAD_REQUEST, f"The staging {path} cannot be read", fix):
        found = read_json(path)
        if not isinstance(found, dict):
            raise ValueError("it is no table of values")  # noqa: TRY004  (a wrong file, not a wrong call)
        values = found.get("values", found if "people" in found else None)
        if values is None:
            return found
        if not isinstance(values, dict):
            raise ValueError("its values are no table")  # noqa: TRY004  (as above)
    from ..staging.values import staging_of_values  # needs scipy, which a broken Python lacks

    return staging_of_values(values).as_json()
