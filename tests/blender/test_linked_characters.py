"""Characters from another file: linked as they are they cannot act, as library overrides they can."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.addon.interface.cast_tools import draw_cast_tools
from duologue.addon.keys import key_writing
from duologue.addon.keys.overriding import is_linked
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import load_face
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.drawn_panel import Layout, sidebar
from tests.support.open_head import FACE_FILE, needs_open_head
from tests.support.refusals import refused
from tests.support.vendors import VENDORS


@pytest.fixture
def linked(scene, tmp_path):
    """Two characters whose objects stand in the scene but live in another file; and a take."""
    for name in ("Anna", "Ben"):
        collection = bpy.data.collections.new(name)
        scene.collection.children.link(collection)
        character = vendor_rigs.build(VENDORS["arkit-52"], name)
        for part in (character.armature, *character.meshes):
            scene.collection.objects.unlink(part)
            collection.objects.link(part)
    library = str(tmp_path / "characters.blend")
    bpy.ops.wm.save_as_mainfile(filepath=library)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 25
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.collections = ["Anna", "Ben"]
    for collection in wanted.collections:
        bpy.context.scene.collection.children.link(collection)
    expression, still = np.zeros((2, 10, 52)), np.zeros((2, 10))
    expression[:, :, ARKIT_INDEX["mouthFunnel"]] = 0.5
    take = Performance(
        25.0, "open-head-1", ("Anna", "Ben"), expression, np.zeros((2, 10, 5, 3)), np.zeros((2, 10, 3)), still, {}
    )
    save_performance(tmp_path / "performance.npz", take)
    return wanted.collections, tmp_path / "performance.npz"


def choose(heads):
    settings = settings_of(bpy.context.scene)
    settings.head_a, settings.head_b = heads


def override(collections):
    """Both characters as overrides that can be keyed, chosen as heads."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    made = [group.override_hierarchy_create(scene, layer) for group in collections]
    for collection in made:
        for mesh in [item for item in collection.all_objects if item.type == "MESH"]:
            mesh.data.override_create(remap_local_usages=True)
    bpy.context.view_layer.update()
    choose([next(item for item in collection.all_objects if item.type == "ARMATURE") for collection in made])
    return made


def test_linked_character_is_refused_with_the_way_out(linked):
    _, take = linked
    choose([bpy.data.objects["Anna"], bpy.data.objects["Ben"]])

    with refused(ExitCode.RIG_UNSUITABLE) as caught:
        key_writing.write_take(bpy.context, Path(take))

    assert "Library Override" in caught.value.fix
    assert caught.value.message.startswith("Anna")
    assert len(bpy.data.actions) == 0


def test_library_override_of_a_character_acts(linked):
    collections, take = linked
    made = override(collections)

    key_writing.write_take(bpy.context, Path(take))

    bpy.context.scene.frame_set(5)
    for collection in made:
        meshes = [item for item in collection.all_objects if item.type == "MESH"]
        assert meshes
        for mesh in meshes:
            assert mesh.data.shape_keys.key_blocks["mouthFunnel"].value == pytest.approx(0.5)


def test_keys_on_an_override_are_still_there_after_saving(linked, tmp_path):
    collections, take = linked
    override(collections)
    key_writing.write_take(bpy.context, Path(take))

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))

    settings = settings_of(bpy.context.scene)
    for head in (settings.head_a, settings.head_b):
        assert head.animation_data.action is not None
    meshes = [thing for thing in bpy.context.scene.objects if thing.type == "MESH" and thing.library is None]
    assert meshes
    assert all(mesh.data.library is None for mesh in meshes)
    assert all(mesh.data.shape_keys.animation_data.action is not None for mesh in meshes)


def instanced(collections):
    """Each collection by an empty that instances it, as *Link* does."""
    scene = bpy.context.scene
    for collection in collections:
        scene.collection.children.unlink(collection)
        empty = bpy.data.objects.new(collection.name, None)
        empty.instance_type, empty.instance_collection = "COLLECTION", collection
        empty.location = (0.0, 2.0, 0.0)
        scene.collection.objects.link(empty)


