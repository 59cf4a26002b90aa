"""The table of a mapping: rows are edited, and an edited row is the mapping at once."""

import bpy
from duologue.addon.retargeting.rig_mapping import BonePart, RigMapping, save_mapping
from duologue.addon.retargeting.rig_presets import mapping_of
from duologue.addon.settings.mapping_properties import table_of
from duologue.addon.settings.properties import settings_of

from tests.support.mapped_rig import rig


def test_an_edited_row_is_the_mapping_at_once(mapped):
    row = next(row for row in table_of(bpy.context.scene).shapes if row.key == "jawOpen")
    row.gain, row.high = 0.4, 0.5

    assert mapping_of(mapped).shapes["jawOpen"] == {"jawOpen": 0.4}
    assert mapping_of(mapped).limits_of("jawOpen") == (0.0, 0.5)
    assert table_of(bpy.context.scene).edited


def test_limits_the_wrong_way_round_are_turned(mapped):
    row = table_of(bpy.context.scene).shapes[0]
    row.low = 3.0

    assert mapping_of(mapped).limits_of(row.key) == (1.0, 3.0)


def test_rows_are_added_edited_and_removed(mapped):
    table = table_of(bpy.context.scene)
    before = mapping_of(mapped)

    bpy.ops.duologue.mapping_row(table="shapes", change="add")
    assert mapping_of(mapped).shapes == before.shapes  # an empty row says nothing yet

    row = table.shapes[table.active_shape]
    row.key, row.component, row.gain = "Smirk", "mouthSmileLeft", 0.7
    assert mapping_of(mapped).shapes["Smirk"] == {"mouthSmileLeft": 0.7}

    bpy.ops.duologue.mapping_row(table="shapes", change="add")
    row = table.shapes[table.active_shape]
    row.key, row.component, row.gain = "Smirk", "mouthDimpleLeft", -0.2
    assert mapping_of(mapped).shapes["Smirk"] == {"mouthSmileLeft": 0.7, "mouthDimpleLeft": -0.2}

    for _ in range(2):
        bpy.ops.duologue.mapping_row(table="shapes", change="remove")
    assert mapping_of(mapped).shapes == before.shapes


def test_bones_have_rows_too(mapped):
    table = table_of(bpy.context.scene)
    while table.bones:
        bpy.ops.duologue.mapping_row(table="bones", change="remove")
    for bone, share in (("Neck", 0.3), ("Head", 0.7)):
        bpy.ops.duologue.mapping_row(table="bones", change="add")
        row = table.bones[table.active_bone]
        row.channel, row.bone, row.share = "head", bone, share

    assert mapping_of(mapped).bones == {"head": (BonePart("Neck", 0.3), BonePart("Head", 0.7))}


def test_what_turns_the_eyes_can_be_chosen(mapped):
    table_of(bpy.context.scene).eyes = "shapes"

    assert mapping_of(mapped).eyes == "shapes"


def test_what_the_table_does_not_show_stays(scene, own):
    preset = RigMapping(
        "Visemes",
        "arkit",
        shapes={"jawOpen": {"jawOpen": 1.0}},
        recipes={"viseme_PP": {"mouthClose": 0.4}, "viseme_aa": {"jawOpen": 0.6}},
        limits={"viseme_PP": (0.0, 0.8)},
        moves={"Head": {"jawOpen": (0.0, 0.1, 0.0)}},
        eyes="shapes",
    )
    save_mapping(own / "visemes.json", preset)
    settings_of(scene).head_a = made = rig("Bo", ["jawOpen", "viseme_PP", "viseme_aa"])
    assert bpy.ops.duologue.use_rig_preset(preset="visemes") == {"FINISHED"}
    assert table_of(bpy.context.scene).solved == "viseme_PP, viseme_aa"

    table_of(bpy.context.scene).shapes[0].gain = 0.5

    kept = mapping_of(made)
    assert (kept.recipes, kept.moves, kept.eyes) == (preset.recipes, preset.moves, preset.eyes)
    assert kept.limits_of("viseme_PP") == (0.0, 0.8)
    assert kept.shapes == {"jawOpen": {"jawOpen": 0.5}}


def test_mapping_that_came_with_the_file_is_shown(mapped):
    rows = len(table_of(bpy.context.scene).shapes)
    table_of(bpy.context.scene).shapes.clear()

    assert bpy.ops.duologue.show_mapping() == {"FINISHED"}

    assert len(table_of(bpy.context.scene).shapes) == rows


def test_table_follows_the_head_that_is_chosen(mapped, scene):
    settings_of(scene).head_b = rig("Eve", ["jawOpen"])
    settings_of(scene).mapping_head = "second"
    assert table_of(scene).shown.name == "Eve"
    assert not table_of(scene).shapes

    settings_of(scene).mapping_head = "first"

    assert table_of(scene).shown == mapped
    assert len(table_of(scene).shapes) == 50
    assert table_of(scene).coverage == "50 of 52 mapped"
    assert not table_of(scene).edited


def test_edits_are_told_from_the_preset_again_after_a_look_elsewhere(mapped, scene):
    table_of(scene).shapes[0].gain = 0.5
    settings_of(scene).mapping_head = "second"

    settings_of(scene).mapping_head = "first"

    assert table_of(scene).edited
    assert table_of(scene).shapes[0].gain == 0.5


def test_character_can_be_mapped_by_hand_alone(scene, own):
    settings_of(scene).head_a = made = rig("Crate", ["Squash"])

    bpy.ops.duologue.mapping_row(table="shapes", change="add")
    row = table_of(scene).shapes[0]
    row.key, row.component = "Squash", "jawOpen"

    assert mapping_of(made).shapes == {"Squash": {"jawOpen": 1.0}}
    assert bpy.ops.duologue.save_rig_preset(title="Crates") == {"FINISHED"}
