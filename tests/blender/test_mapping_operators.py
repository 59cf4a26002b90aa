import json

import bpy
import pytest
from duologue.addon.interface.operators import mapping
from duologue.addon.retargeting.rig_mapping import BonePart, RigMapping, load_mapping, mapping_to_json, save_mapping
from duologue.addon.retargeting.rig_presets import mapping_of, preset_files, preset_of
from duologue.addon.retargeting.rig_survey import survey
from duologue.addon.settings.mapping_properties import mapping_of_table, table_of
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_NAMES


def rig(name, keys, bones=("Neck", "Head"), meshes=1):
    """A character: an armature and meshes (children) that carry `keys` by turns."""
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for index, bone in enumerate(bones):
        made = armature.data.edit_bones.new(bone)
        made.head, made.tail = (0, 0, index), (0, 0, index + 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    for number in range(meshes):
        mesh = bpy.data.meshes.new(f"{name} {number}")
        mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
        part = bpy.data.objects.new(mesh.name, mesh)
        bpy.context.collection.objects.link(part)
        part.parent = armature
        part.shape_key_add(name="Basis")
        for key in keys[number::meshes]:
            part.shape_key_add(name=key)
    return armature


@pytest.fixture
def character(scene, own):
    """An ARKit character that spells its own way and lacks two keys; the first head of the scene."""
    keys = [name.replace("Left", "_L").replace("Right", "_R") for name in ARKIT_NAMES if "tongue" not in name]
    keys.remove("cheekPuff")
    made = rig("Ada", [*keys, "Smirk"], meshes=2)
    settings_of(scene).head_a = made
    return made


@pytest.fixture
def mapped(character):
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    return character


def refused(because, operator, **properties):
    """The operator cannot be pressed now, and says why."""
    with pytest.raises(RuntimeError, match=rf"poll\(\) .*{because}"):
        operator(**properties)
    return True


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

    assert {stem for stem, *_ in items} == {one.stem for one in preset_files()}
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


def test_preset_is_saved_listed_and_maps_the_next_character(mapped, scene, own):
    bpy.ops.duologue.mapping_row(table="shapes", change="add")
    row = table_of(bpy.context.scene).shapes[table_of(bpy.context.scene).active_shape]
    row.key, row.component = "Smirk", "mouthSmileLeft"

    assert bpy.ops.duologue.save_rig_preset(title="Ada & Co.") == {"FINISHED"}

    saved = load_mapping(own / "ada-co.json")
    assert saved.title == "Ada & Co."
    assert saved.shapes == mapping_of_table(bpy.context.scene).shapes
    assert [one.stem for one in preset_files() if one.own] == ["ada-co"]
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

    assert any(one.stem == "arkit-52" for one in preset_files())


def test_unreadable_preset_of_one_s_own_is_left_out(mapped, own):
    own.mkdir(parents=True)
    (own / "broken.json").write_text("{")
    (own / "old.json").write_text(json.dumps(mapping_to_json(RigMapping("Old", "arkit")) | {"schema": 1}))

    assert not [one for one in preset_files() if one.own]
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}


def test_buttons_need_a_character_that_duologue_did_not_build(scene, own):
    assert refused("Choose a character", bpy.ops.duologue.auto_map)

    settings_of(scene).head_a = made = rig("Anna", ["jawOpen"])
    made["duologue_face"] = "open-head-1"
    assert refused("takes land on it as they are", bpy.ops.duologue.auto_map)
    assert refused("built by Duologue", bpy.ops.duologue.mapping_row, table="shapes", change="add")


def test_empty_table_is_not_saved(character):
    assert refused("table is empty", bpy.ops.duologue.save_rig_preset, title="Nothing")


def test_mapping_that_came_with_the_file_is_shown(mapped):
    rows = len(table_of(bpy.context.scene).shapes)
    table_of(bpy.context.scene).shapes.clear()

    assert bpy.ops.duologue.show_mapping() == {"FINISHED"}

    assert len(table_of(bpy.context.scene).shapes) == rows


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


def test_preset_of_one_s_own_wins_over_one_that_fits_as_well(scene, own):
    shipped = next(one for one in preset_files() if one.stem == "arkit-52")
    save_mapping(own / "mine.json", load_mapping(shipped.path))
    settings_of(scene).head_a = made = rig("Ada", list(ARKIT_NAMES))

    bpy.ops.duologue.auto_map()

    assert preset_of(made) == "mine"


@pytest.fixture
def library(scene, own, tmp_path):
    """A character linked from another file: its collection."""
    rig("Ada", list(ARKIT_NAMES))
    collection = bpy.data.collections.new("Char")
    for one in list(bpy.context.collection.objects):
        bpy.context.collection.objects.unlink(one)
        collection.objects.link(one)
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
    ada = next(one for one in bpy.data.objects if one.override_library and one.type == "ARMATURE")
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
