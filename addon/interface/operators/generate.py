"""*Generate*: interactive with a timer and progress, or complete and synchronous in the background."""

from __future__ import annotations

import time
from typing import Final

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.job import LOG_FILE, PERFORMANCE_FILE
from ....backend.contract.performance import Performance
from ...conversation import missing_input, request_of
from ...keys.key_writing import Written
from ...keys.partner import known_partner_in_steps, warnings_before, warnings_before_in_steps, with_partner
from ...keys.retaking import Anew, retake_of
from ...keys.rig_reports import rig_reports
from ...keys.take_notes import TakeNotes, write_notes
from ...keys.takes import away_note, discard_unfinished, last_log, make_take, new_take_folder, start_take
from ...settings.properties import DuologueSettings, settings_of
from ...settings.take_properties import owner_of
from ...steps import Steps, at_once
from ...worker.preferences import backend_python, kept_worker
from ...worker.time_left import KEYS
from ...worker.worker_process import Progress, WorkerProcess
from ..take_rows import refresh_soon
from .running_job import Job, Prepared, RunningJob, conversation_or_none, written_in_steps
from .saying import redraw_panels, say, say_error, say_warning
from .stepping import SteppingOperator
from .watching import BACKEND_CHANGES, WatchingOperator, backend_changes

_CHECKING_SECONDS: Final = 0.02
"""Of a tick, besides what the worker's events take."""


class DUOLOGUE_OT_generate(SteppingOperator):  # noqa: N801 — Blender's naming
    """Run the model on the audio and the sentence, and write the keys."""

    bl_idname = "duologue.generate"
    bl_label = "Generate"
    bl_description = "Run the model on the audio and the sentence, and write the keys"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    in_panel = True
    begins_at_once = True

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

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """What this button makes anew."""
        told = {
            "variation": "Make the take again with the next seed: other glances, nods and blinks, the same lips",
            "range": "Make the preview range, or From and To, anew with the next seed; everything else stays",
        }.get(properties.anew, cls.bl_description)
        waits = properties.anew != "all" and not settings_of(context.scene).take
        return f"{told}. Needs a take: generate one first, or choose one" if waits else told

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One job at a time, and only with heads, audio and a backend that stays where it is meanwhile."""
        busy = RunningJob.worker is not None or SteppingOperator.shown is not None
        reason = "A take is being generated" if busy else missing_input(settings_of(context.scene))
        reason = reason or (BACKEND_CHANGES if backend_changes(context) else None)
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def steps(self, context: bpy.types.Context) -> Steps[Prepared]:
        """Prepare. Raises DuologueError; then there is no folder."""
        return prepared(context, self.anew)

    def finish(self, context: bpy.types.Context, found: Prepared) -> set[str]:
        """Start the worker; with a window, watch it and leave Blender usable meanwhile."""
        job = found.job
        try:
            if bpy.app.background or not self.interactive:
                warnings = (*found.warnings, *warnings_before(context, found.request))
                if warnings:
                    say_warning(self, context, " ".join(warnings))
                kept = kept_worker(context)
                performance, RunningJob.status = make_take(job.folder, found.request, found.python, _ignore, kept)
                written = at_once(written_in_steps(context, job, performance))
                context.view_layer.update()  # scripts read poses next
                return _say_written(self, context, job, written)
            worker = start_take(job.folder, found.request, found.python, kept_worker(context))
        except DuologueError as error:
            return _say_failure(self, context, job, error)
        RunningJob.begin(job, found.request, worker)
        RunningJob.unchecked = found
        bpy.ops.duologue.watch_take("INVOKE_DEFAULT")
        return {"CANCELLED"}  # what writes the keys leaves the one undo step


def _all_warnings(context: bpy.types.Context, found: Prepared) -> Steps[list[str]]:
    """What will not move: found out while the worker is at work, so that this costs the artist no time."""
    return [*found.warnings, *(yield from warnings_before_in_steps(context, found.request))]


class DUOLOGUE_OT_watch_take(WatchingOperator):  # noqa: N801 — Blender's naming
    """What goes on after *Generate* has started a worker."""

    bl_idname = "duologue.watch_take"
    bl_label = "Generate"
    bl_description = "Wait for the take that is being made"
    bl_options = {"INTERNAL"}  # noqa: RUF012 — Blender's own form

    running = RunningJob

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only once there is a worker."""
        return RunningJob.worker is not None

    def start(self, _context: bpy.types.Context) -> WorkerProcess[Performance]:
        """The worker that *Generate* has started."""
        return RunningJob.worker

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Beside the worker, look for what will not move; nothing while another operator works in steps."""
        if event.type == "TIMER" and SteppingOperator.under_way:
            return {"PASS_THROUGH"}  # the scene is that one's: neither checks nor keys now
        if event.type == "TIMER" and RunningJob.wants_checks():
            try:
                if RunningJob.checks is None:
                    RunningJob.checks = _all_warnings(context, RunningJob.unchecked)
                self._check(context, RunningJob.checks)
            except BaseException:  # Blender drops an operator that raises: nobody would end its worker
                self.unwatch(context)
                raise
        return super().modal(context, event)

    def _check(self, context: bpy.types.Context, steps: Steps[list[str]]) -> None:
        until = time.monotonic() + _CHECKING_SECONDS
        try:
            while time.monotonic() < until:
                next(steps)
        except StopIteration as end:
            RunningJob.drop_checks()
            if end.value:
                say_warning(self, context, " ".join(end.value))
        except (DuologueError, ReferenceError, KeyError, RuntimeError):
            # A head, a bone or a shape key was changed or removed meanwhile; writing keys will say so.
            RunningJob.drop_checks()

    def finish(self, _context: bpy.types.Context, performance: Performance) -> set[str]:
        """Have the keys written by an operator that nothing else comes before."""
        RunningJob.drop_checks()
        RunningJob.made = performance
        bpy.ops.duologue.write_take("INVOKE_DEFAULT")
        return {"FINISHED"}

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Say what went wrong."""
        return _say_failure(self, context, RunningJob.job, error)


