"""Several conversations in a scene, each with settings and belongings of its own."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from duologue.addon.heads.hair import hair_of
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface.conversation_panel import DUOLOGUE_PT_conversation, DUOLOGUE_UL_conversations
from duologue.addon.interface.operators import running_job
from duologue.addon.interface.operators.running_job import Job, RunningJob
from duologue.addon.removal import remove_conversation
from duologue.addon.settings.conversations import (
    conversation_numbered,
    conversations_of,
    forget_conversation,
    match_rows,
    new_conversation,
    settings_of,
    show_conversation,
)
from duologue.addon.settings.properties import mapped_head, title_of
from duologue.backend.contract.errors import ExitCode

from tests.support.drawn_panel import drawn
from tests.support.refusals import refused


def head(name):
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(armature)
    return armature


def rows_of_list(scene):
    """What the list shows."""
    found = []
    for index, row in enumerate(scene.duologue_rows):
        layout = SimpleNamespace(prop=lambda owner, name, **_: found.append(getattr(owner, name)))
        DUOLOGUE_UL_conversations.draw_item(None, None, layout, scene, row, 0, scene, "duologue_active", index)
    return found


def named(scene, *names):
    """Conversations with these names, the first of which is the scene's first."""
    settings_of(scene).name = names[0]
    for name in names[1:]:
        new_conversation(scene).name = name
    return conversations_of(scene)


def test_scene_without_a_second_one_is_what_it_was(scene):
    assert settings_of(scene) == scene.duologue
    assert conversations_of(scene) == [scene.duologue]
    assert scene.duologue.number == 0


def test_new_one_is_shown_with_the_choices_but_not_the_sound_and_heads_of_the_one_before(scene):
    first = settings_of(scene)
    first.prompt, first.jaw_strength, first.track_a, first.head_a = "two rivals", 0.5, "/a.wav", head("Ada")

    second = new_conversation(scene)

    assert settings_of(scene) == second
    assert (second.prompt, second.jaw_strength) == ("two rivals", 0.5)
    assert (second.track_a, second.head_a, second.take) == ("", None, "")


def test_every_one_keeps_its_number_whichever_others_go(scene):
    first, second, third = named(scene, "one", "two", "three")
    numbers = {talk.name: talk.number for talk in (first, second, third)}
    assert len(set(numbers.values())) == 3

    forget_conversation(scene, conversations_of(scene)[0])
    assert {talk.name: talk.number for talk in conversations_of(scene)} == {
        name: numbers[name] for name in ("two", "three")
    }
    assert scene.duologue.name == "two"
    assert new_conversation(scene).number not in numbers.values()


@pytest.mark.parametrize(("gone", "shown"), [(0, "three"), (1, "three"), (2, "two")])
def test_the_one_that_is_shown_stays_so_or_a_neighbour_comes(scene, gone, shown):
    conversations = named(scene, "one", "two", "three")

    forget_conversation(scene, conversations[gone])

    assert settings_of(scene).name == shown


def test_what_moves_up_to_the_first_place_keeps_everything(scene):
    second = named(scene, "one", "two")[1]
    second.head_a, second.staging.arrangement, second.staging.second.position = head("Ada"), "table", (1.0, 2.0)
    second.engine, second.seed = "dualtalk", 7

    forget_conversation(scene, scene.duologue)

    left = scene.duologue
    assert (left.name, left.head_a.name, left.engine, left.seed) == ("two", "Ada", "dualtalk", 7)
    assert left.staging.arrangement == "table"
    assert tuple(left.staging.second.position) == (1.0, 2.0)
    assert len(conversations_of(scene)) == 1


def test_last_one_that_goes_leaves_an_empty_one(scene):
    settings = settings_of(scene)
    settings.name, settings.track_a, settings.staging.arrangement = "one", "/a.wav", "table"
    settings.head_a = head("Ada")

    forget_conversation(scene, settings)

    left = settings_of(scene)
    assert (left.name, left.track_a, left.head_a, left.staging.arrangement) == ("", "", None, "")


def test_mapping_table_follows_the_conversation_that_is_shown(scene):
    first, second = named(scene, "one", "two")
    first.head_a, second.head_a = head("Ada"), head("Bo")
    assert mapped_head(scene).name == "Bo"

    show_conversation(scene, conversations_of(scene)[0])

    assert mapped_head(scene).name == "Ada"
    assert scene.duologue_table.shown.name == "Ada"


def test_is_called_by_its_name_or_its_people(scene):
    settings = settings_of(scene)
    assert title_of(settings) == "New conversation"
    settings.head_a, settings.head_b = head("Ada"), head("Bo")
    assert title_of(settings) == "Ada and Bo"
    another = new_conversation(scene)
    first = scene.duologue
    another.head_a, another.head_b = first.head_a, first.head_b
    assert (title_of(first), title_of(another)) == ("Ada and Bo", "Ada and Bo 2")
    first.name = "At the window"
    assert title_of(first) == "At the window"
    assert title_of(another) == "Ada and Bo"


