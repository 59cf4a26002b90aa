"""*Choose sound*: a file browser that shows sounds and films, and what happens to files dropped into a view."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ....backend.contract.reading import is_file
from ...settings.blend_paths import remembered
from ...settings.conversations import settings_of
from ...settings.people import names_of
from ...settings.properties import DuologueSettings
from .saying import redraw_panels, say_warning

SLOTS: Final = (
    ("track_a", "First", "The first person's track"),
    ("track_b", "Second", "The second person's track"),
    ("stereo", "Stereo", "One file, one person a channel"),
    ("mix", "Mix", "One recording of both people"),
)
_EXTENSIONS: Final = ".wav;.flac;.mp3;.ogg;.opus;.m4a;.aac;.aif;.aiff;.caf;.wma"


class DUOLOGUE_OT_choose_sound(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Which file is heard; two at once are both people's."""

    bl_idname = "duologue.choose_sound"
    bl_label = "Choose sound"
    bl_description = "Choose the sound; with two files at once, each person gets one, by the names in them or in order"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    filepath: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="File", description="The sound or film", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    directory: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Folder", description="Where several files are", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"}
    )
    files: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        name="Files", description="Several files", type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE", "HIDDEN"},
    )  # fmt: skip
    slot: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="For", description="Whose sound it is", items=SLOTS, options={"SKIP_SAVE", "HIDDEN"}
    )
    filter_sound: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Sounds", description="Show sound files", default=True, options={"HIDDEN"}
    )
    filter_movie: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Films", description="Show films", default=True, options={"HIDDEN"}
    )
    filter_folder: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Folders", description="Show folders", default=True, options={"HIDDEN"}
    )

    _used: tuple[str, ...] = ()

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Open the file browser, or take what was dropped."""
        if self.filepath or self.files:
            if not self.properties.is_property_set("slot"):
                self.slot = _slot_shown(settings_of(context.scene))
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Put the files into the panel, or say which one is not there."""
        settings = settings_of(context.scene)
        chosen = self._chosen()
        missing = next((path for path in chosen if not is_file(path)), None)
        if not chosen or missing is not None:
            self.report({"ERROR"}, f"There is no file at {missing or self.filepath or 'this place'}")
            return {"CANCELLED"}
        used = chosen[:1]
        if len(chosen) > 1 and self.slot.startswith("track"):
            used = list(_in_order(chosen, names_of(settings)))
            settings.track_a, settings.track_b = map(remembered, used)
        else:
            setattr(settings, self.slot, remembered(chosen[0]))
        settings.audio_kind = "tracks" if self.slot.startswith("track") else self.slot
        if len(chosen) > len(used):
            say_warning(self, context, f"Of {len(chosen)} files only {' and '.join(one.name for one in used)} is used.")
        self._used = tuple(path.name for path in used)
        redraw_panels(context)
        return {"FINISHED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """What was used, which the panel's fields change; nothing in the file browser."""
        for name in self._used:
            self.layout.label(text=name, icon="SOUND", translate=False)

    def _chosen(self) -> list[Path]:
        folder = Path(bpy.path.abspath(self.directory))
        several = [folder / one.name for one in self.files if one.name]
        single = [Path(bpy.path.abspath(self.filepath))] if self.filepath else []
        return [path.absolute() for path in (several if len(several) > 1 or not single else single)]


class DUOLOGUE_FH_sound(bpy.types.FileHandler):  # noqa: N801 — Blender's naming
    """Sounds that are dropped into a 3D view whose sidebar shows Duologue."""

    bl_idname = "DUOLOGUE_FH_sound"
    bl_label = "Duologue sound"
    bl_import_operator = "duologue.choose_sound"
    bl_file_extensions = _EXTENSIONS

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Only there."""
        return context.area is not None and context.area.type == "VIEW_3D"


def _slot_shown(settings: DuologueSettings) -> str:
    """Where a file goes that was dropped: the first empty place of the kind that is shown."""
    if settings.audio_kind != "tracks":
        return str(settings.audio_kind)
    return "track_b" if settings.track_a and not settings.track_b else "track_a"


def _in_order(chosen: list[Path], names: tuple[str, str]) -> tuple[Path, Path]:
    """The first two, the other way round where their names say so."""
    first, second = chosen[:2]
    swapped = names[0].casefold() in second.stem.casefold() or names[1].casefold() in first.stem.casefold()
    straight = names[0].casefold() in first.stem.casefold() or names[1].casefold() in second.stem.casefold()
    return (second, first) if swapped and not straight else (first, second)


CLASSES: Final = (DUOLOGUE_OT_choose_sound, DUOLOGUE_FH_sound)
