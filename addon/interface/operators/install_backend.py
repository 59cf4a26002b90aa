"""*Install backend*: asked first, with size and place; then made by a worker, which goes on where it was cut short."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.installation import INSTALLATION_LOG
from ...menu_texts import lasting
from ...settings.conversations import settings_of
from ...worker.backend_installation import Plan, installer_python, start_installation, start_plan
from ...worker.job_process import KEPT_WORKER
from ...worker.preferences import backend_folder, backend_state
from ...worker.worker_process import CommandProcess
from ..wrapping import wrapped
from .saying import redraw_panels, say, say_error, say_warning
from .stepping import SteppingOperator
from .watching import CancelOperator, Running, WatchingOperator, backend_is_in_use
from .windows import show_status

_OFFLINE: Final = "Blender's online access is off: allow it in Preferences › System › Network, or install from a folder"
_DONE: Final = "The backend is installed in {folder}. Now add a conversation."
_AT_WORK: Final = "The backend is at work: wait until it is done, or cancel it"
_TICK: Final = 0.5
_WIDTH: Final = 440
_LETTERS: Final = 72.0
"""In a line of the question."""
_GIGA: Final = 1e9
_MEGA: Final = 1e6


class RunningInstallation(Running):
    """The one worker of this Blender that installs, moves or removes the backend; and the plan that is asked about."""

    plan: Plan | None = None
    outlives_file = True
    uses_backend = False
    replaces_backend = True

    @classmethod
    def after_poll(cls) -> None:
        """Say it in the status bar too: the button is also in the preferences, where no panel is."""
        show_status(bpy.context, f"Duologue: {cls.worker.stage}")


def is_at_work() -> bool:
    """Whether the backend runs, or is about to for what is being prepared: its files cannot go then."""
    return backend_is_in_use() or SteppingOperator.shown is not None


def may_go_online() -> bool:
    """Whether the artist lets extensions use the network."""
    return bool(getattr(bpy.app, "online_access", True))


class BackendOperator(WatchingOperator):
    """What the operators on the backend's folder share. A stray Esc stops none of them: they take minutes."""

    running = RunningInstallation

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Say it, with the log."""
        if error.code == ExitCode.CANCELLED:
            return super().fail(context, error)
        say_error(self, context, error, backend_folder(context) / INSTALLATION_LOG)
        return {"CANCELLED"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """One at a time, and only while nothing runs from the folder."""
        if RunningInstallation.worker is not None:
            cls.poll_message_set("The backend is being worked on")
            return False
        if is_at_work():
            cls.poll_message_set(_AT_WORK)
            return False
        return True

    def _escape(self, _context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return {"PASS_THROUGH"}

    def unwatch(self, context: bpy.types.Context) -> None:
        """Give the status bar back, too, and look at the backend again."""
        super().unwatch(context)
        show_status(context, None)
        backend_state(context, now=True)
        redraw_panels(context)


class InstallingOperator(BackendOperator):
    """Install from the package index, or from `packed`, a folder; `again` makes it anew."""

    packed: str
    again: bool

    def packed_folder(self) -> Path | None:
        """The folder of packages, absolute; None for the package index."""
        return Path(bpy.path.abspath(self.packed)).absolute() if self.packed else None

    def require_network(self) -> None:
        """Raises DuologueError (ONLINE_ACCESS_OFF) where packages have to be fetched and must not be."""
        if not self.packed and not may_go_online():
            raise DuologueError(ExitCode.ONLINE_ACCESS_OFF, "Nothing was fetched.", f"{_OFFLINE}.")

    def installation(self, context: bpy.types.Context, device: str) -> CommandProcess[Path]:
        """The worker that installs. Raises DuologueError (ONLINE_ACCESS_OFF, PYTHON_NOT_FOUND, WORKER_NOT_FOUND)."""
        self.require_network()
        KEPT_WORKER.end()  # its files are replaced
        python, folder = installer_python(sys.executable), backend_folder(context)
        return start_installation(python, folder, device, self.packed_folder(), again=self.again)

    def ask(self, context: bpy.types.Context, plan: Plan) -> set[str]:
        """Ask about the plan, in the window of the press."""
        RunningInstallation.plan = plan
        with context.temp_override(window=self.begun_in(context)):
            bpy.ops.duologue.make_backend("INVOKE_DEFAULT", packed=self.packed, again=self.again)
        return {"FINISHED"}

    def tell(self, context: bpy.types.Context, folder: Path, warnings: list[str]) -> set[str]:
        """Say that the backend is there; a worker that waits for its next job is one of the old backend."""
        KEPT_WORKER.end()
        backend_state(context, now=True)
        if warnings:
            say_warning(self, context, f"{_DONE.format(folder=folder)} {' '.join(warnings)}")
        else:
            say(self, context, _DONE.format(folder=folder))
        return {"FINISHED"}


class DUOLOGUE_OT_install_backend(InstallingOperator):  # noqa: N801 — Blender's naming
    """Look at this computer, then ask; scripts are not asked."""

    bl_idname = "duologue.install_backend"
    bl_label = "Install backend"
    bl_description = (
        "Make the backend's own Python environment in the extension's folder; nothing is installed into Blender. "
        "Size and place are told before anything is fetched, and a cut connection loses nothing: press again"
    )

    device: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Device", description="cpu, cuda or mps; empty for what fits this computer", options={"SKIP_SAVE"}
    )
    packed: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Packages",
        description="A folder that build.py wheelhouse packed; empty for the package index",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )
    again: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Anew", description="Make it anew although it is there", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One at a time, and only where the network may be used."""
        if not may_go_online():
            cls.poll_message_set(_OFFLINE)
            return False
        return super().poll(context)

    def start(self, context: bpy.types.Context) -> CommandProcess[Any]:
        """In a window the worker that plans; for scripts the one that installs. Raises DuologueError."""
        if bpy.app.background:
            return self.installation(context, self.device)
        self.require_network()
        return start_plan(installer_python(sys.executable), backend_folder(context), self.packed_folder())

    def finish(self, context: bpy.types.Context, found: Plan | Path) -> set[str]:
        """Ask about the plan, or say that the backend is there."""
        if isinstance(found, Path):
            return self.tell(context, found, [])
        return self.ask(context, found)


