"""Two and three conversations in a scene: each its own place, cuts, sound and keys."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.settings.conversations import (
    conversation_numbered,
    conversations_of,
    settings_of,
    show_conversation,
)
from duologue.addon.staging.camera_switching import has_markers
from duologue.addon.staging.sightline import eyes_midpoint
from duologue.addon.staging.stage import camera_of

from tests.support.staged_worker import write_wave


def strips(scene):
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return sorted(
        conversation.name for conversation in (editor.strips if hasattr(editor, "strips") else editor.sequences)
    )


def eyes(settings):
    bpy.context.view_layer.update()
    return np.array([eyes_midpoint(head) for head in (settings.head_a, settings.head_b)])


def state(scene, number):
    """What of a conversation another one must leave alone."""
    settings = conversation_numbered(scene, number)
    markers = [
        (marker.name, marker.frame)
        for marker in scene.timeline_markers
        if marker.camera.name in settings.collection.objects
    ]
    places = {thing.name: [list(row) for row in thing.matrix_basis] for thing in settings.collection.objects}
    actions = [head.animation_data.action.name for head in (settings.head_a, settings.head_b)]
    return settings.take, settings.message, sorted(markers), places, actions


@pytest.fixture
def two(played, tmp_path):
    """The second one has been generated too, from frame 201."""
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(played).message
    second = settings_of(played)
    second.track_a, second.track_b = str(write_wave(tmp_path / "c.wav")), str(write_wave(tmp_path / "d.wav"))
    second.start_frame = 201
    assert bpy.ops.duologue.generate() == {"FINISHED"}, second.message
    return played


def test_another_one_stands_beside_the_first_and_not_in_it(two):
    first, second = conversations_of(two)

    assert first.head_a != second.head_a
    assert first.collection != second.collection
    assert abs(eyes(second).mean(axis=0)[0] - eyes(first).mean(axis=0)[0]) > 7.0
    between = np.diff(eyes(second), axis=0)
    np.testing.assert_allclose(between, np.diff(eyes(first), axis=0), atol=1e-4)


def test_third_one_is_in_neither_of_the_two(two):
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}

    middles = sorted(eyes(conversation).mean(axis=0)[0] for conversation in conversations_of(two))
    assert len(middles) == 3
    assert np.diff(middles).min() > 7.0


def test_another_one_avoids_what_the_artist_has_put_beside_the_first(played):
    bpy.ops.mesh.primitive_cube_add(location=(8.0, 0.0, 1.0), size=2.0)

    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}

    assert eyes(settings_of(played)).mean(axis=0)[0] < -7.0


def test_cameras_and_set_go_where_the_artist_moves_the_conversation(two):
    settings = settings_of(two)
    root = settings.head_a.parent
    camera = camera_of(settings.collection, ("two", None))
    bpy.context.view_layer.update()
    before = np.array(root.matrix_world.inverted() @ camera.matrix_world)
    room = next(thing for thing in settings.collection.objects if thing.name.startswith("Room"))

    root.location, root.rotation_euler = (-20.0, 30.0, 1.0), (0.0, 0.0, 0.6)
    bpy.context.view_layer.update()
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message

    bpy.context.view_layer.update()
    np.testing.assert_allclose(root.matrix_world.inverted() @ camera.matrix_world, before, atol=1e-3)
    assert room.parent == root
    assert np.linalg.norm(eyes(settings).mean(axis=0)[:2] - (-20.0, 30.0)) < 1.0


def test_each_has_its_own_cuts_and_sound(two):
    assert all(has_markers(two, conversation.collection) for conversation in conversations_of(two))
    assert len({marker.frame for marker in two.timeline_markers}) == len(two.timeline_markers)
    if strips(two):
        assert strips(two) == ["Duologue a", "Duologue b", "Duologue c", "Duologue d"]


@pytest.mark.parametrize("what", ["write_keys", "generate"])
def test_writing_one_leaves_the_other_as_it_was(two, what):
    before = state(two, 0)

    assert getattr(bpy.ops.duologue, what)() == {"FINISHED"}

    assert state(two, 0) == before
    assert strips(two) in ([], ["Duologue a", "Duologue b", "Duologue c", "Duologue d"])


@pytest.mark.parametrize("gone", [0, 1])
def test_removing_one_leaves_the_other_as_it_was(two, gone):
    before = state(two, 1 - gone)
    show_conversation(two, conversation_numbered(two, gone))

    assert bpy.ops.duologue.remove_conversation() == {"FINISHED"}

    assert state(two, 1 - gone)[0] == before[0]
    assert state(two, 1 - gone)[2:] == before[2:]
    assert [conversation.number for conversation in conversations_of(two)] == [1 - gone]
    assert len([thing for thing in two.objects if thing.type == "ARMATURE"]) == 2
    assert strips(two) in ([], [["Duologue c", "Duologue d"], ["Duologue a", "Duologue b"]][gone])
    assert two.camera.name in settings_of(two).collection.objects


def test_failure_leaves_the_first_one_shown_and_nothing_new(played, monkeypatch, tmp_path):
    monkeypatch.setenv("DUOLOGUE_ASSETS", str(tmp_path))
    objects = set(bpy.data.objects)

    assert bpy.ops.duologue.add_conversation() == {"CANCELLED"}

    assert len(conversations_of(played)) == 1
    assert settings_of(played).message_is_error
    assert set(bpy.data.objects) == objects


def test_heads_that_were_deleted_are_built_anew_in_the_same_conversation(played):
    settings = settings_of(played)
    settings.head_a.parent.location = (3.0, 4.0, 0.0)
    for head in (settings.head_a, settings.head_b):
        for child in (*head.children, head):
            bpy.data.objects.remove(child)

    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}

    assert len(conversations_of(played)) == 1
    assert settings.head_a.name in played.objects
    assert tuple(settings.head_a.parent.location) == (3.0, 4.0, 0.0)
    assert len([thing for thing in played.objects if thing.type == "CAMERA"]) == 5
    assert [collection.name for collection in bpy.data.collections] == [settings.collection.name]


def test_file_with_two_is_the_same_after_it_was_saved_and_opened(two, tmp_path):
    path = tmp_path / "two.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    takes = [Path(bpy.path.abspath(conversation.take)) for conversation in conversations_of(two)]

    bpy.ops.wm.open_mainfile(filepath=str(path))

    opened = conversations_of(bpy.context.scene)
    assert [Path(bpy.path.abspath(conversation.take)) for conversation in opened] == takes
    assert [conversation.number for conversation in opened] == [0, 1]
    assert settings_of(bpy.context.scene) == opened[1]


def test_file_from_before_conversations_had_places_is_written_as_ever(played):
    settings = settings_of(played)
    root, camera = settings.head_a.parent, camera_of(settings.collection, ("two", None))
    bpy.context.view_layer.update()
    before = np.array(camera.matrix_world)
    bpy.data.objects.remove(root)
    for conversation in (settings.head_a, settings.head_b):
        conversation.parent = None
    settings.property_unset("collection")
    settings.property_unset("take_start")

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message

    bpy.context.view_layer.update()
    assert len([thing for thing in played.objects if thing.type == "CAMERA"]) == 5
    np.testing.assert_allclose(camera.matrix_world, before, atol=1e-4)
