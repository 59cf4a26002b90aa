import bpy
import pytest
from duologue.addon.adding import add_conversation_in_steps
from duologue.addon.conversation import objects_between_heads
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import DuologueError, ExitCode


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


def _everything():
    kinds = ("objects", "meshes", "armatures", "materials", "hair_curves", "cameras", "lights", "worlds", "collections")
    return {kind: sorted(one.name for one in getattr(bpy.data, kind)) for kind in (*kinds, "actions", "shape_keys")}


@pytest.mark.parametrize("done", range(1, 7))
def test_a_conversation_that_is_given_up_after_any_step_leaves_nothing_behind(scene, done):
    before = _everything(), scene.world, scene.camera
    steps = add_conversation_in_steps(bpy.context)
    told = [next(steps) for _ in range(done)]

    steps.close()

    assert (_everything(), scene.world, scene.camera) == before
    assert settings_of(scene).head_a is None
    assert [share for _, share in told] == sorted(share for _, share in told)


def test_an_error_in_the_last_step_leaves_nothing_behind(scene, monkeypatch):
    before = _everything()

    def fail(*_):
        raise DuologueError(ExitCode.RIG_UNSUITABLE, "No.", "Yes.")

    monkeypatch.setattr("duologue.addon.adding.stage.arrange_set", fail)

    assert bpy.ops.duologue.add_conversation() == {"CANCELLED"}
    assert _everything() == before


def test_materials_of_another_conversation_stay_when_one_is_given_up(conversation):
    before = _everything()
    steps = add_conversation_in_steps(bpy.context)
    for _ in range(5):
        next(steps)

    steps.close()

    assert _everything() == before
