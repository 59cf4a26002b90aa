"""The character editor's buttons: load, save, remove, a random person, hair that fits again."""

from __future__ import annotations

import random
from typing import Any

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...characters.character_editing import (
    dress_again,
    edited_character,
    face_of,
    has_character,
    note_character,
    noted_character,
    wear_character,
)
from ...characters.character_files import find_character, free_name, key_of, read_character, remove_own, save_own
from ...characters.random_person import random_person
from ...heads.rig import FACE_PROPERTY, NAME_PROPERTY
from ...settings.character_properties import character_items, look_again, own_characters, own_items
from ...settings.properties import DuologueSettings, heads_of, settings_of
from .saying import attempted

_UNDOABLE = {"REGISTER", "UNDO"}


def head_edited(settings: DuologueSettings) -> bpy.types.Object | None:
    """The armature of the head that the editor shows, or None."""
    return head_of(settings, settings.character_edited)


def head_of(settings: DuologueSettings, person: str) -> bpy.types.Object | None:
    """The armature of the "first" or "second" head where Duologue built it, or None."""
    head = settings.head_a if person == "first" else settings.head_b
    return head if head is not None and FACE_PROPERTY in head else None


def _needs_head(cls: type[bpy.types.Operator], context: bpy.types.Context, *, character: bool = False) -> bool:
    head = head_edited(settings_of(context.scene))
    if head is None:
        cls.poll_message_set("Press Add conversation first")
    elif character and not has_character(head):
        cls.poll_message_set("Load a character first")
        return False
    return head is not None


class DUOLOGUE_OT_load_character(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Turn this head into another character; its animation stays."""

    bl_idname = "duologue.load_character"
    bl_label = "Load character"
    bl_description = "Turn this head into another character; its animation stays"
    bl_options = _UNDOABLE

    character: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Character", description="Who this head becomes", items=character_items
    )
    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Head",
        description="Whose head becomes somebody else",
        items=(
            ("edited", "The edited one", "The head that the panel Character shows"),
            ("first", "First", "The first person's"),
            ("second", "Second", "The second person's"),
        ),
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a head."""
        if any(head is not None and FACE_PROPERTY in head for head in heads_of(settings_of(context.scene))):
            return True
        cls.poll_message_set("Press Add conversation first")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Reshape and dress the head, or say why not."""

        def work() -> str:
            settings = settings_of(context.scene)
            head = head_of(settings, settings.character_edited if self.person == "edited" else self.person)
            _check_built(head)
            character = read_character(find_character(self.character, own_characters()))
            wear_character(context, head, character)
            choose_in_menu(settings, head, self.character)
            return f"{character['name']} is here."

        return attempted(self, context, work)


class DUOLOGUE_OT_save_character(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Keep this head's character under a name, for every scene."""

    bl_idname = "duologue.save_character"
    bl_label = "Save character…"
    bl_description = "Keep this head's character under a name, for every scene"
    bl_options = _UNDOABLE

    name: bpy.props.StringProperty(name="Name", description="What the character is called")  # type: ignore[valid-type]
    replace: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Replace the one there is", description="Overwrite your own character of this name", options={"SKIP_SAVE"}
    )

    _saved: str = ""
    """Where the file is, once it is: it stays on disk whatever is undone."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a head whose character is known."""
        return _needs_head(cls, context, character=True)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the name."""
        self.name = free_name(str(edited_character(head_edited(settings_of(context.scene)))["name"]))
        return context.window_manager.invoke_props_dialog(self)

    def draw(self, _context: bpy.types.Context) -> None:
        """The name, and a question where there is one of that name; afterwards where it is."""
        if self._saved:
            self.layout.label(text=f"Saved in {self._saved}", icon="INFO")
            return
        self.layout.prop(self, "name")
        if self._taken():
            self.layout.label(text="You already have a character of this name.", icon="ERROR")
            self.layout.prop(self, "replace")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file, or say why not."""

        def work() -> str:
            settings = settings_of(context.scene)
            head = head_edited(settings)
            character = edited_character(head) | {"name": self.name.strip()}
            path = save_own(own_characters(), character, replace=self.replace)
            note_character(head, face_of(context, head), character)
            self._saved = str(path)
            head[NAME_PROPERTY] = character["name"]
            choose_in_menu(settings, head, path.stem)
            return f"{character['name']} is saved in {path}."

        return attempted(self, context, work)

    def _taken(self) -> bool:
        try:
            return (own_characters() / f"{key_of(self.name)}.json").exists()
        except DuologueError:
            return False


