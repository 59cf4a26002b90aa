import bpy
import numpy as np
import pytest
from duologue.addon.adding import add_conversation_in_steps
from duologue.addon.conversation import objects_between_heads
from duologue.addon.interface import cast_panel, start_here
from duologue.addon.settings.conversations import conversations_of
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.place import root_of
from duologue.addon.staging.scenery import ROLE_PROPERTY
from duologue.addon.staging.sightline import eyes_midpoint, facing
from duologue.addon.staging.standing import person_of
from duologue.backend.contract.errors import DuologueError, ExitCode

from tests.support import vendor_rigs
from tests.support.drawn_panel import drawn
from tests.support.staged_worker import fake_python, write_wave
from tests.support.vendors import VENDORS


@pytest.fixture
def conversation(scene):
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message
    bpy.context.view_layer.update()
    return scene


def test_two_different_people_five_cameras_and_light_are_added(conversation):
    settings = settings_of(conversation)
    kinds = [thing.type for thing in bpy.data.collections["Duologue"].objects]

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
    room = next(thing for thing in bpy.data.collections["Duologue"].objects if thing.name.startswith("Room"))

    assert room.hide_viewport
    assert not room.hide_render


def _everything():
    kinds = ("objects", "meshes", "armatures", "materials", "hair_curves", "cameras", "lights", "worlds", "collections")
    return {kind: sorted(block.name for block in getattr(bpy.data, kind)) for kind in (*kinds, "actions", "shape_keys")}


def _begun(doing, count):
    """Steps of *Add conversation*, up to that before which it says for the `count`th time what begins with `doing`."""
    steps, progress = add_conversation_in_steps(bpy.context), []
    while sum(name.startswith(doing) for name, _ in progress) < count:
        progress.append(next(steps))
    return steps, progress


@pytest.mark.parametrize(
    ("doing", "count"),
    [
        ("Reading the face", 1),
        ("Building Anna", 2),
        ("Building Anna", 40),
        ("Dressing Anna", 5),
        ("Combing Anna", 4),
        ("Building Ben", 3),
        ("Arranging the set", 3),
    ],
)
def test_a_conversation_that_is_given_up_after_any_step_leaves_nothing_behind(scene, doing, count):
    before = _everything(), scene.world, scene.camera
    steps, progress = _begun(doing, count)

    steps.close()

    assert (_everything(), scene.world, scene.camera) == before
    assert settings_of(scene).head_a is None
    assert [share for _, share in progress] == sorted(share for _, share in progress)


def test_an_error_in_the_last_step_leaves_nothing_behind(scene, monkeypatch):
    before = _everything()

    def fail(*_, **_named):
        raise DuologueError(ExitCode.RIG_UNSUITABLE, "No.", "Yes.")

    monkeypatch.setattr("duologue.addon.adding.stage.arrange_set", fail)

    assert bpy.ops.duologue.add_conversation() == {"CANCELLED"}
    assert _everything() == before


def test_materials_of_another_conversation_stay_when_one_is_given_up(conversation):
    before = _everything()
    steps, _ = _begun("Dressing Anna", 5)

    steps.close()

    assert _everything() == before


TURNED, PLACE = 0.65, (4.0, -2.0, 0.3)
FACED = np.array([np.sin(TURNED), -np.cos(TURNED), 0.0])  # a vendor's character faces -Y


def picked(scene, vendor="ready-player-me", person="first"):
    """A character of the artist's own, chosen in *Cast*."""
    character = vendor_rigs.build(VENDORS[vendor], "Mine", turned=TURNED, place=PLACE)
    setattr(settings_of(scene), "head_a" if person == "first" else "head_b", character.armature)
    return character


def _places(objects):
    return [[list(row) for row in thing.matrix_world] for thing in objects]


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_eyes_and_facing_of_a_character_are_found_on_every_vendors_rig(scene, vendor):
    character = picked(scene, vendor)

    seen = person_of(character.armature)

    eyes = np.array(character.into_world @ vendor_rigs._four(character.vendor.basis * character.vendor.scale))
    eyes = (eyes @ (0.0, 1.56, 0.08, 1.0))[:3]
    np.testing.assert_allclose(seen.eyes, eyes, atol=0.03)
    np.testing.assert_allclose(seen.faces, FACED, atol=0.02)


def test_body_that_its_hips_turn_faces_where_it_was_turned(scene):
    armature = picked(scene).armature
    hips = armature.pose.bones["Hips"]
    axis = (hips.bone.matrix_local.to_3x3().inverted() @ armature.matrix_world.to_3x3().inverted()).col[2]
    hips.rotation_quaternion = (np.cos(0.5), *(np.sin(0.5) * np.array(axis)))
    bpy.context.view_layer.update()

    faces = person_of(armature).faces

    turned = TURNED + 1.0
    np.testing.assert_allclose(faces, (np.sin(turned), -np.cos(turned), 0.0), atol=0.02)


def test_mesh_without_bones_looks_to_the_front_a_head_below_its_top(scene):
    bpy.ops.mesh.primitive_cube_add(location=(1.0, 2.0, 1.5), size=0.3)
    mesh = bpy.context.object
    mesh.shape_key_add(name="Basis")
    bpy.context.view_layer.update()

    seen = person_of(mesh)

    np.testing.assert_allclose(seen.eyes, (1.0, 2.0, 1.53), atol=1e-5)
    np.testing.assert_allclose(seen.faces, (0.0, -1.0, 0.0), atol=1e-5)


