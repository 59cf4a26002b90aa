"""Auto-map and the rows of the table: how a take lands on a character that Duologue did not build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...keys.acting import warnings_on_in_steps
from ...menu_texts import lasting
from ...retargeting.auto_map import AutoMap, auto_map
from ...retargeting.preset_choice import Scored, no_face, scored
from ...retargeting.rig_mapping import load_mapping
from ...retargeting.rig_presets import (
    PresetFile,
    as_kept,
    carries_mapping,
    mapping_of,
    preset_file,
    preset_files,
    presets,
)
from ...retargeting.rig_survey import survey
from ...settings.mapping_properties import (
    forget_mapping,
    keep_table,
    no_mapping_because,
    show_hindrances,
    show_mapping,
    table_of,
    take_on,
)
from ...settings.properties import heads_of, mapped_head, settings_of
from ...steps import Steps, part_of
from .saying import attempted, say
from .stepping import SteppingOperator

_OTHERS: Final = 2
"""Presets that are named as those that fit next."""


def _preset_items(_self: object, context: bpy.types.Context | None) -> list[tuple[str, str, str]]:
    """Every preset with its score on the character that is mapped, the best first."""
    files = {one.stem: one for one in preset_files()}
    head = mapped_head(context.scene) if context is not None else None
    if no_mapping_because(head) is not None:
        return lasting((one.stem, one.title, _origin(one)) for one in files.values())
    rig = survey(head)
    dated = tuple((one, one.path.stat().st_mtime_ns) for one in files.values())
    return lasting(
        (
            one.stem,
            f"{one.title}  {one.score:.0%}" if one.score else one.title,
            f"{_origin(files[one.stem])}{'; ' + one.result.refusal if one.result.refusal else ''}",
        )
        for one in _scored(rig.key_names, rig.bone_names, dated)
    )


def _origin(preset: PresetFile) -> str:
    return "A preset of yours" if preset.own else "Came with Duologue"


@lru_cache(maxsize=4)
def _scored(
    key_names: tuple[str, ...], bone_names: tuple[str, ...], files: tuple[tuple[PresetFile, int], ...]
) -> tuple[Scored, ...]:
    """The presets in `files` (each with when it changed), the best first; a menu asks with every redraw."""
    return scored({one.stem: load_mapping(one.path) for one, _ in files}, key_names, bone_names)


class NeedsCharacter:
    """What these operators share: a character to work on."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be a character that needs a mapping."""
        reason = no_mapping_because(mapped_head(context.scene)) or cls.reason(context)
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    @classmethod
    def reason(cls, _context: bpy.types.Context) -> str | None:
        """What else stands in the way, or None."""
        return None


class OnCharacter(NeedsCharacter, bpy.types.Operator):
    """An operator that says errors in words."""

    def attempt(self, context: bpy.types.Context, work: Callable[[bpy.types.Object], str]) -> set[str]:
        """Do `work` on the character and say its sentence, or what went wrong."""
        return attempted(self, context, lambda: work(mapped_head(context.scene)))


@dataclass(frozen=True)
class _Found:
    """A mapping for a character, `told` in a sentence, and sentences on what cannot act by it."""

    stem: str
    result: AutoMap
    hindrances: list[str]
    told: str = ""


class _MappingOperator(NeedsCharacter, SteppingOperator):
    """An operator whose steps find a mapping; at the end the character takes it on."""

    def finish(self, context: bpy.types.Context, found: _Found) -> set[str]:
        """Take it on, and say what of a face moves now."""
        scene, head = context.scene, mapped_head(context.scene)
        take_on(scene, head, found.stem, found.result.mapping)
        show_hindrances(scene, head, found.hindrances)
        beware = f" It is not this character's own: {found.result.refusal}." if found.result.refusal else ""
        told = f"{head.name}, {preset_file(found.stem).title}: {found.result.sentence()}{beware}"
        say(self, context, " ".join(filter(None, (told, *found.hindrances, found.told))))
        return {"FINISHED"}