class DUOLOGUE_OT_remove_character(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Delete the file of one of your own characters; heads that look like it stay."""

    bl_idname = "duologue.remove_character"
    bl_label = "Remove"
    bl_description = "Delete the file of one of your own characters; heads that look like it stay"

    character: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Character", description="Whose file is deleted", items=own_items
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first: a file that is deleted is gone."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Delete the file, or say why not."""

        def work() -> str:
            remove_own(own_characters(), self.character)
            look_again()
            return f"{self.character} is removed from your characters."

        return attempted(self, context, work)


class DUOLOGUE_OT_random_character(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Turn this head into somebody who could exist; the same seed gives the same person."""

    bl_idname = "duologue.random_character"
    bl_label = "Random person"
    bl_description = "Turn this head into somebody who could exist; the same seed gives the same person"
    bl_options = _UNDOABLE

    seed: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Seed", description="Another seed, another person", min=0, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a head."""
        return _needs_head(cls, context)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Somebody else every time; the seed is in the panel of the last operation."""
        self.seed = random.randrange(1_000_000)  # noqa: S311 — a dice throw, no secret
        return self.execute(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Draw, reshape and dress; the head keeps its name."""

        def work() -> str:
            head = head_edited(settings_of(context.scene))
            wear_character(context, head, _person(head, self.seed, face_of(context, head).identity_names))
            return f"Somebody new (seed {self.seed}). Save character… keeps them."

        return attempted(self, context, work)


class DUOLOGUE_OT_regrow_hair(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Grow the hair anew on the head's shape as it is now; while sliders move it only goes along."""

    bl_idname = "duologue.regrow_hair"
    bl_label = "Groom hair"
    bl_description = "Grow the hair anew on the head's shape as it is now; while sliders move it only goes along"
    bl_options = _UNDOABLE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a head whose character is known."""
        return _needs_head(cls, context, character=True)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Dress the head again, or say why not."""

        def work() -> str:
            head = head_edited(settings_of(context.scene))
            dress_again(head)
            return f"{head.name}'s hair fits the head again."

        return attempted(self, context, work)


def _check_built(head: bpy.types.Object | None) -> None:
    if head is None:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            "Duologue did not build this head, so it cannot become somebody else.",
            "Choose a head that Add conversation built.",
        )


def choose_in_menu(settings: DuologueSettings, head: bpy.types.Object, key: str) -> None:
    """The menu of *Add conversation* shows who the head is now."""
    look_again()
    name = "character_a" if head == settings.head_a else "character_b"
    if any(item[0] == key for item in character_items(None, None)):
        setattr(settings, name, key)


def _person(head: bpy.types.Object, seed: int, identity_names: tuple[str, ...]) -> dict[str, Any]:
    """The head's name stays, and so do fields that nobody knows."""
    drawn = random_person(seed, identity_names)
    before = noted_character(head) if has_character(head) else {"name": head.name}
    kept = {name: value for name, value in before.items() if name not in {"description", "flame_identity"}}
    person = kept | drawn
    if "gender" not in identity_names:
        person["flame_identity"], person["identity"] = drawn["identity"], before.get("identity", {})
    return person


CLASSES = (
    DUOLOGUE_OT_load_character,
    DUOLOGUE_OT_save_character,
    DUOLOGUE_OT_remove_character,
    DUOLOGUE_OT_random_character,
    DUOLOGUE_OT_regrow_hair,
)
