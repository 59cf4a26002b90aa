"""Blender points at the texts of a menu that is made anew, so the same text has to be the same object each time."""

from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.heads.faces import face_items
from duologue.addon.interface.operators.mapping import _preset_items
from duologue.addon.interface.operators.use_strips import _channel_items
from duologue.addon.menu_texts import lasting
from duologue.addon.settings.adjust_properties import _shown_items
from duologue.addon.settings.character_properties import character_items, own_items
from duologue.addon.settings.generate_properties import _reaction_items
from duologue.addon.settings.properties import settings_of
from duologue.addon.settings.staging_properties import mood_items


@pytest.fixture
def strips(scene, monkeypatch):
    """Sound strips on two channels; some of Blender's modules can place none."""
    found = [SimpleNamespace(channel=3, name="Interview"), SimpleNamespace(channel=1, name="Questions")]
    monkeypatch.setattr("duologue.addon.interface.operators.use_strips.strip_sounds", lambda _: found)


MENUS = {
    "reaction": lambda scene: _reaction_items(settings_of(scene), bpy.context),
    "adjusted": lambda scene: _shown_items(settings_of(scene).adjust, bpy.context),
    "presets": lambda _: _preset_items(None, bpy.context),
    "channels": lambda _: _channel_items(None, bpy.context),
    "faces": lambda _: face_items(None, bpy.context),
    "characters": lambda _: character_items(None, bpy.context),
    "own characters": lambda _: own_items(None, bpy.context),
    "moods": lambda _: mood_items(None, bpy.context),
}


@pytest.mark.parametrize("menu", MENUS)
def test_texts_of_a_menu_outlive_another_one_that_was_shown_meanwhile(scene, strips, menu):
    settings = settings_of(scene)
    settings.head_a = bpy.data.objects.new("Zoë", bpy.data.armatures.new("Zoë"))
    before = MENUS[menu](scene)
    addresses = [[id(text) for text in item if isinstance(text, str)] for item in before]

    settings.head_a.name = "Yngve"
    MENUS[menu](scene)
    settings.head_a.name = "Zoë"
    again = MENUS[menu](scene)

    assert before == again
    assert [[id(text) for text in item if isinstance(text, str)] for item in again] == addresses


def test_items_keep_their_numbers_and_icons():
    assert lasting([("a", "A", "The first", "NONE", 7)]) == [("a", "A", "The first", "NONE", 7)]
