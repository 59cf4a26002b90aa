"""Rows of the panel *Generate*: the button, by what, for whom, and from where in time."""

from __future__ import annotations

import bpy

from ...backend.contract.constants import OFFICIAL_ENGINE
from ..keys.start import start_of
from ..settings.people import names_of
from ..settings.properties import START_AT_FRAME, DuologueSettings
from ..worker.job_process import KEPT_WORKER
from .operators.running_job import RunningJob
from .operators.stepping import SteppingOperator
from .progress_rows import draw_progress
from .sidebar import native
from .wrapping import draw_lines, is_narrow

_BUTTON_HEIGHT = 1.5


def draw_generate(layout: bpy.types.UILayout, settings: DuologueSettings) -> None:
    """The button; while a take is made, how far it is, in the same place and of the same height."""
    column = layout.column()
    column.scale_y = _BUTTON_HEIGHT
    if is_generating():
        draw_job(column, settings)
    else:
        column.operator("duologue.generate", icon="PLAY")


def is_generating() -> bool:
    """Whether a take is being prepared or made, or its keys are being written."""
    return RunningJob.worker is not None or SteppingOperator.shown is not None


def draw_kept_worker(layout: bpy.types.UILayout) -> None:
    """Whether a worker waits for the next take, what it holds, and the button that ends it."""
    row = layout.row(align=True)
    held = f", {KEPT_WORKER.megabytes:.0f} MB" if KEPT_WORKER.megabytes else ""
    if not KEPT_WORKER.there:
        text = "No worker is running"
    else:
        text = f"Worker {'ready' if KEPT_WORKER.free else 'at work'}{held}"
    row.label(text=text, icon="MEMORY")
    row.operator("duologue.free_memory", text="", icon="X")


def draw_job(layout: bpy.types.UILayout, settings: DuologueSettings) -> None:
    """How far the take is that is being made, and the cross that stops it, in one row."""
    shown = SteppingOperator.shown
    told, share = (shown.doing, shown.share) if shown is not None else (RunningJob.sentence(), RunningJob.share())
    elsewhere = "" if shown is not None or RunningJob.is_for(settings) else "Another conversation: "
    draw_progress(layout, elsewhere + told, share, "duologue.cancel")


def draw_engine(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings, *, with_checkpoint: bool
) -> None:
    """The engine, the button that brings DualTalk's own weights where these are chosen, and the seed."""
    column = native(layout, context)
    row = column.row(align=True)
    row.prop(settings, "engine")
    if settings.engine == OFFICIAL_ENGINE:
        if with_checkpoint:
            row.operator("duologue.use_checkpoint", text="", icon="FILE_FOLDER")
        else:
            text = "Use checkpoint…" if is_narrow(context) else "Use DualTalk checkpoint…"
            column.operator("duologue.use_checkpoint", text=text, icon="FILE_FOLDER")
    column.prop(settings, "seed")


def draw_reaction(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """Who is animated, and what the other one's motion is."""
    column = native(layout, context)
    column.prop(settings, "reaction", text="Animate")
    if settings.reaction == "both":
        return
    column.prop(settings, "partner_from")
    if settings.partner_from == "take":
        column.prop(settings, "partner_take")


def draw_placing(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """Where in the scene's time keys and sound go, and what happens to its range and cameras."""
    column = native(layout, context)
    column.prop(settings, "start_from")
    if settings.start_from == START_AT_FRAME:
        column.prop(settings, "start_frame")
    else:
        draw_lines(column, context, f"The take begins at frame {round(start_of(settings), 2):g}")
    column.prop(settings, "grow_range", text="Extend range" if is_narrow(context) else "Extend the scene's range")


def draw_retake(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """The take again, a little or a lot differently: who stays, which frames are made anew.

    Before there is a take it is grey, and as high as later: the first one moves nothing.
    """
    fixed = settings.engine == OFFICIAL_ENGINE
    possible = bool(settings.take) and not fixed
    column = layout.column(align=True)
    column.enabled = possible
    if settings.reaction == "both":
        row = column.row(align=True)
        for name, person in zip(("lock_a", "lock_b"), names_of(settings), strict=True):
            row.prop(settings, name, text=person, icon="LOCKED" if getattr(settings, name) else "UNLOCKED", toggle=True)
    column.operator("duologue.generate", text="Variation", icon="FILE_REFRESH").anew = "variation"
    if settings.reaction == "both":
        _draw_range(layout, context, settings, enabled=possible)
    if fixed:
        draw_lines(layout, context, "This engine makes the same take every time", "INFO")


def _draw_range(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings, *, enabled: bool
) -> None:
    column = native(layout, context, align=True)
    column.enabled = enabled
    scene = context.scene
    if scene.use_preview_range:
        draw_lines(column, context, f"Preview range {scene.frame_preview_start} – {scene.frame_preview_end}")
    else:
        column.prop(settings, "regenerate_from", text="Frames from")
        column.prop(settings, "regenerate_to")
    column.operator("duologue.generate", text="Regenerate range", icon="PREVIEW_RANGE").anew = "range"
