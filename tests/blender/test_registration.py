import builtins
import socket
import subprocess
import sys

import bpy
from duologue.backend.contract.constants import DEFAULT_ENGINE, ENGINE_NAMES


def test_registers_again_after_it_was_taken_back(registered):
    registered.unregister()
    assert not hasattr(bpy.types.Scene, "duologue")
    assert not hasattr(bpy.types, "DUOLOGUE_PT_main")

    registered.register()

    assert hasattr(bpy.types.Scene, "duologue")
    assert hasattr(bpy.types, "DUOLOGUE_PT_main")


def test_registering_opens_no_file_no_socket_and_starts_nothing(registered, monkeypatch):
    def refuse(*arguments, **keywords):
        raise AssertionError(arguments)

    registered.unregister()
    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", refuse)
        patched.setattr(socket, "socket", refuse)
        patched.setattr(subprocess, "Popen", refuse)
        registered.register()


def test_every_button_has_a_tooltip_and_every_setting_a_description():
    names = [name for name in dir(bpy.ops.duologue) if not name.startswith("_")]
    assert len(names) >= 5
    for name in names:
        assert getattr(bpy.ops.duologue, name).get_rna_type().description

    hidden = {"name", "message", "message_is_error", "message_code", "message_log", "rna_type", "head_a", "head_b"}
    for setting in bpy.context.scene.duologue.bl_rna.properties:
        assert setting.description or setting.identifier in hidden, setting.identifier


def test_add_on_brings_no_torch_into_blender():
    assert "torch" not in sys.modules


def test_the_panel_offers_the_engines_that_the_contract_names():
    engine = bpy.context.scene.duologue.bl_rna.properties["engine"]

    assert tuple(engine.enum_items.keys()) == ENGINE_NAMES
    assert engine.default == DEFAULT_ENGINE
