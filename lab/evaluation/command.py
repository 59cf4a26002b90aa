"""`python -m lab evaluate`: measure a performance and write a report, or measure an engine.

`evaluate performance.npz --report out/` measures one performance. `evaluate clips` animates real recordings and
measures the lips; `evaluate turns` measures how well it is detected who speaks when; `evaluate reactivity` whether the
listener follows the partner in time; `evaluate colocated` two people in one room, trial by trial; `evaluate sentences`
whether sentences about scenes are staged as they say.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.contract.command_flags import RefusingParser
from backend.contract.constants import COLOCATED_ENGINE, DEFAULT_ENGINE, DUALTALK_ENGINE
from backend.job.reporting import Reporter, step_of

from ..cache import CACHE, EVALUATION_CACHE
from ..sentences.corpus import BATCHES

TRIALS: Final = ("table", "seams", "mouths", "prompts", "seeds", "timing", "keeping", "rates")
"""Of `evaluate colocated`, in the order of its help."""


@dataclass(frozen=True)
class _Command:
    """A benchmark: what it does, its flags, and what runs it."""

    summary: str
    add_flags: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Reporter], None]


def run(words: Sequence[str], report: Reporter) -> None:
    """Run what `words` name. Raises DuologueError."""
    name = _ALIASES.get(words[0], words[0]) if words else ""
    command = _COMMANDS.get(name, _PERFORMANCE)
    named = command is not _PERFORMANCE
    parser = RefusingParser(
        prog=f"python -m lab evaluate {name if named else ''}".rstrip(),
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_flags(parser)
    command.run(parser.parse_args(words[1:] if named else words), report)


def _add_performance_flags(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Where two files are allowed they are the speakers', in order; - is nobody's."
    benchmarks = ", ".join(_COMMANDS)
    parser.add_argument("performance", type=Path, metavar="FILE", help=f"performance.npz; or {benchmarks}")
    parser.add_argument("--face", type=Path, metavar="FILE", help="its face.npz; default: the open head")
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--phones", nargs="+", default=[], metavar="FILE", help="TextGrids with CMU phones")
    words.add_argument("--transcript", nargs="+", default=[], metavar="FILE", help="text files, with --audio of each")
    parser.add_argument("--audio", nargs="+", default=[], metavar="FILE", help="a mix, a stereo file, or one of each")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="another performance of the same dialogue")
    parser.add_argument("--prompt", metavar="TEXT", help="default: the performance's own")
    parser.add_argument("--report", type=Path, required=True, metavar="FOLDER", help="gets report.json and report.html")
    _add_assets_flag(parser)
    _add_cache_flag(parser)


def _add_clips_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    parser.add_argument("--quick", action="store_true", help="leave out telephone, room and second voice")
    parser.add_argument("--baselines", action="store_true", help="also openfacefx with true phones and with hama's")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the numbers as JSON")
    _add_assets_flag(parser)
    _add_cache_flag(parser)


def _add_turns_flags(parser: argparse.ArgumentParser) -> None:
    _add_assets_flag(parser)
    _add_cache_flag(parser)


def _add_reactivity_flags(parser: argparse.ArgumentParser) -> None:
    _add_rehearsals_flag(parser)
    _add_out_flag(parser, "reactivity")
    _add_assets_flag(parser)


def _add_colocated_flags(parser: argparse.ArgumentParser) -> None:
    _add_rehearsals_flag(parser)
    parser.add_argument("--last", type=int, default=24, help="how many of the folder, from its end; default: 24")
    parser.add_argument("--weights", nargs="+", default=[], metavar="NAME=FILE", help="rows of the table")
    parser.add_argument("--trials", nargs="+", default=list(TRIALS), choices=TRIALS, help="default: all")
    parser.add_argument("--engine", default=COLOCATED_ENGINE, choices=(COLOCATED_ENGINE, DUALTALK_ENGINE))
    parser.add_argument("--long", type=float, default=600.0, metavar="SECONDS", help="of the dialogue with seams")
    parser.add_argument(
        "--detected", "--heard", type=Path, default=CACHE / "evaluation" / "heard", metavar="FOLDER",
        help="keeps who is detected to speak when",
    )  # fmt: skip
    _add_out_flag(parser, "colocated")
    _add_assets_flag(parser)


def _add_sentences_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--batch", nargs="+", default=list(BATCHES), choices=BATCHES, help="default: all")
    parser.add_argument("--explicit", action="store_true", help="leave out what places and objects imply")
    parser.add_argument(
        "--failures", type=int, default=0, metavar="N", help="also print N sentences that are not right"
    )
    parser.add_argument("--silent", action="store_true", help="of them only those that nothing is said about")
    parser.add_argument("--seed", type=int, default=0, help="draws them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write counts and each sentence's verdicts")
    _add_assets_flag(parser)


def _add_assets_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")


def _add_cache_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache", type=Path, default=EVALUATION_CACHE, metavar="FOLDER", help="keeps recordings and the aligner"
    )


def _add_rehearsals_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rehearsals", type=Path, metavar="FOLDER", help="default: eight are made once, 60 s each")


def _add_out_flag(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=f"gets {name}.json and {name}.png")


def _measure_performance(arguments: argparse.Namespace, report: Reporter) -> None:
    from .performance.assessment import assess
    from .performance.evidence_files import read_evidence, read_face, read_performance
    from .performance.page import as_text, write_performance_report

    step = step_of(report)
    step("Reading", 0, 3)
    performance = read_performance(arguments.performance)
    face = read_face(arguments.face, performance, arguments.assets)
    evidence = read_evidence(arguments, performance, face)
    step("Measuring", 1, 3)
    assessment = assess(performance, face, evidence)
    step("Writing the report", 2, 3)
    page, data = write_performance_report(
        arguments.report, arguments.performance.name, performance, evidence, assessment
    )
    print(as_text(performance, assessment))
    print(f"{page}\n{data}")


def _measure_clips(arguments: argparse.Namespace, report: Reporter) -> None:
    from .recordings import lips_benchmark

    lips_benchmark.run(arguments, report)


def _measure_turns(arguments: argparse.Namespace, report: Reporter) -> None:
    from .recordings import turns_benchmark

    turns_benchmark.run(arguments, report)


def _measure_reactivity(arguments: argparse.Namespace, report: Reporter) -> None:
    from .reactivity import benchmark

    benchmark.run(arguments, report)


def _measure_colocated(arguments: argparse.Namespace, report: Reporter) -> None:
    from .colocated import benchmark

    benchmark.run(arguments, report)


def _measure_sentences(arguments: argparse.Namespace, report: Reporter) -> None:
    from . import sentence_scores

    sentence_scores.run(arguments, report)


_REACTIVITY: Final = """Whether the listener follows the partner in time.