@pytest.mark.parametrize("person", ["first", "second"])
def test_for_a_character_of_ones_own_the_other_head_alone_is_built_before_it(scene, person):
    character = picked(scene, person=person)
    own = (character.armature, *character.meshes)
    before = _places(own), [(block.parent, tuple(block.users_collection)) for block in own]

    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message
    bpy.context.view_layer.update()

    settings = settings_of(scene)
    heads = [settings.head_a, settings.head_b]
    made = heads.pop(1 if person == "first" else 0)
    assert heads == [character.armature]
    assert made.name == ("Ben" if person == "first" else "Anna")
    assert (_places(own), [(block.parent, tuple(block.users_collection)) for block in own]) == before
    assert len(conversations_of(scene)) == 1
    assert len([thing for thing in scene.objects if thing.type == "ARMATURE"]) == 2
    assert len([thing for thing in settings.collection.objects if thing.type == "CAMERA"]) == 5
    seen = person_of(character.armature)
    between = np.array(eyes_midpoint(made) - seen.eyes)
    np.testing.assert_allclose(between / np.linalg.norm(between), FACED, atol=1e-3)
    assert 0.8 < np.linalg.norm(between) < 1.2
    assert np.dot(facing(made), -FACED) > np.cos(0.4)
    assert objects_between_heads(scene) == []


def test_cameras_see_both_a_character_of_ones_own_and_the_head_that_was_built(scene):
    from bpy_extras.object_utils import world_to_camera_view

    character = picked(scene)
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message
    bpy.context.view_layer.update()

    two = next(thing for thing in settings_of(scene).collection.objects if thing.name.startswith("Two-shot"))
    for eyes in (person_of(character.armature).eyes, eyes_midpoint(settings_of(scene).head_b)):
        seen = world_to_camera_view(scene, two, eyes)
        assert 0.05 < seen.x < 0.95
        assert 0.05 < seen.y < 0.95
        assert seen.z > 0.0


@pytest.mark.parametrize(
    ("doing", "count"), [("Building Ben", 40), ("Dressing Ben", 5), ("Combing Ben", 4), ("Arranging the set", 3)]
)
def test_a_head_that_is_given_up_leaves_a_character_of_ones_own_alone(scene, doing, count):
    character = picked(scene)
    before = _everything(), _places([character.armature, *character.meshes]), scene.world, scene.camera
    steps, _ = _begun(doing, count)

    steps.close()

    assert (_everything(), _places([character.armature, *character.meshes]), scene.world, scene.camera) == before
    assert (settings_of(scene).head_a, settings_of(scene).head_b) == (character.armature, None)


def _set(settings):
    return {thing.name: thing.matrix_basis.copy() for thing in settings.collection.objects if ROLE_PROPERTY in thing}


def _without(head):
    for child in (*head.children, head):
        bpy.data.objects.remove(child)


def test_one_head_that_was_deleted_is_built_anew_into_the_set_that_is_there(conversation):
    settings = settings_of(conversation)
    root = root_of(settings.collection)
    root.location = (3.0, 4.0, 0.0)
    bpy.context.view_layer.update()
    before = eyes_midpoint(settings.head_b).copy()
    set_before = _set(settings)
    anna = settings.head_a
    _without(settings.head_b)

    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings.message

    bpy.context.view_layer.update()
    assert settings.head_a == anna
    assert settings.head_b.parent == root == anna.parent
    np.testing.assert_allclose(eyes_midpoint(settings.head_b), before, atol=1e-5)
    assert [collection.name for collection in bpy.data.collections] == [settings.collection.name]
    assert _set(settings) == set_before
    assert len([thing for thing in settings.collection.objects if thing.type == "CAMERA"]) == 5


def test_a_head_that_is_given_up_leaves_the_other_one_and_its_set(conversation):
    _without(settings_of(conversation).head_b)
    before = _everything()
    steps, _ = _begun("Dressing Ben", 3)

    steps.close()

    assert _everything() == before


def test_panel_asks_for_the_head_that_is_missing(scene):
    picked(scene)

    said = drawn(cast_panel.DUOLOGUE_PT_cast, scene)

    assert {"Mine", "Second person", "Add conversation"} <= set(said)
    assert start_here._missing(settings_of(scene)) == "the second head"


def test_take_lands_on_the_head_that_was_built_opposite_a_character_of_ones_own(
    scene, take_folders, tmp_path, monkeypatch
):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    character = picked(scene)
    before = _places([character.armature])
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message
    settings = settings_of(scene)
    settings.track_a, settings.track_b = str(write_wave(tmp_path / "a.wav")), str(write_wave(tmp_path / "b.wav"))

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    bpy.context.view_layer.update()
    assert _places([character.armature]) == before
    between = np.array(eyes_midpoint(settings.head_b) - person_of(character.armature).eyes)
    assert 0.3 < np.linalg.norm(between) < 2.5
    assert np.dot(between / np.linalg.norm(between), FACED) > np.cos(0.35)
