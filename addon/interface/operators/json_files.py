"""Characters and rig mappings as JSON files, to be given to others and taken from them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from ....backend.contract.files import write_text_whole
from ...characters.character_editing import edited_character, has_character, wear_character
from ...characters.character_files import read_character, save_own
from ...retargeting.rig_mapping import load_mapping, save_mapping
from ...retargeting.rig_presets import save_preset
from ...settings.character_properties import look_again, own_characters
from ...settings.mapping_properties import mapping_of_table, take_on
from ...settings.properties import mapped_head, settings_of
from .character import choose_in_menu, head_edited
from .mapping import OnCharacter
from .rig_presets import DUOLOGUE_OT_save_rig_preset
from .saying import attempted

_JSON: Final = bpy.props.StringProperty(default="*.json", options={"HIDDEN"})
_REPLACE: Final = {
    "name": "Replace",
    "description": "Replace one of yours that has this name",
    "options": {"SKIP_SAVE"},
}


class DUOLOGUE_OT_import_character(bpy.types.Operator, ImportHelper):  # noqa: N801 — Blender's naming
    """A character's file becomes one of the artist's own."""

    bl_idname = "duologue.import_character"
    bl_label = "Import character…"
    bl_description = "Take a character from a JSON file among yours, and turn the edited head into it"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    filename_ext = ".json"
    filter_glob: _JSON  # type: ignore[valid-type]
    replace: bpy.props.BoolProperty(**_REPLACE)  # type: ignore[valid-type]

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Keep it, wear it where there is a head for it, or say why not."""

        def work() -> str:
            settings = settings_of(context.scene)
            head, character = head_edited(settings), read_character(_file(self))
            path = save_own(own_characters(), character, replace=self.replace)
            look_again()
            if head is not None:
                wear_character(context, head, character)
                choose_in_menu(settings, head, path.stem)
            return f"{character['name']} is among your characters."

        return attempted(self, context, work)


class _Export(ExportHelper):
    """Beside an operator's base: asks for the file, which has at first the name of what is exported."""

    filename_ext = ".json"

    def exported_name(self, context: bpy.types.Context) -> str:
        """Of what is exported."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file."""
        self.filepath = f"{self.exported_name(context)}.json"
        return ExportHelper.invoke(self, context, event)  # type: ignore[no-any-return]


class DUOLOGUE_OT_export_character(_Export, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """The edited head's character as a file."""

    bl_idname = "duologue.export_character"
    bl_label = "Export character…"
    bl_description = "Write the edited head's character to a JSON file, for others or for the command line"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    filter_glob: _JSON  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a head whose character is known."""
        head = head_edited(settings_of(context.scene))
        if head is not None and has_character(head):
            return True
        cls.poll_message_set("Load a character first" if head is not None else "Press Add conversation first")
        return False

    def exported_name(self, context: bpy.types.Context) -> str:
        """The character's."""
        return str(edited_character(head_edited(settings_of(context.scene)))["name"])

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write, or say why not."""

        def work() -> str:
            character, path = edited_character(head_edited(settings_of(context.scene))), _file(self)
            write_text_whole(path, json.dumps(dict(character), indent=1, ensure_ascii=False) + "\n")
            return f"{character['name']} is written to {path}."

        return attempted(self, context, work)


class DUOLOGUE_OT_import_rig_preset(OnCharacter, ImportHelper):  # noqa: N801 — Blender's naming
    """A mapping's file becomes a preset of the artist's own, and the character's mapping."""

    bl_idname = "duologue.import_rig_preset"
    bl_label = "Import mapping…"
    bl_description = "Take a mapping from a JSON file among your presets, and map this character by it"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    filename_ext = ".json"
    filter_glob: _JSON  # type: ignore[valid-type]
    replace: bpy.props.BoolProperty(**_REPLACE)  # type: ignore[valid-type]

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Keep it and map by it, or say why not."""

        def work(head: bpy.types.Object) -> str:
            mapping = load_mapping(_file(self))
            saved = save_preset(mapping, mapping.title, overwrite=self.replace)
            take_on(context.scene, head, saved.stem, replace(mapping, title=saved.title))
            return f"“{saved.title}” is among your presets, and maps {head.name}."

        return self.attempt(context, work)


class DUOLOGUE_OT_export_rig_preset(_Export, OnCharacter):  # noqa: N801 — Blender's naming
    """The table as a file."""

    bl_idname = "duologue.export_rig_preset"
    bl_label = "Export mapping…"
    bl_description = "Write this mapping to a JSON file, for others"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    filter_glob: _JSON  # type: ignore[valid-type]

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str | None:
        """There must be something to write."""
        return DUOLOGUE_OT_save_rig_preset.reason(context)

    def exported_name(self, context: bpy.types.Context) -> str:
        """The character's."""
        return str(mapped_head(context.scene).name)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write, or say why not."""

        def work(head: bpy.types.Object) -> str:
            mapping = mapping_of_table(context.scene)
            path = _file(self)
            save_mapping(path, replace(mapping, title=mapping.title or head.name))
            return f"The mapping is written to {path}."

        return self.attempt(context, work)


def _file(operator: bpy.types.Operator) -> Path:
    """The file that was chosen."""
    return Path(bpy.path.abspath(operator.filepath))


CLASSES: Final = (
    DUOLOGUE_OT_import_character,
    DUOLOGUE_OT_export_character,
    DUOLOGUE_OT_import_rig_preset,
    DUOLOGUE_OT_export_rig_preset,
)
