"""Buttons of a mapping: by a preset, kept on the object, shown again, forgotten, refused where they cannot be."""

import bpy
import pytest
from duologue.addon.interface.operators import mapping
from duologue.addon.retargeting.rig_presets import mapping_of, preset_files
from duologue.addon.settings.mapping_properties import table_of
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_NAMES

from tests.support.mapped_rig import refused, rig


def test_auto_map_says_how_many_and_which_are_missing(mapped, scene):
    table = table_of(bpy.context.scene)

    assert "50 of 52 mapped" in settings_of(scene).message
    assert "Score 9" in settings_of(scene).message
    assert table.coverage == "50 of 52 mapped"
    assert "cheekPuff" in table.missing
    assert "tongueOut" in table.missing
    assert "ARKit 52" in table.preset_title


def test_menu_of_presets_has_every_one_with_its_score_the_best_first(character, scene):
    items = mapping._preset_items(None, bpy.context)

    assert {stem for stem, *_ in items} == {file.stem for file in preset_files()}
    assert items[0][0] == "arkit-52"
    assert items[0][1].endswith("%")
    assert not {stem: title for stem, title, _ in items}["rigify-face"].endswith("%")


def test_what_opens_the_mouth_can_be_chosen(mapped):
    table_of(bpy.context.scene).jaw = "bones"

    assert mapping_of(mapped).jaw == "bones"


def test_auto_map_fills_the_table_with_the_character_s_own_names(mapped):
    rows = {row.key: (row.component, row.gain) for row in table_of(bpy.context.scene).shapes}

    assert rows["mouthSmile_L"] == ("mouthSmileLeft", 1.0)
    assert len(rows) == 50
    assert "Smirk" not in rows


def test_auto_map_is_kept_on_the_object_and_survives_saving(mapped, tmp_path):
    kept = mapping_of(mapped)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "ada.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "ada.blend"))

    assert mapping_of(bpy.data.objects["Ada"]) == kept
    assert kept.shapes["eyeBlink_L"] == {"eyeBlinkLeft": 1.0}
    assert len(table_of(bpy.context.scene).shapes) == 50


def test_nothing_that_fits_is_a_sentence_and_changes_nothing(scene, own):
    settings_of(scene).head_a = made = rig("Crate", ["Squash", "Stretch"], bones=["Lid"])

    assert bpy.ops.duologue.auto_map() == {"CANCELLED"}

    assert "Nothing on this rig fits" in settings_of(scene).message
    assert settings_of(scene).message_code == 65
    assert mapping_of(made) is None
    assert not table_of(bpy.context.scene).shapes


def test_buttons_need_a_character_that_duologue_did_not_build(scene, own):
    assert refused("Choose a character", bpy.ops.duologue.auto_map)

    settings_of(scene).head_a = made = rig("Anna", ["jawOpen"])
    made["duologue_face"] = "open-head-1"
    assert refused("takes land on it as they are", bpy.ops.duologue.auto_map)
    assert refused("built by Duologue", bpy.ops.duologue.mapping_row, table="shapes", change="add")


def test_spoilt_mapping_on_the_object_is_a_sentence(mapped, scene):
    mapped.duologue_mapping = "{"

    assert bpy.ops.duologue.show_mapping() == {"CANCELLED"}

    assert "Press Auto-map again" in settings_of(scene).message


def test_mapping_is_forgotten_whole(mapped):
    assert bpy.ops.duologue.forget_mapping() == {"FINISHED"}

    assert mapping_of(mapped) is None
    assert not table_of(bpy.context.scene).shapes
    assert refused("no mapping yet", bpy.ops.duologue.show_mapping)


def test_undo_takes_auto_map_back(character):
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.duologue.auto_map()
    bpy.ops.ed.undo_push(message="mapped")

    bpy.ops.ed.undo()

    assert mapping_of(bpy.data.objects["Ada"]) is None
    assert not table_of(bpy.context.scene).shapes


@pytest.fixture
def library(scene, own, tmp_path):
    """A character linked from another file: its collection."""
    rig("Ada", list(ARKIT_NAMES))
    collection = bpy.data.collections.new("Char")
    for thing in list(bpy.context.collection.objects):
        bpy.context.collection.objects.unlink(thing)
        collection.objects.link(thing)
    bpy.context.scene.collection.children.link(collection)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, wanted):
        wanted.collections = ["Char"]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    return wanted.collections[0]


def test_linked_character_asks_for_an_override(library):
    settings_of(bpy.context.scene).head_a = library.objects["Ada"]

    refused("make a library override", bpy.ops.duologue.auto_map)


def test_mapping_of_a_library_override_is_kept_in_the_file(library, tmp_path):
    library.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer)
    ada = next(thing for thing in bpy.data.objects if thing.override_library and thing.type == "ARMATURE")
    settings_of(bpy.context.scene).head_a = ada
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    table_of(bpy.context.scene).shapes[0].gain = 0.5
    kept = mapping_of(ada)

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))

    ada = settings_of(bpy.context.scene).head_a
    assert ada.override_library is not None
    assert mapping_of(ada) == kept
    assert len(kept.shapes) == 52
