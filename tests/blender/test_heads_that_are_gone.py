"""Heads that nobody will see move are told, before the model runs and before keys are written."""

from pathlib import Path

import bpy
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import key_writing
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused


def delete(scene, thing):
    """As X does it: the object leaves every collection; the panel's property keeps it in the file."""
    for collection in thing.users_collection:
        collection.objects.unlink(thing)
    bpy.context.view_layer.update()


def exclude(scene, thing):
    layer = bpy.context.view_layer.layer_collection.children[settings_of(scene).head_a.users_collection[0].name]
    layer.exclude = True


def move_to_other_scene(scene, one):
    other = bpy.data.scenes.new("Elsewhere")
    for collection in one.users_collection:
        collection.objects.unlink(one)
    other.collection.objects.link(one)


def orphan_collection(scene, thing):
    delete(scene, thing)
    bpy.data.collections.new("Attic").objects.link(thing)


GONE = {
    "deleted": (delete, "deleted"),
    "excluded": (exclude, "excluded"),
    "elsewhere": (move_to_other_scene, "Elsewhere"),
    "orphaned": (orphan_collection, "Attic"),
}


@pytest.mark.parametrize("part", ["head", "mesh"])
@pytest.mark.parametrize("way", GONE)
def test_a_head_that_is_gone_is_told_and_gets_no_key(played, tmp_path, way, part):
    go, word = GONE[way]
    settings = settings_of(played)
    head, take = settings.head_b, Path(settings.take)
    folders, actions = sorted(tmp_path.glob("take-*")), set(bpy.data.actions)
    thing = head if part == "head" else head_mesh(head)
    go(played, thing)

    assert bpy.ops.duologue.generate() == {"CANCELLED"}
    assert settings.message_code == ExitCode.RIG_UNSUITABLE
    assert sorted(tmp_path.glob("take-*")) == folders, "no worker ran"
    with refused(ExitCode.RIG_UNSUITABLE) as caught:
        key_writing.write_take(bpy.context, take)

    assert word in caught.value.message
    assert set(bpy.data.actions) == actions


def test_a_deleted_partner_is_no_one_to_react_to(played, tmp_path):
    settings = settings_of(played)
    settings.reaction = "second"
    folders = sorted(tmp_path.glob("take-*"))
    delete(played, settings.head_a)

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.RIG_UNSUITABLE
    assert sorted(tmp_path.glob("take-*")) == folders


def test_who_gets_no_keys_may_be_gone(played):
    settings = settings_of(played)
    settings.lock_b = True
    delete(played, settings.head_b)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message


def test_hidden_heads_are_there(played):
    settings = settings_of(played)
    settings.head_a.hide_viewport = settings.head_a.hide_render = True
    settings.head_b.hide_set(True)
    head_mesh(settings.head_b).hide_viewport = True
    settings.head_b.users_collection[0].hide_viewport = True

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message


def test_a_head_in_any_view_layer_is_there(played):
    played.view_layers.new("Backgrounds").layer_collection.children[0].exclude = True

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings_of(played).message


def test_a_head_that_an_empty_instances_is_there(played):
    collection = settings_of(played).head_a.users_collection[0]
    empty = bpy.data.objects.new("Instance", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    played.collection.objects.link(empty)
    bpy.context.view_layer.layer_collection.children[collection.name].exclude = True

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings_of(played).message


def test_an_undone_deletion_is_forgotten(played):
    bpy.ops.ed.undo_push(message="before")
    name = settings_of(played).head_a.name
    bpy.data.objects.remove(settings_of(played).head_a)
    bpy.ops.ed.undo_push(message="deleted")
    assert not bpy.ops.duologue.write_keys.poll()

    bpy.ops.ed.undo()

    settings = settings_of(bpy.context.scene)
    assert settings.head_a.name == name
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message


def test_a_linked_duplicate_that_moves_along_is_told(played):
    mesh = head_mesh(settings_of(played).head_a)
    played.collection.objects.link(bpy.data.objects.new("Understudy", mesh.data))

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert "Understudy" in settings_of(played).message


@pytest.mark.parametrize("part", ["armature", "mesh data"])
def test_a_head_built_here_that_is_linked_is_told(played, tmp_path, part):
    library = tmp_path / "heads.blend"
    take = Path(settings_of(played).take)
    name = settings_of(played).head_a.name
    bpy.ops.wm.save_as_mainfile(filepath=str(library), copy=True)
    settings = settings_of(played)
    if part == "armature":
        with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
            wanted.objects = [name, head_mesh(settings.head_a).name]
        for thing in wanted.objects:
            played.collection.objects.link(thing)
        settings.head_a = wanted.objects[0]
    else:
        with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
            wanted.meshes = [head_mesh(settings.head_a).data.name]
        head_mesh(settings.head_a).data = wanted.meshes[0]

    with refused(ExitCode.RIG_UNSUITABLE) as caught:
        key_writing.write_take(bpy.context, take)

    assert "Library Override" in caught.value.fix
