"""A corpus of rehearsals: folders `0000`, `0001` … (`rehearsal_files`), written by several processes, resumable."""

from __future__ import annotations

import json
import multiprocessing
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face, load_face
from backend.contract.files import write_text_whole
from backend.contract.reading import explained_read_errors, read_errors_as, read_json
from backend.contract.segments import stretches
from backend.contract.segments_file import read_segments

from .other_takes import act_again, count_takes, save_takes
from .rehearsal import DEFAULT_SECONDS, make_rehearsal, perform_rehearsal
from .rehearsal_files import DIALOGUE, MADE_AGAIN, TURNS, save_rehearsal
from .speech.voice import Synthesizer
from .speech.voices import FLITE_ALONE

PLAN: Final = "corpus.json"
SCHEMA: Final = 1
_SEEDS: Final = 100_000
"""Rehearsal k of the corpus with seed S is `make_rehearsal(S * _SEEDS + k)`: no two corpora share a rehearsal."""


@dataclass(frozen=True)
class _Job:
    folder: Path
    seed: int
    seconds: float
    face: Path
    shares: dict[Synthesizer, float]
    takes: int


@dataclass(frozen=True)
class _Failure:
    """A DuologueError on its way from another process; exceptions of three arguments do not travel."""

    code: ExitCode
    message: str
    fix: str


def write_corpus(
    folder: Path,
    hours: float,
    seed: int,
    face: Path,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
    seconds: float = DEFAULT_SECONDS,
    shares: Mapping[Synthesizer, float] = FLITE_ALONE,
    *,
    takes: int = 0,
) -> list[Path]:
    """Write `hours` of rehearsals into `folder`, performed on the face in the file `face`; their folders, in order.

    `shares` says how many people each synthesizer speaks for (`voices.draw_voices`).
    The same seed gives the same rehearsals whatever the number of `workers`; those that are there already are kept,
    and more hours add to them. Each is acted `takes` times more (`other_takes`). `progress(done, total)` is called as
    they appear.
    Raises DuologueError (BAD_REQUEST where `folder` holds another corpus, DEPENDENCY_MISSING, FACE_NOT_FOUND,
    DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    load_face(face)  # here and now, not in every process
    _keep_plan(folder, seed, seconds, shares)
    count = max(1, round(hours * 3600 / seconds))
    folders = [folder / f"{index:04d}" for index in range(count)]
    jobs = [
        _Job(path, seed * _SEEDS + index, seconds, face, dict(shares), takes)
        for index, path in enumerate(folders)
        if not path.is_dir() or count_takes(path) < takes
    ]
    for done, failure in enumerate(_run(jobs, workers), start=count - len(jobs) + 1):
        if failure is not None:
            raise DuologueError(failure.code, failure.message, failure.fix)
        if progress is not None:
            progress(done, count)
    return folders


def rehearsal_folders(folder: Path) -> list[Path]:
    """The whole rehearsals in `folder`, in order. Raises DuologueError (BAD_REQUEST) where there is none."""
    found = sorted(path for path in folder.glob("*") if path.is_dir() and path.name.isdigit())
    if not found:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"There are no rehearsals in {folder}.",
            "Make some with `python3 build.py train rehearse`.",
        )
    return found


def _keep_plan(folder: Path, seed: int, seconds: float, shares: Mapping[Synthesizer, float]) -> None:
    """Note what the corpus is made from; a folder made from something else is left alone."""
    plan: dict[str, Any] = {"schema": SCHEMA, "seed": seed, "seconds": seconds, "shares": dict(shares)}
    path = folder / PLAN
    if not path.exists():
        write_text_whole(path, json.dumps(plan))
        return
    with explained_read_errors(lambda reason: _other_corpus(folder, f"{PLAN} in it cannot be read ({reason})")):
        there = read_json(path)
    if not isinstance(there, dict):
        raise _other_corpus(folder, f"{PLAN} in it is no plan")
    if there != plan:
        different = [
            f"{name} {there.get(name)}, not {value}" for name, value in plan.items() if there.get(name) != value
        ]
        raise _other_corpus(folder, f"it was begun with {'; '.join(different) or 'more than that'}")


def _other_corpus(folder: Path, why: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST, f"The corpus in {folder} cannot be continued: {why}.", "Choose another folder."
    )


def _run(jobs: Sequence[_Job], workers: int) -> Iterator[_Failure | None]:
    """Do all jobs; one result for each, as they end. Whoever stops here waits for those that have begun."""
    if workers <= 1 or len(jobs) <= 1:
        yield from map(_write_one, jobs)
        return
    # Spawned, not forked: the caller may already hold threads of a tensor library.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    try:
        with _ignoring_ctrl_c():
            begun = [pool.submit(_write_one, job) for job in jobs]
        yield from (job.result() for job in as_completed(begun))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _ignoring_ctrl_c() -> Iterator[None]:
    """Let processes that start here ignore Ctrl-C, which a terminal sends to all: the parent stops them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _write_one(job: _Job) -> _Failure | None:
    try:
        if not job.folder.is_dir():
            rehearsal = make_rehearsal(job.seed, job.seconds, job.shares)
            save_rehearsal(job.folder, rehearsal, perform_rehearsal(rehearsal, _face(job.face)))
        if count_takes(job.folder) < job.takes:
            save_takes(job.folder, act_again(job.seed, job.seconds, job.shares, job.takes))
    except DuologueError as error:
        return _Failure(error.code, error.message, error.fix)
    return None


@cache
def _face(path: Path) -> Face:
    return load_face(path)


@dataclass(frozen=True)
class CorpusSummary:
    """`rehearsals` of `seconds` together, with `speech_seconds` of speech (both people added up).

    `voices` name → people it speaks for; `moods` and `arrangements` name → rehearsals.
    """

    rehearsals: int
    seconds: float
    speech_seconds: float
    voices: Counter[str]
    moods: Counter[str]
    arrangements: Counter[str]

    def lines(self) -> list[str]:
        """The summary as it is printed."""
        hours, minutes = self.seconds / 3600, self.speech_seconds / 60
        return [
            f"{self.rehearsals} rehearsals, {hours:.2f} hours, {minutes:.1f} minutes of speech",
            f"{len(self.voices)} voices: {_counted(self.voices)}",
            f"moods: {_counted(self.moods)}",
            f"places: {_counted(self.arrangements)}",
        ]


def summarise(folders: Sequence[Path]) -> CorpusSummary:
    """Read what `rehearsal_files.save_rehearsal` wrote. Raises DuologueError (ASSET_CORRUPT, SEGMENTS_INVALID)."""
    seconds = speech = 0.0
    voices: Counter[str] = Counter()
    moods: Counter[str] = Counter()
    arrangements: Counter[str] = Counter()
    for folder in folders:
        said = read_segments(folder / TURNS)
        speech += sum(end - start for speaker in said.speakers for start, end in stretches(said, speaker))
        with read_errors_as(ExitCode.ASSET_CORRUPT, f"The rehearsal {folder} cannot be read", MADE_AGAIN):
            dialogue = read_json(folder / DIALOGUE)
            seconds += float(dialogue["seconds"])
            voices.update("/".join((voice["synthesizer"], voice["name"])) for voice in dialogue["voices"])
            moods[str(dialogue["mood"])] += 1
            arrangements[str(dialogue["staging"]["arrangement"] or dialogue["staging"]["manner"] or "unsaid")] += 1
    return CorpusSummary(len(folders), seconds, speech, voices, moods, arrangements)


def _counted(names: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in names.most_common())
