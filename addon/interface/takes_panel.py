"""The panel *Takes*: which there are, the one on the heads, and what can be done with them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ..keys.adopting import unknown_keys
from ..keys.in_time import away_from_sound
from ..settings.conversations import conversations_of, settings_of
from ..settings.properties import DuologueSettings
from .sidebar import SubPanel
from .take_rows import TakeList, TakeRow, folder_of, list_of, picture_of
from .wrapping import draw_lines, is_narrow

_WIDE: Final = 420.0
"""From this width at scale 1 on, a row has room for engine and seed."""
_PICTURE: Final = 4.0
"""Icons that the small picture is high and wide."""
_FEWEST: Final = 4


class DUOLOGUE_UL_takes(bpy.types.UIList):  # noqa: N801 — Blender's naming
    """Picture, name, star, length."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _takes: bpy.types.AnyType,
        row: bpy.types.AnyType,
        _icon: int,
        _active: bpy.types.AnyType,
        _active_name: str,
    ) -> None:
        """One take; one that cannot be used is red."""
        line = layout.row(align=True)
        line.alert = row.state != "whole"
        picture = picture_of(row)
        line.label(
            text="", icon_value=picture, icon="NONE" if picture else "ACTION" if row.state == "whole" else "ERROR"
        )
        line.prop(row, "title", text="", emboss=False)
        end = line.row(align=True)
        end.alignment = "RIGHT"
        if context.region.width >= _WIDE * context.preferences.system.ui_scale:
            end.label(text=_engine_title(context, row.engine), translate=False)
            end.label(text=f"Seed {row.seed}")
        end.label(text=_length(row) if row.state == "whole" else row.state.capitalize())
        end.prop(row, "star", text="", icon="SOLO_ON" if row.star else "SOLO_OFF", emboss=False)

    def filter_items(self, context: bpy.types.Context, takes: TakeList, name: str) -> tuple[list[int], list[int]]:
        """The search field looks at name, note and sentence; takes of others are shown on demand."""
        settings = settings_of(context.scene)
        others = {one.takes.owner for one in conversations_of(context.scene)} - {settings.takes.owner, ""}
        used = folder_of(settings, settings.take)
        wanted = self.filter_name.casefold()
        shown = [
            (row.path == used or takes.everybodys or _is_own(row, settings, others))
            and (row.star or not takes.starred)
            and wanted in f"{row.title} {row.note} {row.sentence}".casefold()
            for row in getattr(takes, name)
        ]
        return [self.bitflag_filter_item if one else 0 for one in shown], []


class DUOLOGUE_MT_takes(bpy.types.Menu):  # noqa: N801 — Blender's naming
    """What is rarely done with takes."""

    bl_idname = "DUOLOGUE_MT_takes"
    bl_label = "Takes"

    def draw(self, context: bpy.types.Context) -> None:
        """Of the list, then of the take on the heads."""
        takes, settings = list_of(context), settings_of(context.scene)
        self.layout.operator("duologue.refresh_takes", icon="FILE_REFRESH")
        self.layout.prop(takes, "starred")
        self.layout.prop(takes, "everybodys")
        self.layout.separator()
        if settings.take:
            folder = folder_of(settings, settings.take)
            self.layout.operator("wm.path_open", text="Open folder", icon="FILE_FOLDER").filepath = folder
        self.layout.operator("duologue.locate_take", icon="VIEWZOOM")


