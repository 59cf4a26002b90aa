"""Undo brings back everything as it was before an operator of Duologue's, and redo what it did."""

import bpy
import pytest
from duologue.addon.heads.rig import build_head
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.face import Face

from tests.support import vendor_rigs
from tests.support.flame_reference import synthetic_face
from tests.support.scene_state import changes, state
from tests.support.staged_worker import fake_python, write_wave
from tests.support.vendors import VENDORS


def of(scene):
    return settings_of(scene)


def load_character(_settings):
    return bpy.ops.duologue.load_character(character="walter", person="first")


def show_first(_settings):
    return bpy.ops.duologue.show_conversation(number=0)


def back_to_the_sentence(settings):
    settings.staging.used = True
    return bpy.ops.duologue.stage_by_sentence()


def groom(settings):
    """Hair that a slider moved along does not lie as it would grow."""
    settings.head_a.duologue_character.identity[0].value += 1.0
    return bpy.ops.duologue.regrow_hair()


ON_HEADS = {
    "generate": lambda _: bpy.ops.duologue.generate(),
    "variation": lambda _: bpy.ops.duologue.generate(anew="variation"),
    "range": lambda _: bpy.ops.duologue.generate(anew="range"),
    "write keys": lambda _: bpy.ops.duologue.write_keys(),
    "remove conversation": lambda _: bpy.ops.duologue.remove_conversation(),
    "new conversation": lambda _: bpy.ops.duologue.new_conversation(),
    "another conversation": lambda _: bpy.ops.duologue.add_conversation(),
    "show conversation": show_first,
    "back to the sentence": back_to_the_sentence,
    "load character": load_character,
    "random person": lambda _: bpy.ops.duologue.random_character(seed=3),
    "groom": groom,
    "add controls": lambda _: bpy.ops.duologue.add_controls(person="second"),
}


def undone_and_redone(act, settings):
    """What is not as it was after undo, and not as it became after redo."""
    bpy.ops.ed.undo_push(message="before")
    before = state()
    assert act(settings) == {"FINISHED"}, settings_of(bpy.context.scene).message
    bpy.ops.ed.undo_push(message="done")
    after = state()
    bpy.ops.ed.undo()
    back = changes(before, state())
    bpy.ops.ed.redo()
    return changes(before, after), back, changes(after, state())


@pytest.mark.parametrize("name", ON_HEADS)
def test_what_is_done_to_a_conversation_is_undone_exactly(played, name):
    settings = of(played)
    settings.start_frame = 11
    done, back, again = undone_and_redone(ON_HEADS[name], settings)

    assert done or name == "show conversation"
    assert back == []
    assert again == []


def test_conversation_that_was_added_is_undone_exactly(scene):
    cube = bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube"))
    scene.collection.objects.link(cube)
    done, back, again = undone_and_redone(lambda _: bpy.ops.duologue.add_conversation(), of(scene))

    assert any(line.startswith("objects/Anna.") for line in done)
    assert (back, again) == ([], [])


def test_take_over_an_artist_s_animation_is_undone_exactly(scene, take_folders, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    settings = of(scene)
    settings.mix, settings.audio_kind = str(write_wave(tmp_path / "a.wav")), "mix"
    characters = [vendor_rigs.build(VENDORS["arkit-52"], name) for name in ("Anna", "Ben")]
    settings.head_a, settings.head_b = (character.armature for character in characters)
    for character in characters:
        character.armature.keyframe_insert("location", frame=3)
    done, back, again = undone_and_redone(lambda _: bpy.ops.duologue.generate(), settings)

    assert done
    assert (back, again) == ([], [])


def test_controls_that_were_added_are_undone_exactly(scene):
    of(scene).head_a = build_head(bpy.context, synthetic_face(Face), {}, "Anna")
    done, back, again = undone_and_redone(lambda _: bpy.ops.duologue.add_controls(person="first"), of(scene))

    assert done
    assert (back, again) == ([], [])
