"""Characters of the artist's own: saved, listed, found, loaded, and refused where they are broken."""

import json

import bpy
import numpy as np
import pytest
from duologue.addon import command
from duologue.addon.characters.character_editing import edited_character
from duologue.addon.heads.hair import hair_of
from duologue.addon.settings.character_properties import character_items, own_characters
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode

from tests.support.edited_head import slide
from tests.support.head_comparison import shapes_of
from tests.support.staged_worker import fake_python, write_wave


def test_seventh_is_saved_listed_found_and_loaded(conversation, tmp_path):
    slide(conversation.head_a, chin_cleft=0.5)
    conversation.head_a.duologue_character.garment_colour = (0.5, 0.0, 0.5)

    assert bpy.ops.duologue.save_character(name="Mira") == {"FINISHED"}, conversation.message

    assert [item[0] for item in character_items(None, None)][-1] == "mira"
    assert (conversation.character_a, conversation.character_b) == ("mira", "ben")
    conversation.character_edited = "second"
    assert bpy.ops.duologue.load_character(character="mira") == {"FINISHED"}
    assert edited_character(conversation.head_b) == json.loads((own_characters() / "mira.json").read_text())
    assert edited_character(conversation.head_b)["identity"]["chin_cleft"] == 0.5


def test_fields_that_the_editor_does_not_know_survive_load_edit_and_save(conversation):
    character = {
        "name": "Zoe",
        "tattoo": {"where": ["neck"]},
        "hair": {"style": "braids", "beads": 3},
        "skin": {"scar": 1},
    }
    own_characters().mkdir(parents=True)
    (own_characters() / "zoe.json").write_text(json.dumps(character), encoding="utf-8")
    bpy.ops.duologue.load_character(character="zoe")
    conversation.head_a.duologue_character.skin_blush = 1.0

    bpy.ops.duologue.save_character(name="Zoe", replace=True)

    assert json.loads((own_characters() / "zoe.json").read_text()) == character | {"skin": {"scar": 1, "blush": 1.0}}


def test_saving_over_another_needs_a_word_and_bad_names_a_sentence(conversation):
    bpy.ops.duologue.save_character(name="Mira")
    saved = (own_characters() / "mira.json").read_text()
    slide(conversation.head_a, age=0.9)

    for name in ("Mira", "a/b", "Anna", ""):
        assert bpy.ops.duologue.save_character(name=name) == {"CANCELLED"}
        assert conversation.message_is_error
        assert conversation.message_code == ExitCode.CHARACTER_INVALID

    assert (own_characters() / "mira.json").read_text() == saved
    assert [path.name for path in own_characters().iterdir()] == ["mira.json"]


def test_menu_choice_is_the_same_person_after_others_come_and_go(conversation):
    bpy.ops.duologue.save_character(name="Mira")
    for name in ("Aaron", "Zoe"):
        bpy.ops.duologue.save_character(name=name)
    conversation.character_b = "mira"

    bpy.ops.duologue.remove_character(character="aaron")

    assert conversation.character_b == "mira"
    assert "aaron" not in [item[0] for item in character_items(None, None)]


def test_a_character_that_is_gone_is_a_sentence(conversation):
    bpy.ops.duologue.save_character(name="Mira")
    (own_characters() / "mira.json").unlink()
    conversation.head_a = conversation.head_b = None

    assert bpy.ops.duologue.add_conversation() == {"CANCELLED"}

    assert conversation.message_code == ExitCode.CHARACTER_INVALID


@pytest.mark.parametrize(
    "broken",
    [
        {"skin": {"colour": "red"}},
        {"identity": {"nosiness": 1.0}},
        {"habits": {"blinking": 1.0}},
        {"hair": 3},
        {"identity": {"age": "old"}},
    ],
    ids=str,
)
def test_a_broken_file_is_a_sentence_and_leaves_the_head_as_it_was(conversation, broken):
    own_characters().mkdir(parents=True)
    (own_characters() / "zoe.json").write_text(json.dumps({"name": "Zoe"} | broken), encoding="utf-8")
    before, shape = edited_character(conversation.head_a), shapes_of(conversation.head_a)["Basis"]

    assert bpy.ops.duologue.load_character(character="zoe") == {"CANCELLED"}

    assert conversation.message_code == ExitCode.CHARACTER_INVALID
    assert edited_character(conversation.head_a) == before
    np.testing.assert_array_equal(shapes_of(conversation.head_a)["Basis"], shape)
    assert len(hair_of(conversation.head_a)) == 2


def test_command_line_finds_own_characters_by_name_and_by_path(scene, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, path="", **__: str(tmp_path / "settings" / path))
    own_characters().mkdir(parents=True)
    (own_characters() / "mine.json").write_text('{"name": "Mine", "identity": {"age": 0.6}}', encoding="utf-8")
    (tmp_path / "other.json").write_text('{"name": "Other", "habits": {"gaze": 0.5}}', encoding="utf-8")
    tracks = ["--a", str(write_wave(tmp_path / "a.wav")), "--b", str(write_wave(tmp_path / "b.wav"))]
    chosen = ["--character-a", "mine", "--character-b", str(tmp_path / "other.json")]

    assert command.main(["animate", *tracks, *chosen, "--save", str(tmp_path / "out.blend")]) == ExitCode.OK

    settings = settings_of(bpy.context.scene)
    assert (settings.head_a.name, settings.head_b.name, settings.character_a) == ("Mine", "Other", "mine")
    again = ["--character-a", "anna", "--save", str(tmp_path / "again.blend")]
    assert command.main(["animate", *tracks, *again]) == ExitCode.OK
    assert edited_character(settings_of(bpy.context.scene).head_a)["name"] == "Anna"
