"""`animate`: as a worker with a job folder, or directly with files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..contract.character import job_character, load_character
from ..contract.constants import DEFAULT_ENGINE, OPEN_HEAD
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import AudioInput, AudioKind, JobRequest, KnownPartner
from ..contract.keeping import kept_take_of
from ..job.clock import StageClock, peak_megabytes
from ..job.failures import run_explained
from ..job.reporting import TerminalReporter
from ..worker import make_performance, run_job
from .staging_file import staging_in
from .telling import tell

CHARACTERS = Path(__file__).resolve().parents[2] / "presets" / "characters"


def main(words: Sequence[str]) -> int:
    """The exit code."""
    arguments = _parser().parse_args(words)
    if arguments.job is not None:
        return int(run_job(arguments.job.absolute()))
    return int(run_explained(lambda: _directly(arguments), tell))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend animate", description="Animate a dialogue.")
    parser.add_argument("--job", type=Path, metavar="FOLDER", help="do the job in this folder; nothing else is read")
    parser.add_argument(
        "--a", type=Path, metavar="FILE", help="the first person's recording; without --b the second one listens"
    )
    parser.add_argument(
        "--b", type=Path, metavar="FILE", help="the second person's recording; without --a the first listens"
    )
    parser.add_argument("--mix", type=Path, metavar="FILE", help="one recording of both")
    parser.add_argument("--stereo", type=Path, metavar="FILE", help="one recording with a person a channel")
    parser.add_argument(
        "--no-timecode",
        action="store_true",
        help="--a and --b both begin at the beginning, whatever their time codes say",
    )
    parser.add_argument("--segments", type=Path, metavar="FILE", help="who speaks when (.json, .rttm); default: heard")
    parser.add_argument("--swap-speakers", action="store_true", help="who was taken for the first is the second")
    parser.add_argument("--segments-out", type=Path, metavar="FILE", help="write who speaks when (.json, .rttm)")
    parser.add_argument(
        "--transcript",
        nargs="+",
        metavar="FILE",
        help="what each says, as text; “-” is nobody's, and one file with names before the lines serves both",
    )
    parser.add_argument("--staging", type=Path, metavar="FILE", help="the scene as values, as `stage --json` prints")
    parser.add_argument("--prompt", default="", metavar="TEXT", help="a sentence about the scene")
    parser.add_argument(
        "--engine", default=DEFAULT_ENGINE, metavar="NAME", help="colocated, dualtalk, dualtalk-official"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the performance goes (.npz)")
    parser.add_argument("--face", default=OPEN_HEAD, metavar="FACE", help="a face's id or file")
    parser.add_argument("--character-a", type=Path, default=CHARACTERS / "anna.json", metavar="FILE")
    parser.add_argument("--character-b", type=Path, default=CHARACTERS / "ben.json", metavar="FILE")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    parser.add_argument("--device", default="auto", metavar="DEVICE", help="auto, cuda, mps or cpu")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="DualTalk.pth, for --engine dualtalk-official")
    parser.add_argument("--partner", type=Path, metavar="FILE", help="a take that tells what one of the two does")
    parser.add_argument("--only", metavar="NAME", help="who reacts to it: a character's name, or a or b")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="an earlier take of the same sound, part of which stays"
    )
    parser.add_argument("--keep-person", action="append", default=[], metavar="NAME", help="who of it stays as a whole")
    parser.add_argument(
        "--regenerate", action="append", default=[], metavar="FROM-TO", help="the seconds to make anew, such as 12-18"
    )
    return parser


def _directly(arguments: argparse.Namespace) -> None:
    if arguments.out is None:
        raise DuologueError(ExitCode.BAD_REQUEST, "There is no --out.", "Say where the performance goes.")
    first, second = (job_character(load_character(path)) for path in (arguments.character_a, arguments.character_b))
    request = JobRequest(
        audio=_audio(arguments),
        prompt=arguments.prompt,
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
        transcripts=_transcripts(arguments.transcript),
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


def _transcripts(words: list[str] | None) -> tuple[str | None, str | None] | None:
    """Raises DuologueError (BAD_REQUEST) for more than two files."""
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


def _audio(arguments: argparse.Namespace) -> AudioInput:
    """Raises DuologueError (BAD_REQUEST) unless exactly one kind of audio is given."""
    given: dict[AudioKind, tuple[Path | None, ...]] = {
        "tracks": (arguments.a, arguments.b),
        "mix": (arguments.mix,),
        "stereo": (arguments.stereo,),
    }
    kinds = [kind for kind, paths in given.items() if any(path is not None for path in paths)]
    if len(kinds) != 1:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            "The audio is not clear.",
            "Give either --a and --b, or one of these alone, or --mix, or --stereo.",
        )
    paths = tuple(None if path is None else str(path.absolute()) for path in given[kinds[0]])
    return AudioInput(kinds[0], paths, by_timecode=not arguments.no_timecode)
