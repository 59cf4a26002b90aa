"""What the panel Character asks of Blender is there; the background has no window, so the layout is a stand-in."""

import bpy
import pytest
from duologue.addon.interface.character_panel import DUOLOGUE_PT_character
from duologue.addon.settings.properties import settings_of

from tests.support.drawn_panel import drawn


def _drawn():
    return drawn(DUOLOGUE_PT_character, bpy.context.scene)


@pytest.fixture
def conversation(pair, tmp_path, monkeypatch):
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, path="", **__: str(tmp_path / "settings" / path))
    return settings_of(pair)


def test_without_a_head_it_says_what_to_press(scene):
    assert "Press Add conversation first" in _drawn()


def test_a_heads_shape_looks_and_habits_are_there_under_an_artists_words(conversation):
    said = _drawn()

    assert {
        "Person",
        "Age",
        "Nose",
        "Tip up",
        "Neck",
        "Looks",
        "Skin",
        "Hair style",
        "Habits",
        "Gaze at partner",
    } <= set(said)
    assert "Shape" not in said
    assert "Remove" not in said


def test_ones_own_characters_can_be_removed(conversation):
    bpy.ops.duologue.save_character(name="Mira")

    assert "Remove" in _drawn()


def test_a_head_without_a_known_character_asks_for_one(conversation):
    conversation.head_a.duologue_character.source = ""

    said = _drawn()

    assert "Load a character to edit this head" in said
    assert "Looks" not in said
