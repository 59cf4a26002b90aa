"""What the panel asks of Blender's layout exists: there is no window in the background, so the layout is a stand-in."""

from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface import mapping_panel
from duologue.addon.retargeting.rig_mapping import RigMapping, save_mapping
from duologue.addon.settings.mapping_properties import table_of
from duologue.addon.settings.properties import settings_of

from tests.support.drawn_panel import Layout, drawn


def mapping_panel_says(scene):
    return drawn(mapping_panel.DUOLOGUE_PT_mapping, scene)


@pytest.fixture
def character(scene, own):
    """A mesh of its own, with a preset that fits but for one key."""
    preset = RigMapping(
        "Bo’s",
        "arkit",
        shapes={"Open": {"jawOpen": 1.0}, "Puff": {"cheekPuff": 1.0}},
        recipes={"viseme_PP": {"mouthClose": 0.4}},
    )
    save_mapping(own / "bo.json", preset)
    mesh = bpy.data.meshes.new("Bo")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    made = bpy.data.objects.new("Bo", mesh)
    bpy.context.collection.objects.link(made)
    for name in ("Basis", "Open", "viseme_PP"):
        made.shape_key_add(name=name)
    settings_of(scene).head_a = made
    return made


def test_without_a_character_the_panel_says_what_to_do(scene):
    assert "Choose a character's armature or mesh first" in mapping_panel_says(scene)


def test_unmapped_character_is_offered_auto_map_and_presets(character, scene):
    said = mapping_panel_says(scene)

    assert "Auto-map" in said
    assert "Choose a preset" in said


def test_mapped_character_shows_coverage_the_missing_and_what_is_solved(character, scene):
    bpy.ops.duologue.use_rig_preset(preset="bo")

    said = mapping_panel_says(scene)

    assert "2 of 3 mapped" in said
    assert "Missing: Puff" in said
    assert "Brows: nothing" in said
    assert "Lips: open" in " ".join(said)
    assert "1 key is solved: viseme_PP" in said
    assert "Bo’s" in said


def test_report_follows_an_edited_row(character, scene):
    bpy.ops.duologue.use_rig_preset(preset="bo")
    table_of(scene).shapes[0].component = "browInnerUp"

    states = {part.told.split(":")[0]: part.state for part in table_of(scene).parts}

    assert states["brows"] == "partial"
    assert states["jaw"] == "missing"


def test_edited_mapping_is_called_so(character, scene):
    bpy.ops.duologue.use_rig_preset(preset="bo")
    table_of(scene).shapes[0].gain = 0.5

    assert "Bo’s (edited)" in mapping_panel_says(scene)


def test_rows_draw_and_are_found_by_either_name(character, scene):
    bpy.ops.duologue.use_rig_preset(preset="bo")
    bpy.ops.duologue.mapping_row(table="bones", change="add")
    table = table_of(scene)
    shapes, bones = mapping_panel.DUOLOGUE_UL_shape_rows, mapping_panel.DUOLOGUE_UL_bone_rows
    layout = Layout()
    listing = SimpleNamespace(filter_name="JAWO", bitflag_filter_item=1)

    shapes.draw_item(listing, None, layout, table, table.shapes[0], 0, table, "active_shape")
    bones.draw_item(listing, None, layout, table, table.bones[0], 0, table, "active_bone")

    assert layout.said == ["Open ← jawOpen", "? ← head × 1"]
    assert shapes.filter_items(listing, None, table, "shapes")[0] == [1]
    listing.filter_name = "other"
    assert shapes.filter_items(listing, None, table, "shapes")[0] == [0]


def test_row_says_no_more_than_it_must():
    assert mapping_panel.shape_row_text("Jaw_Open", "jawOpen", 1.0) == "Jaw_Open"
    assert mapping_panel.shape_row_text("Jaw_Open", "jawOpen", 0.8) == "Jaw_Open × 0.8"
    assert mapping_panel.shape_row_text("Smirk", "mouthSmileLeft", 1.0) == "Smirk ← mouthSmileLeft"
    assert mapping_panel.shape_row_text("", "", 1.0) == "? ← ?"
