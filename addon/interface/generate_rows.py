"""Rows of the panel above *Generate*: by what, and for whom."""

from __future__ import annotations

import bpy

from ...backend.contract.constants import OFFICIAL_ENGINE
from ..settings.properties import DuologueSettings
from .operators.use_checkpoint import RunningConversion


def draw_engine(layout: bpy.types.UILayout, settings: DuologueSettings, *, with_checkpoint: bool) -> None:
    """The engine, and the button that brings DualTalk's own weights; in full where these are chosen and lacking."""
    if RunningConversion.worker is not None:
        layout.progress(text=RunningConversion.worker.stage, factor=RunningConversion.worker.share)
        layout.operator("duologue.cancel_checkpoint", icon="CANCEL")
        return
    row = layout.row(align=True)
    row.prop(settings, "engine")
    if settings.engine != OFFICIAL_ENGINE:
        return
    if with_checkpoint:
        row.operator("duologue.use_checkpoint", text="", icon="FILE_FOLDER")
    else:
        layout.operator("duologue.use_checkpoint", icon="FILE_FOLDER")


def draw_reaction(layout: bpy.types.UILayout, settings: DuologueSettings) -> None:
    """Who is animated, and what the other one's motion is."""
    layout.prop(settings, "reaction")
    if settings.reaction == "both":
        return
    column = layout.column(align=True)
    column.prop(settings, "partner_from")
    if settings.partner_from == "take":
        column.prop(settings, "partner_take", text="")
