"""The job that *Generate* has running: what its take is for, how far it is, and its keys once it is made."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.job import PERFORMANCE_FILE, JobRequest
from ....backend.contract.performance import Performance
from ...keys.key_writing import Written, write_take_in_steps
from ...keys.retaking import Anew, Spans
from ...keys.takes import discard_unfinished, users_takes
from ...settings.conversations import conversation_numbered
from ...settings.properties import DuologueSettings
from ...steps import Steps
from ...worker.time_left import StageRates, left_in_words, read_rates, remember_rates, seconds_left
from ...worker.worker_process import STAGE_SENTENCES, Progress, WorkerProcess
from .stepping import SteppingOperator
from .watching import Running


@dataclass(frozen=True)
class Job:
    """What a take is for: a scene's conversation by its number, the take's folder, its seed.

    With `spans` the frames in them alone get new keys. `request` is what its worker is asked for.
    """

    scene: str
    conversation: int
    folder: Path
    spans: Spans
    seed: int
    request: JobRequest | None = None
    anew: Anew = "all"


@dataclass(frozen=True)
class Prepared:
    """A job, the request for its worker and that one's Python, and sentences on what will not move."""

    job: Job
    request: JobRequest
    python: Path
    warnings: tuple[str, ...]


class RunningJob(Running):
    """The one job of this Blender, as the panel shows it; `job` and what was `made` outlive its worker."""

    worker: ClassVar[WorkerProcess[Performance] | None] = None
    job: ClassVar[Job | None] = None
    made: ClassVar[Performance | None] = None
    status: ClassVar[Progress] = Progress()
    scene: ClassVar[str] = ""
    conversation: ClassVar[int] = 0
    rates: ClassVar[StageRates] = StageRates()
    warm: ClassVar[bool] = False
    lengths: ClassVar[dict[tuple[str | None, ...], float]] = {}
    """Seconds of the dialogues whose files were heard before: how long it takes is known from the beginning then."""
    checks: ClassVar[Steps[list[str]] | None] = None
    unchecked: ClassVar[Prepared | None] = None
    """What the checks are of, until they are through."""
    _share: ClassVar[float] = 0.0
    _began: ClassVar[float] = 0.0

    @classmethod
    def begin(cls, job: Job, request: JobRequest, worker: WorkerProcess[Performance]) -> None:
        """`worker` is at `request` from now on."""
        cls.worker, cls.job, cls.status = worker, job, worker.progress
        cls.scene, cls.conversation = job.scene, job.conversation
        cls.warm, cls._share, cls._began = worker.warm, 0.0, time.monotonic()
        cls.rates = read_rates(_rates_file(), request.engine)
        worker.progress.length = cls.lengths.get(request.audio.paths)

    @classmethod
    def is_for(cls, settings: DuologueSettings) -> bool:
        """Whether a take is being made for this conversation, or its keys are being written."""
        busy = cls.worker is not None or SteppingOperator.shown is not None
        return busy and (cls.scene, cls.conversation) == (settings.id_data.name, settings.number)

    @classmethod
    def stop(cls) -> None:
        """End the job, however that comes about, and leave no folder of a take that there is not."""
        cls.drop_checks()
        worker = cls.worker
        super().stop()
        if worker is not None:
            discard_unfinished(worker.folder)

    @classmethod
    def wants_checks(cls) -> bool:
        """Whether there is something to look at yet; not once Esc was pressed, which it would make wait."""
        cancelling = cls.worker is not None and cls.worker.progress.cancelling
        return cls.unchecked is not None and not cancelling

    @classmethod
    def drop_checks(cls) -> None:
        """What was not looked at by now is not."""
        cls.unchecked = None
        cls._close_checks()

    @classmethod
    def check_anew(cls) -> None:
        """Undo is about to free what the checks hold: they are begun anew with the next tick."""
        cls._close_checks()

    @classmethod
    def _close_checks(cls) -> None:
        checks, cls.checks = cls.checks, None
        if checks is not None:
            checks.close()

    @classmethod
    def after_poll(cls) -> None:
        """Note how far it is."""
        cls.status = cls.worker.progress

    @classmethod
    def sentence(cls) -> str:
        """“Listening 3/12, about 20 s left”."""
        text = cls.status.sentence()
        if cls.status.cancelling:
            return text
        if cls.status.total > 1:
            text = f"{text} {cls.status.done}/{cls.status.total}"
        left = cls._seconds_left()
        return text if left is None else f"{text}, {left_in_words(left)}"

    @classmethod
    def share(cls) -> float:
        """Progress over all stages, 0 to 1: of the time where that is known, else of the stages. It never falls."""
        left, spent = cls._seconds_left(), time.monotonic() - cls._began
        if left is not None:
            now = spent / max(spent + left, 1e-3)
        else:
            stages = list(STAGE_SENTENCES)
            index = stages.index(cls.status.stage) if cls.status.stage in stages else 0
            now = min(1.0, (index + cls.status.share()) / len(stages))
        cls._share = max(cls._share, now)
        return cls._share

    @classmethod
    def remember(cls, request: JobRequest, seconds: Mapping[str, float]) -> None:
        """Keep how long the stages of `request` took, and how long its dialogue is."""
        length = cls.status.length
        if length:
            cls.lengths[request.audio.paths] = length
            rates = cls.rates.with_take(cls.status.seconds | seconds, length, warm=cls.warm)
            remember_rates(_rates_file(), request.engine, rates)

    @classmethod
    def _seconds_left(cls) -> float | None:
        return seconds_left(cls.rates, cls.status, time.monotonic(), warm=cls.warm)


def _rates_file() -> Path:
    return users_takes().with_name("stage-seconds.json")


def written_in_steps(
    context: bpy.types.Context, job: Job, performance: Performance
) -> Steps[tuple[DuologueSettings, Written]]:
    """The conversation and what was written for it. Raises DuologueError."""
    _expect_scene(context, job)
    settings = conversation_of(context, job)
    take = job.folder / PERFORMANCE_FILE
    written = yield from write_take_in_steps(context, take, job.spans, settings, performance)
    return settings, written


def _expect_scene(context: bpy.types.Context, job: Job) -> None:
    """The artist may have gone to another scene meanwhile; the keys are not for that one."""
    if context.scene.name != job.scene:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"The take is done, but it is for the scene {job.scene}.",
            f"Go there, choose the take {job.folder / PERFORMANCE_FILE} and press Write keys.",
        )


def conversation_of(context: bpy.types.Context, job: Job) -> DuologueSettings:
    """The conversation that the take is for, whichever the panel shows meanwhile."""
    settings = conversation_numbered(context.scene, job.conversation)
    if settings is None:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            "The take is done, but the conversation that it is for was removed meanwhile.",
            f"To use it in another one, choose the take {job.folder / PERFORMANCE_FILE} and press Write keys.",
        )
    return settings


def conversation_or_none(context: bpy.types.Context, job: Job) -> DuologueSettings | None:
    """The conversation that the take is for, None where the scene or the conversation is another one by now."""
    return conversation_numbered(context.scene, job.conversation) if job.scene == context.scene.name else None
