"""*Load example dialogue*: something to press Generate with."""

import bpy
from duologue.addon.conversation import audio_paths, missing_input
from duologue.addon.interface.operators import load_example
from duologue.addon.settings.properties import heads_of, people_of, settings_of
from duologue.backend.contract.errors import ExitCode


def test_an_empty_scene_gets_heads_sound_and_a_sentence(scene):
    assert bpy.ops.duologue.load_example() == {"FINISHED"}, settings_of(scene).message

    settings = settings_of(scene)
    assert people_of(settings) == ("Anna", "Ben")
    assert [path.name for path in audio_paths(settings)] == ["anna.flac", "ben.flac"]
    assert missing_input(settings) is None


def test_heads_that_are_there_stay(played):
    before = heads_of(settings_of(played))

    assert bpy.ops.duologue.load_example() == {"FINISHED"}

    assert heads_of(settings_of(played)) == before
    assert [path.parent.name for path in audio_paths(settings_of(played))] == ["demo", "demo"]


def test_an_installation_without_it_says_so_and_changes_nothing(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(load_example, "_FOLDER", tmp_path)

    assert bpy.ops.duologue.load_example() == {"CANCELLED"}

    assert settings_of(scene).message_code == ExitCode.AUDIO_NOT_FOUND
    assert heads_of(settings_of(scene)) == (None, None)


def test_heads_that_cannot_be_built_leave_the_choice_of_characters(scene, tmp_path, monkeypatch):
    settings_of(scene).character_a = "walter"
    monkeypatch.setenv("DUOLOGUE_ASSETS", str(tmp_path))

    assert bpy.ops.duologue.load_example() == {"CANCELLED"}

    assert settings_of(scene).character_a == "walter"
    assert settings_of(scene).track_a == ""


def test_the_cube_of_blenders_start_gives_way_to_the_example():
    bpy.ops.wm.read_factory_settings()

    assert bpy.ops.duologue.load_example() == {"FINISHED"}

    names = set(bpy.context.scene.objects.keys())
    assert not names & {"Cube", "Light"}
    assert "Cube" not in bpy.data.meshes


def test_a_cube_that_an_artist_has_moved_stays():
    bpy.ops.wm.read_factory_settings()
    bpy.data.objects["Cube"].location.x = 3.0

    assert bpy.ops.duologue.load_example() == {"FINISHED"}

    assert "Cube" in bpy.context.scene.objects
