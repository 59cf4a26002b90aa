"""Characters from another file: linked as they are they cannot act, as library overrides they can."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.keys import key_writing
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.vendor_rigs import VENDORS


@pytest.fixture
def linked(scene, tmp_path):
    """Two characters whose objects stand in the scene but live in another file; and a take."""
    for name in ("Anna", "Ben"):
        collection = bpy.data.collections.new(name)
        scene.collection.children.link(collection)
        character = vendor_rigs.build(VENDORS["arkit-52"], name)
        for one in (character.armature, *character.meshes):
            scene.collection.objects.unlink(one)
            collection.objects.link(one)
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
    made = [one.override_hierarchy_create(scene, layer) for one in collections]
    for collection in made:
        for mesh in [one for one in collection.all_objects if one.type == "MESH"]:
            mesh.data.override_create(remap_local_usages=True)
    bpy.context.view_layer.update()
    choose([next(one for one in collection.all_objects if one.type == "ARMATURE") for collection in made])
    return made


def test_linked_character_is_refused_with_the_way_out(linked):
    _, take = linked
    choose([bpy.data.objects["Anna"], bpy.data.objects["Ben"]])

    with pytest.raises(DuologueError, match="linked from another file") as caught:
        key_writing.write_take(bpy.context, Path(take))

    assert caught.value.code == ExitCode.RIG_UNSUITABLE
    assert "Library Override" in caught.value.fix
    assert caught.value.message.startswith("Anna")
    assert len(bpy.data.actions) == 0


def test_library_override_of_a_character_acts(linked):
    collections, take = linked
    made = override(collections)

    key_writing.write_take(bpy.context, Path(take))

    bpy.context.scene.frame_set(5)
    for collection in made:
        meshes = [one for one in collection.all_objects if one.type == "MESH"]
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
    meshes = [one for one in bpy.context.scene.objects if one.type == "MESH" and one.library is None]
    assert meshes
    assert all(mesh.data.library is None for mesh in meshes)
    assert all(mesh.data.shape_keys.animation_data.action is not None for mesh in meshes)
