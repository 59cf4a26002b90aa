"""One ordered list of classes, registered and taken back."""

from __future__ import annotations

from typing import Final

import bpy

from . import character_properties, command, mapping_panel, mapping_properties, properties
from .character_panel import DUOLOGUE_PT_character
from .character_properties import CharacterSettings, IdentitySlider
from .operators import character, mapping, rig_presets
from .operators.add_conversation import DUOLOGUE_OT_add_conversation
from .operators.check_backend import DUOLOGUE_OT_check_backend
from .operators.export_take import DUOLOGUE_OT_export_take
from .operators.generate import DUOLOGUE_OT_cancel, DUOLOGUE_OT_generate, RunningJob
from .operators.use_flame_file import DUOLOGUE_OT_cancel_import, DUOLOGUE_OT_use_flame_file, RunningImport
from .operators.write_keys import DUOLOGUE_OT_write_keys
from .panel import DUOLOGUE_PT_main, DUOLOGUE_PT_take
from .preferences import DuologuePreferences
from .properties import DuologueSettings

CLASSES: Final = (
    IdentitySlider,
    CharacterSettings,
    DuologueSettings,
    DuologuePreferences,
    DUOLOGUE_OT_add_conversation,
    DUOLOGUE_OT_use_flame_file,
    DUOLOGUE_OT_cancel_import,
    DUOLOGUE_OT_generate,
    DUOLOGUE_OT_cancel,
    DUOLOGUE_OT_write_keys,
    DUOLOGUE_OT_check_backend,
    DUOLOGUE_OT_export_take,
    *character.CLASSES,
    DUOLOGUE_PT_main,
    DUOLOGUE_PT_character,
    DUOLOGUE_PT_take,
    *mapping_properties.CLASSES,
    *mapping.CLASSES,
    *rig_presets.CLASSES,
    *mapping_panel.CLASSES,
)

_commands: list[object] = []


def register() -> None:
    """Register classes, properties and the command line."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()
    character_properties.attach()
    mapping_properties.attach()
    _commands.append(bpy.utils.register_cli_command("duologue", command.main))


def unregister() -> None:
    """Undo `register`, in reverse."""
    RunningJob.stop()
    RunningImport.stop()
    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
    mapping_properties.detach()
    character_properties.detach()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