def loose(collections):
    """The objects alone, without their collections."""
    scene = bpy.context.scene
    for collection in collections:
        objects = list(collection.objects)
        scene.collection.children.unlink(collection)
        for thing in objects:
            scene.collection.objects.link(thing)


@pytest.mark.parametrize("bring", [lambda _: None, instanced, loose], ids=["collection", "instance", "objects"])
def test_button_makes_the_overrides_that_keys_need(linked, bring, tmp_path):
    collections, take = linked
    bring(collections)
    choose([collection.objects[collection.name] for collection in collections])
    settings = settings_of(bpy.context.scene)
    assert is_linked(settings.head_a)

    for person in ("first", "second"):
        assert bpy.ops.duologue.override_character(person=person) == {"FINISHED"}, settings.message

    heads = (settings.head_a, settings.head_b)
    assert not any(is_linked(head) for head in heads)
    assert bpy.ops.duologue.override_character(person="first") == {"CANCELLED"}
    key_writing.write_take(bpy.context, Path(take))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    settings = settings_of(bpy.context.scene)
    bpy.context.scene.frame_set(5)
    for head in (settings.head_a, settings.head_b):
        meshes = [part for part in head.children_recursive if part.type == "MESH" and part.data.shape_keys is not None]
        assert meshes
        assert head.name in bpy.context.scene.objects
        for mesh in meshes:
            assert mesh.data.shape_keys.key_blocks["mouthFunnel"].value == pytest.approx(0.5)


def test_override_stands_where_the_empty_had_put_the_character(linked):
    collections, _ = linked
    instanced(collections)
    choose([collection.objects[collection.name] for collection in collections])

    assert bpy.ops.duologue.override_character(person="first") == {"FINISHED"}

    bpy.context.view_layer.update()
    assert settings_of(bpy.context.scene).head_a.matrix_world.translation.y == pytest.approx(2.0)


def test_override_of_the_armature_alone_gets_what_its_meshes_lack(linked):
    collections, take = linked
    made = [group.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer) for group in collections]
    choose([next(item for item in collection.all_objects if item.type == "ARMATURE") for collection in made])
    settings = settings_of(bpy.context.scene)
    head = settings.head_a
    assert is_linked(head)

    for person in ("first", "second"):
        assert bpy.ops.duologue.override_character(person=person) == {"FINISHED"}, settings.message

    assert settings.head_a == head
    key_writing.write_take(bpy.context, Path(take))


@needs_open_head
def test_bundled_head_from_another_file_acts_as_an_override(scene, tmp_path, linked):
    _, take = linked
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for name in ("Anna", "Ben"):
        collection = bpy.data.collections.new(name)
        bpy.context.scene.collection.children.link(collection)
        build_head(bpy.context, load_face(FACE_FILE), {}, name, collection)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "heads.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "heads.blend"), link=True) as (_, wanted):
        wanted.collections = ["Anna", "Ben"]
    for collection in wanted.collections:
        bpy.context.scene.collection.children.link(collection)
    choose([collection.objects[collection.name] for collection in wanted.collections])
    settings = settings_of(bpy.context.scene)

    for person in ("first", "second"):
        assert bpy.ops.duologue.override_character(person=person) == {"FINISHED"}, settings.message
    key_writing.write_take(bpy.context, Path(take))

    bpy.context.scene.frame_set(5)
    assert head_mesh(settings.head_a).data.shape_keys.key_blocks["mouthFunnel"].value == pytest.approx(0.5)


def test_cast_offers_overrides_where_something_is_linked(linked):
    collections, _ = linked
    choose([collection.objects[collection.name] for collection in collections])
    settings = settings_of(bpy.context.scene)
    layout, context = Layout(), sidebar(bpy.context.scene)
    draw_cast_tools(layout, context, settings.head_a, "first")
    assert layout.said

    assert bpy.ops.duologue.override_character(person="first") == {"FINISHED"}
    layout = Layout()
    draw_cast_tools(layout, context, settings.head_a, "first")
    assert layout.said == []