class DUOLOGUE_OT_write_take(SteppingOperator):  # noqa: N801 — Blender's naming
    """The end of *Generate*: the keys of the take that was made."""

    bl_idname = "duologue.write_take"
    bl_label = "Generate"
    bl_description = "Write the keys of the take that was made"
    # Registered, so that *Adjust Last Operation* is of this, which has nothing to adjust and cannot be repeated: of
    # what was done before it would take the keys back unasked.
    bl_options = {"INTERNAL", "REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    in_panel = True
    _began: float = 0.0

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only once a take was made."""
        return RunningJob.made is not None

    def steps(self, context: bpy.types.Context) -> Steps[tuple[DuologueSettings, Written]]:
        """Write. Raises DuologueError."""
        performance, RunningJob.made = RunningJob.made, None
        self._began = time.monotonic()
        return written_in_steps(context, RunningJob.job, performance)

    def finish(self, context: bpy.types.Context, found: tuple[DuologueSettings, Written]) -> set[str]:
        """Say what was written, and remember how long everything took."""
        if RunningJob.job.request is not None:
            RunningJob.remember(RunningJob.job.request, {KEYS: time.monotonic() - self._began})
        return _say_written(self, context, RunningJob.job, found)

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Say what went wrong."""
        return _say_failure(self, context, RunningJob.job, error)

    def given_up(self, context: bpy.types.Context) -> set[str]:
        """The take is there all the same."""
        return _say_cancelled(self, context, RunningJob.job)


class DUOLOGUE_OT_cancel(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Stop generating; nothing is changed."""

    bl_idname = "duologue.cancel"
    bl_label = "Cancel"
    bl_description = "Stop generating; nothing is changed. Esc does the same"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only while there is something to stop."""
        if RunningJob.worker is not None or SteppingOperator.shown is not None:
            return True
        cls.poll_message_set("No take is being made")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ask it to stop; the modal operator reports it."""
        if SteppingOperator.shown is not None:
            SteppingOperator.shown.stopping = True
        elif RunningJob.worker is not None:
            RunningJob.worker.cancel()
        redraw_panels(context)
        return {"FINISHED"}


def prepared(context: bpy.types.Context, anew: Anew) -> Steps[Prepared]:
    """What the panel asks for, and the worker's Python. Raises DuologueError; then there is no folder."""
    yield "Looking at the heads", 0.0
    retake, python = retake_of(context, request_of(context), anew), backend_python(context)
    partner = yield from known_partner_in_steps(context, retake.request)
    warnings = [told for one in rig_reports(context.scene) if (told := one.warning())]
    folder = new_take_folder()
    try:
        write_notes(folder, TakeNotes(owner=owner_of(settings_of(context.scene).takes)))
        request = with_partner(context, retake.request, partner, folder)
        number = settings_of(context.scene).number
        job = Job(context.scene.name, number, folder, retake.spans, request.seed, request, anew)
        return Prepared(job, request, python, tuple(warnings))
    except DuologueError:
        discard_unfinished(folder)
        raise


def _say_written(
    operator: bpy.types.Operator, context: bpy.types.Context, job: Job, found: tuple[DuologueSettings, Written]
) -> set[str]:
    settings, written = found
    settings.seed = job.seed
    refresh_soon()
    told = (written.sentence(), away_note(job.folder), *RunningJob.status.warnings)
    say(operator, context, " ".join(filter(None, told)), settings)
    if not bpy.app.background:
        # What began it was over long before, and left no line in Info.
        operator.report({"OPERATOR"}, f'bpy.ops.duologue.generate(anew="{job.anew}")')
    return {"FINISHED"}


def _say_failure(operator: bpy.types.Operator, context: bpy.types.Context, job: Job, error: DuologueError) -> set[str]:
    """Say what went wrong; a job that ends without a take leaves no folder."""
    if error.code == ExitCode.CANCELLED:
        return _say_cancelled(operator, context, job)
    discard_unfinished(job.folder)
    log = job.folder / LOG_FILE if job.folder.exists() else last_log()
    say_error(operator, context, error, log, conversation_or_none(context, job))
    return {"CANCELLED"}


def _say_cancelled(operator: bpy.types.Operator, context: bpy.types.Context, job: Job) -> set[str]:
    """Say that no key was written, and where the take is if it was done by then."""
    discard_unfinished(job.folder)
    take = job.folder / PERFORMANCE_FILE
    rest = f"; the take is {take}: choose it and press Write keys." if take.exists() else "."
    say(operator, context, f"Cancelled. Nothing was changed{rest}", conversation_or_none(context, job))
    return {"CANCELLED"}


def _ignore(_progress: Progress) -> None:
    """`execute` has nowhere to show progress."""
