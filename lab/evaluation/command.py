"""`python -m lab evaluate`: measure a performance and write a report, or run an engine on real recordings.

`evaluate performance.npz --report out/` measures one performance; `evaluate clips` animates real speech and real turns
with an engine and measures what comes out; `evaluate ears` measures who is heard to speak when; `evaluate reactivity`
whether the listener follows the partner in time; `evaluate colocated` two people in one room, trial by trial.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.command.telling import tell
from backend.contract.constants import OPEN_HEAD
from backend.contract.errors import DuologueError, ExitCode
from backend.job.failures import run_explained

from ..cache import EVALUATION_CACHE

if TYPE_CHECKING:
    from backend.contract.face import Face
    from backend.contract.performance import Performance

    from .performance.assessment import Assessment, Evidence

CLIPS: Final = "clips"
EARS: Final = "ears"
REACTIVITY: Final = "reactivity"
COLOCATED: Final = "colocated"


def main(words: Sequence[str]) -> int:
    """The exit code."""
    if words and words[0] == CLIPS:
        from .recordings import lips_benchmark as clips_command

        return clips_command.main(words[1:])
    if words and words[0] == EARS:
        from .recordings import turns_benchmark as ears_command

        return ears_command.main(words[1:])
    if words and words[0] == REACTIVITY:
        from .reactivity import command as reactivity_command

        return reactivity_command.main(words[1:])
    if words and words[0] == COLOCATED:
        from .colocated import command as colocated_command

        return colocated_command.main(words[1:])
    arguments = _parser().parse_args(words)
    return int(run_explained(lambda: _evaluate(arguments), tell))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Where two files are allowed they are the speakers', in order; - is nobody's.",
    )
    parser.add_argument("performance", type=Path, metavar="FILE", help="performance.npz, or the word clips")
    parser.add_argument("--face", type=Path, metavar="FILE", help="its face.npz; default: the open head")
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--phones", nargs="+", default=[], metavar="FILE", help="TextGrids with CMU phones")
    words.add_argument("--transcript", nargs="+", default=[], metavar="FILE", help="text files, with --audio of each")
    parser.add_argument("--audio", nargs="+", default=[], metavar="FILE", help="a mix, a stereo file, or one of each")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="another performance of the same dialogue")
    parser.add_argument("--prompt", metavar="TEXT", help="default: the performance's own")
    parser.add_argument("--report", type=Path, required=True, metavar="FOLDER", help="gets report.json and report.html")
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    parser.add_argument(
        "--cache", type=Path, default=EVALUATION_CACHE, metavar="FOLDER", help="where the aligner is kept"
    )
    return parser


def _evaluate(arguments: argparse.Namespace) -> None:
    from .performance.assessment import assess
    from .performance.evidence_files import read_performance
    from .report import write_report

    performance = read_performance(arguments.performance)
    face = _face(arguments.face, performance, arguments.assets)
    evidence = _evidence(arguments, performance, face)
    assessment = assess(performance, face, evidence)
    page, data = write_report(arguments.report, arguments.performance.name, performance, evidence, assessment)
    print(_table(performance, assessment))
    print(f"{page}\n{data}")


def _face(path: Path | None, performance: Performance, chosen: Path | None) -> Face:
    """Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID, ASSET_MISSING)."""
    from backend.assets import assets_folder, require_assets
    from backend.contract.face import load_face

    if path is not None:
        return load_face(path)
    if performance.face != OPEN_HEAD:
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"The performance is in the components of {performance.face}, which does not come with Duologue.",
            "Name that face's file after --face.",
        )
    assets = assets_folder(chosen)
    require_assets(assets, OPEN_HEAD)
    return load_face(assets / "faces" / f"{OPEN_HEAD}.npz")


def _evidence(arguments: argparse.Namespace, performance: Performance, face: Face) -> Evidence:
    """Everything the command line names, read and checked before anything is measured."""
    from .measures.landmarks import check_face
    from .performance.assessment import Evidence
    from .performance.evidence_files import align_words, read_phones, read_tracks, read_truth

    check_face(performance, face)
    tracks, mixed = read_tracks(arguments.audio, performance)
    if arguments.transcript:
        phones = align_words(arguments.transcript, tracks, mixed, arguments.cache)
    else:
        phones = read_phones(arguments.phones, performance)
    prompt = arguments.prompt if arguments.prompt is not None else performance.meta.get("prompt")
    return Evidence(
        phones=phones,
        samples=tracks,
        mixed=mixed,
        truth=None if arguments.truth is None else read_truth(arguments.truth, performance),
        prompt=None if prompt is None else str(prompt),
    )


def _table(performance: Performance, assessment: Assessment) -> str:
    """The report's numbers for a shell."""
    from .report import rows

    first, second = performance.speakers
    lines = [f"{'':34}{first[:14]:>16}{second[:14]:>16}{'both':>16}  target"]
    for measure, values in rows(assessment):
        told = "".join(f"{'' if value != value else measure.told(value):>16}" for value in values)  # noqa: PLR0124  (nan)
        missed = any(measure.met(value) is False for value in values)
        lines.append(f"{measure.title:34}{told}  {measure.target()}{'  missed' if missed else ''}")
    return "\n".join(lines)
