import bpy
import pytest
from duologue.addon.conversation import objects_between_heads
from duologue.addon.settings.properties import settings_of


@pytest.fixture
def conversation(scene):
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message
    bpy.context.view_layer.update()
    return scene


def test_two_different_people_five_cameras_and_light_are_added(conversation):
    settings = settings_of(conversation)
    kinds = [one.type for one in bpy.data.collections["Duologue"].objects]

    assert {settings.head_a.name, settings.head_b.name} == {"Anna", "Ben"}
    assert kinds.count("CAMERA") == 5
    assert kinds.count("LIGHT") >= 3
    assert conversation.camera is not None


def test_object_between_the_heads_is_named(conversation):
    bpy.ops.mesh.primitive_cube_add(location=(0, 0, 1.2))
    bpy.context.object.name = "Crate"
    bpy.context.view_layer.update()

    assert objects_between_heads(conversation) == ["Crate"]


def test_object_elsewhere_or_hidden_is_no_obstacle(conversation):
    bpy.ops.mesh.primitive_cube_add(location=(6, 0, 1.2))
    bpy.ops.mesh.primitive_cube_add(location=(0, 0, 1.2))
    bpy.context.object.hide_set(True)
    bpy.context.view_layer.update()

    assert objects_between_heads(conversation) == []


def test_room_is_rendered_but_does_not_hide_the_people_in_the_viewport(conversation):
    room = next(one for one in bpy.data.collections["Duologue"].objects if one.name.startswith("Room"))

    assert room.hide_viewport
    assert not room.hide_render