class DUOLOGUE_OT_auto_map(_MappingOperator):  # noqa: N801 — Blender's naming
    """Find the preset that fits best."""

    bl_idname = "duologue.auto_map"
    bl_label = "Auto-map"
    bl_description = "Find the preset whose shape keys and bones this character has, in whatever spelling"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Person",
        description="Whose character is mapped",
        items=(
            ("shown", "The one shown", "The character that the panel Mapping shows"),
            ("first", "First", "The first person's"),
            ("second", "Second", "The second person's"),
        ),
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One of the two must need a mapping; the one that is shown says why it does not."""
        reasons = [no_mapping_because(head) for head in heads_of(settings_of(context.scene))]
        if all(reasons):
            cls.poll_message_set(no_mapping_because(mapped_head(context.scene)) or reasons[0])
        return not all(reasons)

    def steps(self, context: bpy.types.Context) -> Steps[_Found]:
        """Map. Raises DuologueError that says what was looked for."""
        if self.person != "shown":
            settings_of(context.scene).mapping_head = self.person
        yield "Comparing presets", 0.0
        head = mapped_head(context.scene)
        if reason := no_mapping_because(head):
            raise DuologueError(ExitCode.RIG_UNSUITABLE, f"{reason}.", "Choose a character of your own under Cast.")
        rig = survey(head)
        tried = scored(presets(), rig.key_names, rig.bone_names, rig.bones)
        best, *further = tried
        if not best.score:
            raise no_face(tried, presets(), rig.key_names, rig.bone_names)
        others = [f"{one.title} {one.score:.0%}" for one in further[:_OTHERS] if one.score]
        hindrances = yield from _hindrances(context.scene, head, best.result)
        told = f"Score {best.score:.0%}{'; then ' + ', '.join(others) if others else ''}."
        return _Found(best.stem, best.result, hindrances, told)


class DUOLOGUE_OT_use_rig_preset(_MappingOperator):  # noqa: N801 — Blender's naming
    """Map by a chosen preset."""

    bl_idname = "duologue.use_rig_preset"
    bl_label = "Use preset"
    bl_description = "Map this character by a preset of your choice"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    preset: bpy.props.EnumProperty(name="Preset", description="The preset", items=_preset_items)  # type: ignore[valid-type]

    def steps(self, context: bpy.types.Context) -> Steps[_Found]:
        """Map. Raises DuologueError where nothing fits."""
        yield "Mapping", 0.0
        head, stem = mapped_head(context.scene), self.preset
        rig = survey(head)
        chosen = {stem: presets()[stem]}
        result = auto_map(chosen[stem], rig.key_names, rig.bone_names, rig.bones)
        if not result.mapping.key_names and not result.mapping.bone_names:
            tried = scored(chosen, rig.key_names, rig.bone_names, rig.bones)
            raise no_face(tried, chosen, rig.key_names, rig.bone_names)
        hindrances = yield from _hindrances(context.scene, head, result)
        return _Found(stem, result, hindrances)


class DUOLOGUE_OT_show_mapping(OnCharacter):  # noqa: N801 — Blender's naming
    """Fill the table with what the object carries."""

    bl_idname = "duologue.show_mapping"
    bl_label = "Show mapping"
    bl_description = "Fill the table with the mapping that this character already carries"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str | None:
        """There must be one."""
        head = mapped_head(context.scene)
        return (
            None
            if head is not None and carries_mapping(head)
            else "This character carries no mapping yet; press Auto-map"
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show it, or say what is wrong with it."""

        def work(head: bpy.types.Object) -> str:
            mapping = mapping_of(head)
            if mapping is None:
                raise DuologueError(ExitCode.RIG_UNSUITABLE, f"{head.name} carries no mapping.", "Press Auto-map.")
            show_mapping(context.scene, head)
            return f"{head.name}: {len(mapping.key_names)} shape keys and {len(mapping.bone_names)} bones mapped."

        return self.attempt(context, work)


class DUOLOGUE_OT_forget_mapping(OnCharacter):  # noqa: N801 — Blender's naming
    """Back to a character without a mapping."""

    bl_idname = "duologue.forget_mapping"
    bl_label = "Forget mapping"
    bl_description = "Take the mapping off this character; keys that were written stay"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Forget it."""

        def work(head: bpy.types.Object) -> str:
            forget_mapping(context.scene, head)
            return f"{head.name} carries no mapping any more."

        return self.attempt(context, work)


class DUOLOGUE_OT_mapping_row(OnCharacter):  # noqa: N801 — Blender's naming
    """Add or remove one row of the table."""

    bl_idname = "duologue.mapping_row"
    bl_label = "Row"
    bl_description = "Add a row to the mapping's table, or remove the active one"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    table: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Table", description="Which table", items=(("shapes", "Shape keys", ""), ("bones", "Bones", ""))
    )
    change: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Change", description="What to do", items=(("add", "Add", ""), ("remove", "Remove", ""))
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The button's own tooltip."""
        row = {"shapes": "a shape key and what drives it", "bones": "a bone and its share of a rotation"}
        return f"Add a row: {row[properties.table]}" if properties.change == "add" else "Remove the active row"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Change the table and keep it."""

        def work(head: bpy.types.Object) -> str:
            table = table_of(context.scene)
            if table.shown != head:
                show_mapping(context.scene, head)
            rows, active = getattr(table, self.table), {"shapes": "active_shape", "bones": "active_bone"}[self.table]
            index = getattr(table, active)
            if self.change == "add":
                rows.add()
                setattr(table, active, len(rows) - 1)
            elif 0 <= index < len(rows):
                rows.remove(index)
                setattr(table, active, max(0, min(index, len(rows) - 1)))
            keep_table(context.scene)
            return f"{head.name}: {len(rows)} rows."

        return self.attempt(context, work)


CLASSES: Final = (
    DUOLOGUE_OT_auto_map,
    DUOLOGUE_OT_use_rig_preset,
    DUOLOGUE_OT_show_mapping,
    DUOLOGUE_OT_forget_mapping,
    DUOLOGUE_OT_mapping_row,
)


def _hindrances(scene: bpy.types.Scene, head: bpy.types.Object, result: AutoMap) -> Steps[list[str]]:
    return part_of(warnings_on_in_steps(scene, head, as_kept(result.mapping)), 0.1, 1.0)
