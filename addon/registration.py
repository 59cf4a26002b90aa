"""One ordered list of classes, registered and taken back."""

from __future__ import annotations

from typing import Final

import bpy

from . import command, file_handlers
from .interface import (
    adjust_panel,
    cast_panel,
    conversation_panel,
    following,
    generate_panel,
    keying_sets,
    keys_panel,
    mapping_panel,
    message_row,
    output_panel,
    panel,
    presets,
    scene_panel,
    sound_panel,
    staging_panel,
    take_rows,
    takes_panel,
)
from .interface.backend_panel import DuologuePreferences
from .interface.character_panel import DUOLOGUE_PT_character
from .interface.operators import (
    character,
    check_character,
    choose_sound,
    conversations,
    cuts,
    films,
    head_controls,
    inferences,
    install_backend,
    json_files,
    keep_backend,
    load_example,
    mapping,
    override_character,
    read_sentence,
    rig_presets,
    takes,
    use_strips,
)
from .interface.operators.add_conversation import DUOLOGUE_OT_add_conversation
from .interface.operators.check_backend import DUOLOGUE_OT_cancel_check, DUOLOGUE_OT_check_backend
from .interface.operators.choose_transcript import DUOLOGUE_OT_choose_transcript
from .interface.operators.exclusive import changes_scene, made_to_wait
from .interface.operators.export_take import DUOLOGUE_OT_export_take
from .interface.operators.free_memory import DUOLOGUE_OT_free_memory
from .interface.operators.generate import (
    DUOLOGUE_OT_cancel,
    DUOLOGUE_OT_generate,
    DUOLOGUE_OT_watch_take,
    DUOLOGUE_OT_write_take,
)
from .interface.operators.locate_take import DUOLOGUE_OT_locate_take
from .interface.operators.stage_by_sentence import DUOLOGUE_OT_stage_by_sentence
from .interface.operators.use_checkpoint import (
    DUOLOGUE_OT_cancel_checkpoint,
    DUOLOGUE_OT_use_checkpoint,
)
from .interface.operators.use_flame_file import DUOLOGUE_OT_cancel_import, DUOLOGUE_OT_use_flame_file
from .interface.operators.watching import stop_all
from .interface.operators.write_keys import DUOLOGUE_OT_write_keys
from .interface.plan.icons import forget_plans
from .settings import (
    adjust_properties,
    character_properties,
    key_properties,
    mapping_properties,
    output_properties,
    properties,
    staging_properties,
    take_properties,
)
from .settings.character_properties import CharacterSettings, IdentitySlider
from .settings.conversations import ConversationRow
from .settings.properties import DuologueSettings

CLASSES: Final = (
    IdentitySlider,
    CharacterSettings,
    *staging_properties.CLASSES,
    *adjust_properties.CLASSES,
    *key_properties.CLASSES,
    *output_properties.CLASSES,
    ConversationRow,
    *take_properties.CLASSES,
    DuologueSettings,
    DuologuePreferences,
    DUOLOGUE_OT_add_conversation,
    DUOLOGUE_OT_use_flame_file,
    DUOLOGUE_OT_cancel_import,
    DUOLOGUE_OT_use_checkpoint,
    DUOLOGUE_OT_cancel_checkpoint,
    DUOLOGUE_OT_generate,
    DUOLOGUE_OT_watch_take,
    DUOLOGUE_OT_write_take,
    DUOLOGUE_OT_cancel,
    DUOLOGUE_OT_free_memory,
    DUOLOGUE_OT_write_keys,
    DUOLOGUE_OT_locate_take,
    DUOLOGUE_OT_stage_by_sentence,
    DUOLOGUE_OT_check_backend,
    DUOLOGUE_OT_cancel_check,
    *install_backend.CLASSES,
    *keep_backend.CLASSES,
    DUOLOGUE_OT_choose_transcript,
    DUOLOGUE_OT_export_take,
    *cuts.CLASSES,
    *films.CLASSES,
    *character.CLASSES,
    *head_controls.CLASSES,
    *override_character.CLASSES,
    *keying_sets.CLASSES,
    *conversations.CLASSES,
    *choose_sound.CLASSES,
    *load_example.CLASSES,
    *use_strips.CLASSES,
    *read_sentence.CLASSES,
    *inferences.CLASSES,
    *message_row.CLASSES,
    *take_rows.CLASSES,
    *takes.CLASSES,
    *panel.CLASSES,
    *conversation_panel.CLASSES,
    *cast_panel.CLASSES,
    DUOLOGUE_PT_character,
    *sound_panel.CLASSES,
    *scene_panel.CLASSES,
    *staging_panel.CLASSES,
    *generate_panel.CLASSES,
    *takes_panel.CLASSES,
    *adjust_panel.CLASSES,
    *keys_panel.CLASSES,
    *output_panel.CLASSES,
    *mapping_properties.CLASSES,
    *mapping.CLASSES,
    *check_character.CLASSES,
    *rig_presets.CLASSES,
    *mapping_panel.CLASSES,
    *json_files.CLASSES,
    *presets.CLASSES,
)

_commands: list[object] = []


def register() -> None:
    """Register classes, properties and the command line."""
    for cls in CLASSES:
        if changes_scene(cls):
            made_to_wait(cls)
        bpy.utils.register_class(cls)
    properties.attach()
    output_properties.attach()
    character_properties.attach()
    mapping_properties.attach()
    take_rows.attach()
    presets.attach()
    file_handlers.attach()
    following.attach()
    _commands.append(bpy.utils.register_cli_command("duologue", command.main))


def unregister() -> None:
    """Undo `register`, in reverse."""
    following.detach()
    file_handlers.detach()
    stop_all()
    forget_plans()
    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
    presets.detach()
    take_rows.detach()
    mapping_properties.detach()
    character_properties.detach()
    output_properties.detach()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