class DUOLOGUE_OT_install_backend_from_folder(InstallingOperator):  # noqa: N801 — Blender's naming
    """The same without a network: choose the folder that another machine packed."""

    bl_idname = "duologue.install_backend_from_folder"
    bl_label = "Install from folder…"
    bl_description = (
        "Install without a network, from a folder that `python3 build.py wheelhouse` packed on another machine"
    )

    directory: bpy.props.StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN"})  # type: ignore[valid-type]
    again: bpy.props.BoolProperty(description="Make it anew", options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]

    _from_selector = False

    @property
    def packed(self) -> str:  # type: ignore[override]
        """The chosen folder."""
        return str(self.directory)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the folder, then look at it."""
        if not self.directory and not bpy.app.background:
            self._from_selector = True
            context.window_manager.fileselect_add(self)
            return {"RUNNING_MODAL"}
        return super().invoke(context, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The selector's answer goes the way of `invoke`; scripts install at once."""
        if self._from_selector:
            self._from_selector = False
            bpy.ops.duologue.install_backend_from_folder("INVOKE_DEFAULT", directory=self.directory, again=self.again)
            return {"FINISHED"}
        return super().execute(context)

    def start(self, context: bpy.types.Context) -> CommandProcess[Any]:
        """In a window the worker that plans; for scripts the one that installs. Raises DuologueError."""
        if not self.directory:
            raise DuologueError(ExitCode.PACKAGES_MISSING, "No folder was chosen.", "Choose one with packages.")
        if bpy.app.background:
            return self.installation(context, "")
        return start_plan(installer_python(sys.executable), backend_folder(context), self.packed_folder())

    def finish(self, context: bpy.types.Context, found: Plan | Path) -> set[str]:
        """Ask about the plan, or say that the backend is there."""
        if isinstance(found, Path):
            return self.tell(context, found, [])
        return self.ask(context, found)


def _devices(_self: object, _context: bpy.types.Context | None) -> list[tuple[str, str, str]]:
    plan = RunningInstallation.plan
    return lasting((one.device, one.title, one.note) for one in plan.choices) if plan is not None else [("", "", "")]


