"""Characters and mappings leave as JSON files and come back from them."""

import json

import bpy
import pytest
from duologue.addon.heads.rig import NAME_PROPERTY
from duologue.addon.retargeting.rig_presets import mapping_of, preset_of
from duologue.addon.settings.character_properties import own_characters
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode

from tests.blender.test_mapping_operators import rig


@pytest.fixture
def heads(pair, own):
    return settings_of(pair)


def test_a_character_goes_from_one_head_to_the_other_by_a_file(heads, tmp_path):
    file = tmp_path / "mira.json"
    assert bpy.ops.duologue.export_character(filepath=str(file)) == {"FINISHED"}
    file.write_text(json.dumps(json.loads(file.read_text()) | {"name": "Mira"}))
    heads.character_edited = "second"

    assert bpy.ops.duologue.import_character(filepath=str(file)) == {"FINISHED"}, heads.message

    assert heads.head_b[NAME_PROPERTY] == "Mira"
    assert (own_characters() / "mira.json").is_file()
    assert bpy.ops.duologue.import_character(filepath=str(file)) == {"CANCELLED"}, "it is there already"
    assert heads.message_code == ExitCode.CHARACTER_INVALID
    assert bpy.ops.duologue.import_character(filepath=str(file), replace=True) == {"FINISHED"}


@pytest.mark.parametrize("content", [None, "", "[]", '{"name": "X", "habits": {"blinks": 3}}'])
def test_what_is_no_character_changes_nothing(heads, tmp_path, content):
    file = tmp_path / "odd.json"
    if content is not None:
        file.write_text(content)
    before = heads.head_a[NAME_PROPERTY]

    assert bpy.ops.duologue.import_character(filepath=str(file)) == {"CANCELLED"}

    assert heads.message_code == ExitCode.CHARACTER_INVALID
    assert heads.head_a[NAME_PROPERTY] == before
    assert not own_characters().exists() or list(own_characters().glob("*.json")) == []


def test_a_mapping_goes_from_one_rig_to_another_by_a_file(scene, own, tmp_path):
    settings = settings_of(scene)
    settings.head_a, settings.head_b = rig("Ada", ARKIT_NAMES), rig("Bo", ARKIT_NAMES)
    file = tmp_path / "studio.json"
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    assert bpy.ops.duologue.export_rig_preset(filepath=str(file)) == {"FINISHED"}
    file.write_text(json.dumps(json.loads(file.read_text()) | {"title": "Studio rig"}))
    settings.mapping_head = "second"

    assert bpy.ops.duologue.import_rig_preset(filepath=str(file)) == {"FINISHED"}, settings.message

    assert preset_of(settings.head_b) == "studio-rig"
    assert mapping_of(settings.head_b).shapes == mapping_of(settings.head_a).shapes
    (tmp_path / "none.json").write_text("{}")
    assert bpy.ops.duologue.import_rig_preset(filepath=str(tmp_path / "none.json")) == {"CANCELLED"}
    assert settings.message_code == ExitCode.RIG_UNSUITABLE