class DUOLOGUE_PT_takes(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """The takes of the conversation; the one that is chosen is on the heads."""

    bl_label = "Takes"
    bl_idname = "DUOLOGUE_PT_takes"
    bl_order = 5

    def draw(self, context: bpy.types.Context) -> None:
        """The list, the take on the heads, and writing its keys again."""
        settings, takes = settings_of(context.scene), list_of(context)
        foreign = unknown_keys(settings)
        if foreign:
            told = f"{' and '.join(foreign)}: nobody here knows the take of these keys. Say where it is, or use another"
            draw_lines(self.layout, context, told, "INFO")
            self.layout.operator("duologue.locate_take", icon="VIEWZOOM")
        if not takes.rows and not settings.take:
            if not foreign:
                draw_lines(self.layout, context, "Takes that you generate are listed here", "INFO")
            self._draw_path(settings)
            return
        row = self.layout.row()
        row.template_list("DUOLOGUE_UL_takes", "", takes, "rows", takes, "chosen", rows=_FEWEST)
        self._draw_buttons(row, settings)
        self._draw_comparison(context, settings)
        index = takes.index_of(settings)
        if index >= 0:
            self._draw_chosen(context, takes.rows[index])
        self._draw_path(settings)
        self.layout.operator("duologue.write_keys", icon="KEYINGSET")
        self._draw_time(context, settings)

    def _draw_time(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        """Last, so that nothing above moves: lips that are not at the sound, and what mends it."""
        away = away_from_sound(settings)
        if away is None:
            return
        if away.by_strip:
            draw_lines(self.layout, context, away.sentence(), "ERROR")
            self.layout.operator("duologue.put_strips_back", icon="NLA")
        else:
            draw_lines(self.layout, context, f"{away.sentence()} Write keys puts them there.", "ERROR")

    def _draw_buttons(self, row: bpy.types.UILayout, settings: DuologueSettings) -> None:
        column = row.column(align=True)
        folder = folder_of(settings, settings.take)
        column.operator("duologue.duplicate_take", text="", icon="DUPLICATE").take = folder
        column.operator("duologue.delete_take", text="", icon="TRASH").take = folder
        column.separator()
        column.menu("DUOLOGUE_MT_takes", text="", icon="DOWNARROW_HLT")

    def _draw_comparison(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        """Both takes by name, always in one order, so that the button under the pointer stays the same."""
        before = folder_of(settings, settings.takes.before)
        text = f"Compare with {_title(context, before)}" if before else "Compare"
        self.layout.operator("duologue.compare_takes", text=text, icon="ARROW_LEFTRIGHT", translate=False)

    def _draw_chosen(self, context: bpy.types.Context, row: TakeRow) -> None:
        box = self.layout.box()
        if row.state != "whole":
            gone = "The take is not there any more" if row.state == "missing" else "The take is damaged"
            draw_lines(box, context, f"{gone}; its keys stay in the scene", "ERROR")
            box.operator("duologue.locate_take", icon="VIEWZOOM")
        pair = box.row()
        picture = picture_of(row)
        if picture and not is_narrow(context):
            pair.template_icon(picture, scale=_PICTURE)
        column = pair.column(align=True)
        column.prop(row, "note", text="", placeholder="Note")
        if row.state == "whole":
            told = f"{_engine_title(context, row.engine)} · seed {row.seed} · {_length(row)}"
            column.label(text=told, translate=False)
            if row.sentence:
                draw_lines(box, context, f"“{row.sentence}”")

    def _draw_path(self, settings: DuologueSettings) -> None:
        self.layout.prop(settings, "take", text="")


def _is_own(row: TakeRow, settings: DuologueSettings, others: set[str]) -> bool:
    """Whether a take was made for this conversation, or beside this .blend for nobody who is known."""
    if row.owner:
        return row.owner == settings.takes.owner or (row.home and row.owner not in others and bool(bpy.data.filepath))
    return bool(row.home and bpy.data.filepath)


def _title(context: bpy.types.Context, folder: str) -> str:
    return next((str(row.title) for row in list_of(context).rows if row.path == folder), Path(folder).name)


def _engine_title(context: bpy.types.Context, engine: str) -> str:
    """What the panel calls it; an engine that this version does not have keeps its own name."""
    items = settings_of(context.scene).bl_rna.properties["engine"].enum_items
    return items[engine].name if engine in items else engine


def _length(row: TakeRow) -> str:
    """“1:05”."""
    minutes, seconds = divmod(round(row.seconds), 60)
    return f"{minutes}:{seconds:02d}"


CLASSES: Final = (DUOLOGUE_UL_takes, DUOLOGUE_MT_takes, DUOLOGUE_PT_takes)