The engine gets the partners of rehearsals that no training has seen, and exchanged ones: muted, with another's motion,
with another's sound, and 5 s late. What the listener is likely to do is compared with what the partner does, by
cross-correlation with a shuffled control."""

_COLOCATED: Final = """Two people in one room, on rehearsals that no training has seen.

How far from the truth (of several weights side by side), seams, the wrong mouth, what a prompt and what a seed change,
what keeping a part leaves, and how both behave."""

_SENTENCES: Final = """Whether sentences about scenes are staged as they say, on the labelled corpus.

A sentence is right where every label's constraint is met, said to be wrong where a warning or an inference quotes a
word of each label that is not, and otherwise silently wrong. Doing nothing is the default staging without a warning."""

_COMMANDS: Final = {
    "clips": _Command("An engine on real recordings: its lips, and how it behaves.", _add_clips_flags, _measure_clips),
    "turns": _Command("Who is detected to speak when, on real recordings.", _add_turns_flags, _measure_turns),
    "reactivity": _Command(_REACTIVITY, _add_reactivity_flags, _measure_reactivity),
    "colocated": _Command(_COLOCATED, _add_colocated_flags, _measure_colocated),
    "sentences": _Command(_SENTENCES, _add_sentences_flags, _measure_sentences),
}

_PERFORMANCE: Final = _Command(__doc__ or "", _add_performance_flags, _measure_performance)
"""What is run where no benchmark is named."""

_ALIASES: Final = {"ears": "turns"}
"""Former name of a command → its name."""
