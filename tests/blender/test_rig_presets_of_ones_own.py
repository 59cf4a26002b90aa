"""Presets of the artist's own: saved, listed, preferred, removed, and never overwritten unasked."""

import json

import bpy
import pytest
from duologue.addon.retargeting.rig_mapping import RigMapping, load_mapping, mapping_to_json, save_mapping
from duologue.addon.retargeting.rig_presets import mapping_of, preset_files, preset_of
from duologue.addon.retargeting.rig_survey import survey
from duologue.addon.settings.mapping_properties import mapping_of_table, table_of
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_NAMES

from tests.support.mapped_rig import refused, rig


def test_preset_is_saved_listed_and_maps_the_next_character(mapped, scene, own):
    bpy.ops.duologue.mapping_row(table="shapes", change="add")
    row = table_of(bpy.context.scene).shapes[table_of(bpy.context.scene).active_shape]
    row.key, row.component = "Smirk", "mouthSmileLeft"

    assert bpy.ops.duologue.save_rig_preset(title="Ada & Co.") == {"FINISHED"}

    saved = load_mapping(own / "ada-co.json")
    assert saved.title == "Ada & Co."
    assert saved.shapes == mapping_of_table(bpy.context.scene).shapes
    assert [file.stem for file in preset_files() if file.own] == ["ada-co"]
    assert not table_of(bpy.context.scene).edited
    settings_of(scene).head_b = other = rig("Eve", [*survey(mapped).key_names])
    settings_of(scene).mapping_head = "second"
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    assert preset_of(other) == "ada-co"
    assert mapping_of(other).shapes["Smirk"] == {"mouthSmileLeft": 1.0}


def test_preset_is_not_overwritten_unasked(mapped, scene, own):
    bpy.ops.duologue.save_rig_preset(title="Ada")
    before = (own / "ada.json").read_text()
    table_of(bpy.context.scene).shapes[0].gain = 0.25

    assert bpy.ops.duologue.save_rig_preset(title="ada") == {"CANCELLED"}
    assert (own / "ada.json").read_text() == before
    assert "already" in settings_of(scene).message

    assert bpy.ops.duologue.save_rig_preset(title="ada", overwrite=True) == {"FINISHED"}
    assert (own / "ada.json").read_text() != before


@pytest.mark.parametrize("title", ["", " / ", "ARKit 52"])
def test_names_that_cannot_be_are_refused(mapped, own, title):
    assert bpy.ops.duologue.save_rig_preset(title=title) == {"CANCELLED"}

    assert not list(own.glob("*")) if own.exists() else True


def test_folder_that_cannot_be_written_is_explained(mapped, scene, own):
    own.write_text("a file in the way")

    assert bpy.ops.duologue.save_rig_preset(title="Ada") == {"CANCELLED"}

    assert settings_of(scene).message_code == 31


def test_own_preset_is_removed_and_the_mapping_stays(mapped, own):
    bpy.ops.duologue.save_rig_preset(title="Ada")
    kept = mapping_of(mapped)

    assert bpy.ops.duologue.remove_rig_preset() == {"FINISHED"}

    assert not (own / "ada.json").exists()
    assert mapping_of(mapped) == kept
    assert refused("not mapped by a preset of yours", bpy.ops.duologue.remove_rig_preset)


def test_shipped_preset_stays(mapped):
    assert refused("not mapped by a preset of yours", bpy.ops.duologue.remove_rig_preset)

    assert any(file.stem == "arkit-52" for file in preset_files())


def test_unreadable_preset_of_one_s_own_is_left_out(mapped, own):
    own.mkdir(parents=True)
    (own / "broken.json").write_text("{")
    (own / "old.json").write_text(json.dumps(mapping_to_json(RigMapping("Old", "arkit")) | {"schema": 1}))

    assert not [file for file in preset_files() if file.own]
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}


def test_empty_table_is_not_saved(character):
    assert refused("table is empty", bpy.ops.duologue.save_rig_preset, title="Nothing")


def test_preset_of_one_s_own_wins_over_one_that_fits_as_well(scene, own):
    shipped = next(file for file in preset_files() if file.stem == "arkit-52")
    save_mapping(own / "mine.json", load_mapping(shipped.path))
    settings_of(scene).head_a = made = rig("Ada", list(ARKIT_NAMES))

    bpy.ops.duologue.auto_map()

    assert preset_of(made) == "mine"