class DUOLOGUE_OT_make_backend(InstallingOperator):  # noqa: N801 — Blender's naming
    """The question, and with its answer the installation."""

    bl_idname = "duologue.make_backend"
    bl_label = "Install backend"
    bl_description = "Install the backend as planned"
    bl_options = {"INTERNAL"}  # noqa: RUF012 — Blender's way

    device: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Device", description="What computes: found on this computer and proposed", items=_devices
    )
    packed: bpy.props.StringProperty(description="The folder of packages", options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]
    again: bpy.props.BoolProperty(description="Make it anew", options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]
    confirmed: bpy.props.BoolProperty(description="The question was answered", options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]

    cancelled_sentence = "Cancelled. What was fetched is kept: Install backend goes on from there."

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask; then install and stay usable meanwhile."""
        plan = RunningInstallation.plan
        if plan is None:
            return {"CANCELLED"}
        if self.confirmed:
            return super().invoke(context, event)
        self.device = plan.choices[0].device
        manager = context.window_manager
        return set(manager.invoke_props_dialog(self, width=_WIDTH, title=self.bl_label, confirm_text="Install"))

    def draw(self, _context: bpy.types.Context) -> None:
        """What comes, where it goes, by which Python."""
        plan = RunningInstallation.plan
        choice = next((one for one in plan.choices if one.device == self.device), None) if plan is not None else None
        if plan is None or choice is None:
            return
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "device")
        column = self.layout.column(align=True)
        for sentence in question(plan, choice.device, packed=bool(self.packed)):
            for number, line in enumerate(wrapped(sentence, _LETTERS, lambda text: float(len(text)))):
                column.label(text=line if number == 0 else f"    {line}", translate=False)
        if plan.free < choice.room:
            row = self.layout.row()
            row.alert = True
            row.label(text="There is not enough room in this folder.", icon="ERROR")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The dialog's answer: a dialog ends here, where no timer can be awaited."""
        if bpy.app.background:
            return super().execute(context)
        if is_at_work():  # it began while the question was open
            return self.fail(context, DuologueError(ExitCode.BAD_REQUEST, "Nothing was installed.", f"{_AT_WORK}."))
        words = {"device": self.device, "packed": self.packed, "again": self.again}
        bpy.ops.duologue.make_backend("INVOKE_DEFAULT", confirmed=True, **words)
        return {"FINISHED"}

    def start(self, context: bpy.types.Context) -> CommandProcess[Path]:
        """The worker that installs. Raises DuologueError."""
        return self.installation(context, self.device)

    def cancel(self, context: bpy.types.Context) -> None:
        """Another file is opened: the installation goes on, watched by a timer that stays."""
        if self._timer is None or RunningInstallation.worker is not self._watched:
            return
        self._remove_timer(context)
        bpy.app.timers.register(_go_on, first_interval=_TICK, persistent=True)

    def finish(self, context: bpy.types.Context, found: Path) -> set[str]:
        """Say that the backend is there."""
        warnings = self._watched.progress.warnings if self._watched is not None else []
        return self.tell(context, found, warnings)


def _go_on() -> float | None:
    """Watch an installation whose operator ended with its file; seconds until the next look, None when it is over."""
    worker = RunningInstallation.worker
    if worker is None:
        return None
    try:
        found = worker.poll()
        RunningInstallation.after_poll()
    except DuologueError as error:
        _ended(error.sentence(), code=0 if error.code == ExitCode.CANCELLED else int(error.code))
        return None
    except BaseException:  # Blender drops a timer that raises
        RunningInstallation.stop()
        raise
    redraw_panels(bpy.context)
    if found is None:
        return _TICK
    KEPT_WORKER.end()
    _ended(_DONE.format(folder=found), code=0)
    return None


def _ended(sentence: str, *, code: int) -> None:
    RunningInstallation.stop()
    show_status(bpy.context, None)
    backend_state(bpy.context, now=True)
    settings = settings_of(bpy.context.scene)
    settings.message, settings.message_code, settings.message_is_error = sentence, code, bool(code)
    redraw_panels(bpy.context)


def question(plan: Plan, device: str, *, packed: bool) -> list[str]:
    """What is told before anything is fetched, a sentence each."""
    choice = next(one for one in plan.choices if one.device == device)
    size = f"{choice.fetch / _GIGA:.1f} GB" if choice.fetch > _GIGA else f"{choice.fetch / _MEGA:.0f} MB"
    if packed:
        fetched = "Nothing is fetched: the packages are in the folder."
    elif choice.fetch:
        fetched = f"Fetches {size}."
    else:
        fetched = "Everything was fetched already."
    return [
        choice.note,
        f"{fetched} Takes up to {choice.room / _GIGA:.1f} GB meanwhile; {plan.free / _GIGA:.0f} GB are free.",
        f"Folder: {plan.folder}",
        f"Made with {plan.python}.",
        *plan.warnings,
        "Nothing is installed into Blender. It can be cancelled, and goes on later.",
    ]


class DUOLOGUE_OT_cancel_installation(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop installing."""

    bl_idname = "duologue.cancel_installation"
    bl_label = "Cancel"
    bl_description = "Stop; what was fetched is kept, and Install backend goes on from there"

    running = RunningInstallation


CLASSES = (
    DUOLOGUE_OT_install_backend,
    DUOLOGUE_OT_install_backend_from_folder,
    DUOLOGUE_OT_make_backend,
    DUOLOGUE_OT_cancel_installation,
)
