import builtins
import socket
import subprocess
import sys
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.backend_panel import DuologuePreferences
from duologue.addon.interface.operators import json_files, stepping
from duologue.addon.registration import CLASSES
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


def _groups():
    """Every kind of settings that Duologue registers, by name."""
    return {kind.__name__: kind for kind in CLASSES if issubclass(kind, bpy.types.PropertyGroup)}


def test_every_button_and_field_has_a_tooltip_in_blenders_own_form():
    owners = {name: getattr(bpy.ops.duologue, name).get_rna_type() for name in dir(bpy.ops.duologue) if name[0] != "_"}
    owners |= {name: group.bl_rna for name, group in _groups().items()}
    owners["preferences"] = DuologuePreferences.bl_rna
    blenders = {
        "filepath",
        "filename",
        "directory",
        "files",
        "filter_glob",
        "filter_folder",
        "check_existing",
        "rna_type",
        "remove_name",
        "remove_active",
    }
    given = blenders | {"name", "bl_idname"}
    wrong = {}
    for owner, kind in owners.items():
        said = {"": (kind.name, kind.description)} if owner in dir(bpy.ops.duologue) else {}
        said |= {
            prop.identifier: (prop.name, prop.description) for prop in kind.properties if prop.identifier not in given
        }
        for identifier, (name, description) in said.items():
            if not description or description.endswith(".") or description.casefold() == name.casefold():
                wrong[f"{owner}.{identifier}"] = description

    assert wrong == {}, "\n".join(f"{k}: {v}" for k, v in wrong.items())


def test_what_a_button_does_stands_in_info_to_be_repeated():
    operators = [kind for kind in CLASSES if issubclass(kind, bpy.types.Operator)]
    silent = {
        operator.bl_idname
        for operator in operators
        if "REGISTER" not in getattr(operator, "bl_options", {"REGISTER"}) and "INTERNAL" not in operator.bl_options
    }

    assert silent == set()
    for name in ("write_keys", "use_take", "compare_takes", "duplicate_take", "delete_take"):
        take = getattr(bpy.ops.duologue, name).get_rna_type().properties["take"]
        assert not take.is_hidden, "what it works on is in the line"


def test_add_on_brings_no_torch_into_blender():
    assert "torch" not in sys.modules


def test_the_panel_offers_the_engines_that_the_contract_names():
    engine = bpy.context.scene.duologue.bl_rna.properties["engine"]

    assert tuple(engine.enum_items.keys()) == ENGINE_NAMES
    assert engine.default == DEFAULT_ENGINE


def test_no_setting_hides_what_blender_gives_every_group():
    blenders = set(dir(bpy.types.bpy_struct))

    hidden = {
        f"{name}.{prop.identifier}"
        for name, group in _groups().items()
        for prop in group.bl_rna.properties
        if prop.identifier in blenders and prop.identifier != "rna_type"
    }

    assert hidden == set()


@pytest.fixture
def _at_work():
    stepping.SteppingOperator.shown = stepping.ShownSteps("Writing keys")
    yield
    stepping.SteppingOperator.shown = None


_MAY_GO_ON = {
    *("cancel", "cancel_check", "cancel_checkpoint", "cancel_film", "cancel_import", "cancel_installation"),
    *("cancel_preview", "check_backend", "copy_message", "dismiss_message", "show_warnings", "watch_take"),
    *("duplicate_take", "export_take", "export_character", "export_rig_preset"),
    *("add_generate_preset", "add_adjust_preset", "free_memory", "refresh_takes", "read_sentence", "check_character"),
    *("remove_backend", "move_backend", "install_backend", "install_backend_from_folder", "make_backend"),
    *("remove_character", "use_checkpoint", "use_flame_file"),
}
"""Operators that read, or are about something else than the scene; those on the backend have a reason of their own."""


@pytest.mark.usefixtures("scene", "_at_work")
def test_while_keys_are_written_everything_that_changes_the_scene_waits_and_says_why():
    kinds = [operator for operator in CLASSES if issubclass(operator, bpy.types.Operator)]
    waiting = {}
    for kind in kinds:
        reasons = []
        stand_in = SimpleNamespace(poll_message_set=reasons.append)
        if getattr(kind, "_waits", False):
            waiting[kind.bl_idname.partition(".")[2]] = (kind.poll.__func__(stand_in, bpy.context), reasons)

    assert set(waiting) | _MAY_GO_ON == {operator.bl_idname.partition(".")[2] for operator in kinds}
    assert {"use_preset", "import_character", "import_rig_preset", "save_rig_preset", "reset_adjust"} <= set(waiting)
    assert not {name: found for name, found in waiting.items() if found[0] or "Writing keys" not in found[1][0]}


@pytest.mark.usefixtures("scene", "_at_work")
def test_the_answer_of_a_dialog_that_was_open_before_changes_nothing_while_keys_are_written(tmp_path):
    said = []
    stand_in = SimpleNamespace(report=lambda _kind, text: said.append(text), filepath=str(tmp_path / "nobody.json"))

    assert json_files.DUOLOGUE_OT_import_character.execute(stand_in, bpy.context) == {"CANCELLED"}
    assert [text.startswith("Writing keys") for text in said] == [True]