def test_editing_what_it_is_called_gives_it_a_name_and_leaving_it_does_not(scene):
    settings = settings_of(scene)
    settings.head_a, settings.head_b = head("Ada"), head("Bo")

    settings.title = settings.title
    assert (settings.title, settings.name) == ("Ada and Bo", "")
    settings.title = " At the window "
    assert (settings.title, settings.name) == ("At the window", "At the window")
    settings.title = ""
    assert (settings.title, settings.name) == ("Ada and Bo", "")


def test_list_has_a_row_for_each_that_follows_what_is_added_and_removed(scene):
    named(scene, "one", "two", "three")
    assert len(scene.duologue_rows) == 3

    forget_conversation(scene, conversations_of(scene)[0])

    assert len(scene.duologue_rows) == 2
    assert rows_of_list(scene) == ["two", "three"]


def test_list_of_a_scene_that_knows_no_rows_yet_gets_them_when_it_is_shown(scene):
    scene.duologue_more.add().name = "two"
    assert "two" not in drawn(DUOLOGUE_PT_conversation, scene)

    match_rows(scene)

    assert rows_of_list(scene) == ["New conversation", "two"]


def test_a_linked_scene_is_shown_without_touching_it(scene, tmp_path):
    scene.name = "Elsewhere"
    scene.duologue_rows.clear()  # as in a file from before there was a list
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, linked):
        linked.scenes = ["Elsewhere"]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "user.blend"))

    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "user.blend"))

    elsewhere = next(listed for listed in bpy.data.scenes if listed.library is not None)
    assert len(elsewhere.duologue_rows) == 0
    assert drawn(DUOLOGUE_PT_conversation, elsewhere) == []


def test_a_file_that_is_opened_has_its_rows(scene, tmp_path):
    scene.duologue_more.add().name = "two"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "two.blend"))

    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "two.blend"))

    assert len(bpy.context.scene.duologue_rows) == 2


def test_buttons_add_show_and_remove(scene):
    settings_of(scene).name = "one"
    assert bpy.ops.duologue.new_conversation() == {"FINISHED"}
    settings_of(scene).name = "two"

    assert bpy.ops.duologue.show_conversation(number=0) == {"FINISHED"}
    assert settings_of(scene).name == "one"
    assert bpy.ops.duologue.remove_conversation() == {"FINISHED"}
    assert [talk.name for talk in conversations_of(scene)] == ["two"]
    assert bpy.ops.duologue.show_conversation(number=99) == {"CANCELLED"}


def test_conversation_with_a_running_job_is_not_removed(scene, monkeypatch):
    monkeypatch.setattr(RunningJob, "worker", SimpleNamespace())
    monkeypatch.setattr(RunningJob, "scene", scene.name)
    assert not bpy.ops.duologue.remove_conversation.poll()
    new_conversation(scene)
    assert bpy.ops.duologue.remove_conversation.poll()


@pytest.mark.parametrize("lost", ["the mesh", "its shape keys"])
def test_a_head_that_lost_its_mesh_keeps_its_hair_and_can_be_removed(played, lost):
    settings = settings_of(played)
    mesh, hair = head_mesh(settings.head_a), set(hair_of(settings.head_a))
    assert hair
    if lost == "the mesh":
        bpy.data.objects.remove(mesh)
    else:
        mesh.shape_key_clear()

    assert bpy.ops.duologue.regrow_hair() == {"CANCELLED"}
    assert (settings.message_code, set(hair_of(settings.head_a))) == (ExitCode.RIG_UNSUITABLE, hair)
    assert remove_conversation(settings) == ()
    assert not played.objects


def test_removing_takes_what_was_made_for_it_and_leaves_what_the_artist_made(played):
    collection = settings_of(played).collection
    glasses = bpy.data.objects.new("Glasses", bpy.data.meshes.new("Glasses"))
    collection.objects.link(glasses)
    glasses.parent = settings_of(played).head_a
    bpy.context.view_layer.update()
    place = glasses.matrix_world.copy()
    played.timeline_markers.new("Mine", frame=7)

    assert remove_conversation(settings_of(played)) == ("Glasses",)

    bpy.context.view_layer.update()
    assert [thing.name for thing in played.objects] == ["Glasses"]
    np.testing.assert_allclose(glasses.matrix_world, place, atol=1e-6)
    assert [marker.name for marker in played.timeline_markers] == ["Mine"]
    editor = played.sequence_editor
    assert not [*(editor.strips if hasattr(editor, "strips") else editor.sequences)]
    assert not bpy.data.armatures
    assert not bpy.data.cameras
    assert settings_of(played).head_a is None


def test_character_that_duologue_did_not_build_stays_with_its_keys(scene):
    ada = head("Ada")
    ada.animation_data_create().action = bpy.data.actions.new("Walk")
    settings_of(scene).head_a = ada

    remove_conversation(settings_of(scene))

    assert ada.name in scene.objects
    assert ada.animation_data.action.name == "Walk"


def test_take_lands_on_the_conversation_it_was_started_for(played):
    job = Job(played.name, 0, Path("take-001"), (), 0)
    new_conversation(played)

    found = running_job.conversation_of(bpy.context, job)

    assert found == conversation_numbered(played, 0) != settings_of(played)
    with refused(ExitCode.SCENE_UNSUITABLE):
        running_job.conversation_of(bpy.context, replace(job, conversation=99))
