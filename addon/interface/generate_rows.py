"""Rows of the panel above *Generate*: by what, and for whom."""

from __future__ import annotations

import bpy

from ...backend.contract.constants import OFFICIAL_ENGINE
from ..keys.start import start_of
from ..settings.properties import START_AT_FRAME, DuologueSettings, people_of
from .operators.use_checkpoint import RunningConversion
from .progress_rows import draw_progress
from .wrapping import draw_lines, draw_property, is_narrow, row_or_column


def draw_engine(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings, *, with_checkpoint: bool
) -> None:
    """The engine, and the button that brings DualTalk's own weights; in full where these are chosen and lacking."""
    if RunningConversion.worker is not None:
        worker = RunningConversion.worker
        draw_progress(layout, worker.stage, worker.share, "duologue.cancel_checkpoint")
        return
    row = draw_property(layout, context, settings, "engine")
    if settings.engine != OFFICIAL_ENGINE:
        return
    if with_checkpoint:
        row.operator("duologue.use_checkpoint", text="", icon="FILE_FOLDER")
    else:
        text = "Use checkpoint…" if is_narrow(context) else "Use DualTalk checkpoint…"
        layout.operator("duologue.use_checkpoint", text=text, icon="FILE_FOLDER")


def draw_reaction(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """Who is animated, and what the other one's motion is."""
    draw_property(layout, context, settings, "reaction")
    if settings.reaction == "both":
        return
    column = layout.column(align=True)
    draw_property(column, context, settings, "partner_from")
    if settings.partner_from == "take":
        column.prop(settings, "partner_take", text="")


def draw_placing(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """Where in the scene's time keys and sound go, and what happens to its range and cameras."""
    column = layout.column(align=True)
    draw_property(column, context, settings, "start_from")
    if settings.start_from == START_AT_FRAME:
        column.prop(settings, "start_frame")
    else:
        draw_lines(column, context, f"The take begins at frame {round(start_of(settings), 2):g}")
    column.prop(settings, "grow_range", text="Extend range" if is_narrow(context) else "Extend the scene's range")
    draw_property(column, context, settings, "cuts")


def draw_retake(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """The take again, a little or a lot differently: who stays, which frames are made anew."""
    column = layout.column(align=True)
    column.enabled = settings.engine != OFFICIAL_ENGINE  # which always makes the same
    if settings.reaction == "both":
        row = column.row(align=True)
        for name, person in zip(("lock_a", "lock_b"), people_of(settings), strict=True):
            row.prop(settings, name, text=person, icon="LOCKED" if getattr(settings, name) else "UNLOCKED", toggle=True)
    column.operator("duologue.generate", text="Variation", icon="FILE_REFRESH").anew = "variation"
    if settings.reaction != "both":
        return
    scene = context.scene
    if scene.use_preview_range:
        draw_lines(column, context, f"Preview range {scene.frame_preview_start} – {scene.frame_preview_end}")
    else:
        row = row_or_column(column, context)
        row.prop(settings, "regenerate_from")
        row.prop(settings, "regenerate_to")
    column.operator("duologue.generate", text="Regenerate range", icon="PREVIEW_RANGE").anew = "range"
