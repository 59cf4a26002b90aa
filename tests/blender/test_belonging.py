"""Which meshes are whose: by what they hang on, else by name, collection and place; and never somebody else's."""

import bpy
import pytest
from duologue.addon.retargeting.rig_survey import armature_of, survey

from tests.support import vendor_rigs
from tests.support.hindered import put
from tests.support.vendors import VENDORS

ARKIT = VENDORS["arkit-52"]


@pytest.fixture
def people(scene):
    """Two who are called alike, side by side."""
    anna = vendor_rigs.build(ARKIT, "Anna", turned=0.0, place=(0.0, 0.0, 0.0))
    other = vendor_rigs.build(ARKIT, "Anna.001", turned=0.0, place=(0.8, 0.0, 0.0))
    return anna, other


def mouth(character):
    """Where the mouth is in the world."""
    bpy.context.view_layer.update()
    return character.armature.matrix_world @ character.armature.data.bones["Head"].head_local


def names(character):
    bpy.context.view_layer.update()
    return {mesh.name for mesh in survey(character.armature).whole}


def test_each_has_the_meshes_that_its_armature_deforms(people):
    anna, other = people

    assert names(anna) == {mesh.name for mesh in anna.meshes}
    assert names(other) == {mesh.name for mesh in other.meshes}


@pytest.mark.parametrize("kind", ["CHILD_OF", "COPY_TRANSFORMS", "ARMATURE"])
def test_teeth_below_an_empty_that_follows_a_bone_belong(people, kind):
    anna, other = people
    empty = put("follower", (0.0, 0.0, 0.0), "EMPTY")
    constraint = empty.constraints.new(kind)
    target = constraint.targets.new() if kind == "ARMATURE" else constraint
    target.target, target.subtarget = anna.armature, "Head"
    teeth = put("Teeth", (0.0, 0.0, 0.0), parent=empty, keys=("jawOpen",))

    assert "Teeth" in names(anna)
    assert "Teeth" not in names(other)
    assert armature_of(teeth) == anna.armature
    assert "jawOpen" in [
        name for mesh in survey(anna.armature).meshes if mesh.object == teeth for name in mesh.key_names
    ]


def test_what_hangs_on_a_root_of_its_own_belongs(people):
    anna, other = people
    root = put("Root", (0.0, 0.0, 0.0), "EMPTY")
    anna.armature.parent = root
    put("Cornea", (0.0, 0.0, 0.0), parent=root)

    assert "Cornea" in names(anna)
    assert "Cornea" not in names(other)


def test_root_of_two_people_gives_neither_the_others_things(people):
    anna, other = people
    root = put("Cast", (0.0, 0.0, 0.0), "EMPTY")
    anna.armature.parent = other.armature.parent = root

    assert not names(anna) & names(other)


def test_name_and_place_together_are_taken_and_told(scene):
    anna = vendor_rigs.build(ARKIT, "Anna", place=(0.0, 0.0, 0.0))
    ben = vendor_rigs.build(ARKIT, "Ben", place=(0.8, 0.0, 0.0))
    put("Anna_teeth", mouth(anna))
    put("ben-Tongue", mouth(ben))
    put("Anna_teeth_spare", mouth(anna) + mouth(anna))
    put("Teeth", mouth(ben))

    bpy.context.view_layer.update()
    assert survey(anna.armature).guessed == {"Anna_teeth": "name"}
    assert survey(ben.armature).guessed == {"ben-Tongue": "name"}


def test_names_that_two_share_say_nothing(people):
    anna, other = people
    put("Anna_teeth", mouth(anna))

    bpy.context.view_layer.update()
    assert survey(anna.armature).guessed == survey(other.armature).guessed == {}


def test_collection_of_one_person_tells_whose_its_faces_are(people):
    anna, _ = people
    collection = bpy.data.collections.new("First")
    bpy.context.scene.collection.children.link(collection)
    teeth = put("Teeth", mouth(anna))
    for part in (anna.armature, teeth):
        bpy.context.scene.collection.objects.unlink(part)
        collection.objects.link(part)

    bpy.context.view_layer.update()
    assert survey(anna.armature).guessed == {"Teeth": "collection"}


def test_neighbour_who_holds_hands_keeps_its_face(people):
    anna, other = people
    held = other.armature.constraints.new("COPY_LOCATION")
    held.target, held.subtarget = anna.armature, "Head"

    assert not names(anna) & names(other)


def test_face_without_an_armature_has_what_hangs_on_its_root(scene):
    root = put("Puppet", (0.0, 0.0, 0.0), "EMPTY")
    face = put("Face", (0.0, 0.0, 0.0), parent=root, keys=("jawOpen", "eyeBlinkLeft"))
    put("Teeth", (0.0, 0.0, 0.0), parent=root, keys=("jawOpen",))
    put("Stranger", (3.0, 0.0, 0.0), keys=("jawOpen",))
    bpy.context.view_layer.update()

    found = survey(face)

    assert [mesh.object.name for mesh in found.meshes] == ["Face", "Teeth"]
