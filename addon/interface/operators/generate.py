"""*Generate*: interactive with a timer and progress, or complete and synchronous in the background."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.job import LOG_FILE, PERFORMANCE_FILE, JobRequest
from ....backend.contract.performance import Performance
from ...conversation import missing_input, request_of
from ...keys.key_writing import write_take
from ...keys.partner import known_partner, warnings_before, with_partner
from ...keys.retaking import Spans, retake_of
from ...keys.rig_reports import rig_reports
from ...keys.takes import away_note, discard_unfinished, last_log, make_take, new_take_folder, start_take
from ...settings.conversations import conversation_numbered
from ...settings.properties import DuologueSettings, settings_of
from ...worker.preferences import backend_python
from ...worker.worker_process import STAGE_SENTENCES, Progress, WorkerProcess
from .saying import say, say_error, say_warning
from .watching import CancelOperator, Running, WatchingOperator


class RunningJob(Running):
    """The one job of this Blender, as the panel shows it."""

    worker: ClassVar[WorkerProcess[Performance] | None] = None
    status: ClassVar[Progress] = Progress()
    scene: ClassVar[str] = ""
    conversation: ClassVar[int] = 0

    @classmethod
    def is_for(cls, settings: DuologueSettings) -> bool:
        """Whether a take is being made for this conversation."""
        return cls.worker is not None and (cls.scene, cls.conversation) == (settings.id_data.name, settings.number)

    @classmethod
    def stop(cls) -> None:
        """End the job, however that comes about, and leave no folder of a take that there is not."""
        worker = cls.worker
        super().stop()
        if worker is not None:
            discard_unfinished(worker.folder)

    @classmethod
    def after_poll(cls) -> None:
        """Note how far it is."""
        cls.status = cls.worker.progress

    @classmethod
    def shown(cls) -> tuple[object, ...]:
        """The stage and how far it is."""
        return cls.sentence(), round(cls.share(), 2)

    @classmethod
    def sentence(cls) -> str:
        """“Listening 3/12”."""
        text = cls.status.sentence()
        return f"{text} {cls.status.done}/{cls.status.total}" if cls.status.total > 1 else text

    @classmethod
    def share(cls) -> float:
        """Progress over all stages, 0 to 1."""
        stages = list(STAGE_SENTENCES)
        index = stages.index(cls.status.stage) if cls.status.stage in stages else 0
        within = cls.status.done / cls.status.total if cls.status.total else 0.0
        return min(1.0, (index + within) / len(stages))


class DUOLOGUE_OT_generate(WatchingOperator):  # noqa: N801 — Blender's naming
    """Run the model on the audio and the sentence, and write the keys."""

    bl_idname = "duologue.generate"
    bl_label = "Generate"
    bl_description = "Run the model on the audio and the sentence, and write the keys"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    anew: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Anew",
        description="What is made anew; who is locked stays in any case",
        items=(
            ("all", "All", "Everything, as the panel says"),
            ("variation", "Variation", "Everything with the next seed: other glances, nods and blinks, the same lips"),
            ("range", "Range", "A range of frames, with the next seed; everything else stays"),
        ),
        options={"SKIP_SAVE", "HIDDEN"},
    )

    running = RunningJob
    _folder: Path | None = None
    _scene: str = ""
    _conversation: int = 0
    _spans: Spans = ()
    _seed: int = 0

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """What this button makes anew."""
        return {
            "variation": "Make the take again with the next seed: other glances, nods and blinks, the same lips",
            "range": "Make the preview range, or From and To, anew with the next seed; everything else stays",
        }.get(properties.anew, cls.bl_description)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One job at a time, and only with heads and audio."""
        reason = "A take is being generated" if RunningJob.worker else missing_input(settings_of(context.scene))
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start the worker and watch it from a timer."""
        if bpy.app.background:
            return self.execute(context)
        try:
            request, python = self._prepare(context)
            RunningJob.status = Progress()
            worker = start_take(self._folder, request, python)
        except DuologueError as error:
            return self.fail(context, error)
        self._scene = context.scene.name
        RunningJob.scene, RunningJob.conversation = self._scene, self._conversation
        return self.watch(context, worker)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Generate and write, synchronously: what scripts and `-b` call."""
        try:
            request, python = self._prepare(context)
            performance, RunningJob.status = make_take(self._folder, request, python, _ignore)
        except DuologueError as error:
            return self.fail(context, error)
        return self._write(context, performance)

    def _prepare(self, context: bpy.types.Context) -> tuple[JobRequest, Path]:
        """What the panel asks for, and the worker's Python. Raises DuologueError; then there is no folder."""
        retake, python = retake_of(context, request_of(context), self.anew), backend_python(context)
        partner = known_partner(context, retake.request)
        warnings = [told for one in rig_reports(context.scene) if (told := one.warning())]
        warnings += warnings_before(context, retake.request)
        if warnings:
            say_warning(self, context, " ".join(warnings))
        self._folder = new_take_folder()
        self._conversation = settings_of(context.scene).number
        self._spans, self._seed = retake.spans, retake.request.seed
        return with_partner(context, retake.request, partner, self._folder), python

    def finish(self, context: bpy.types.Context, performance: Performance) -> set[str]:
        """Write the keys of the take in the folder."""
        return self._write(context, performance)

    def _write(self, context: bpy.types.Context, performance: Performance) -> set[str]:
        try:
            self._expect_scene(context)
            settings = self._settings(context)
            written = write_take(context, self._folder / PERFORMANCE_FILE, self._spans, settings, performance)
        except DuologueError as error:
            return self.fail(context, error)
        settings.seed = self._seed
        told = (written.sentence(), away_note(self._folder), *RunningJob.status.warnings)
        say(self, context, " ".join(filter(None, told)), settings)
        return {"FINISHED"}

    def _expect_scene(self, context: bpy.types.Context) -> None:
        """The artist may have gone to another scene meanwhile; the keys are not for that one."""
        if self._scene and context.scene.name != self._scene:
            take = self._folder / PERFORMANCE_FILE
            raise DuologueError(
                ExitCode.SCENE_UNSUITABLE,
                f"The take is done, but it is for the scene {self._scene}.",
                f"Go there, choose the take {take} and press Write keys.",
            )

    def _settings(self, context: bpy.types.Context) -> DuologueSettings:
        """The conversation that the take is for, whichever the panel shows meanwhile."""
        settings = conversation_numbered(context.scene, self._conversation)
        if settings is None:
            raise DuologueError(
                ExitCode.SCENE_UNSUITABLE,
                "The take is done, but the conversation that it is for was removed meanwhile.",
                f"To use it in another one, choose the take {self._folder / PERFORMANCE_FILE} and press Write keys.",
            )
        return settings

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Say what went wrong; a job that ends without a take leaves no folder."""
        settings = None
        if self._folder is not None and self._scene in ("", context.scene.name):
            settings = conversation_numbered(context.scene, self._conversation)
        log = None
        if self._folder is not None:
            discard_unfinished(self._folder)
            log = self._folder / LOG_FILE if self._folder.exists() else last_log()
        if error.code == ExitCode.CANCELLED:
            say(self, context, "Cancelled. Nothing was changed.", settings)
        else:
            say_error(self, context, error, log, settings)
        return {"CANCELLED"}


class DUOLOGUE_OT_cancel(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop generating; nothing is changed."""

    bl_idname = "duologue.cancel"
    bl_label = "Cancel"
    bl_description = "Stop generating; nothing is changed"

    running = RunningJob


def _ignore(_progress: Progress) -> None:
    """`execute` has nowhere to show progress."""
