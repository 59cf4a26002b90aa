"""What the panel Character asks of Blender is there; the background has no window, so the layout is a stand-in."""

from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.character_panel import DUOLOGUE_PT_character
from duologue.addon.settings.properties import settings_of


class Layout:
    """Takes what a panel draws and refuses properties and operators that are not there."""

    def __init__(self, said=None):
        self.said = [] if said is None else said

    def row(self, **_):
        return Layout(self.said)

    column = row

    def panel(self, _identifier, *, default_closed):
        return Layout(self.said), Layout(self.said)

    def label(self, *, text, icon="NONE"):
        self.said.append(text)

    def prop(self, owner, name, *, text=None, **_):
        self.said.append(text or owner.bl_rna.properties[name].name)

    def operator(self, name, *, text=None, **_):
        kind = getattr(bpy.ops.duologue, name.removeprefix("duologue.")).get_rna_type()
        self.said.append(text or kind.name)

    def operator_menu_enum(self, name, enum, *, text, **_):
        assert enum in getattr(bpy.ops.duologue, name.removeprefix("duologue.")).get_rna_type().properties
        self.said.append(text)


def _drawn():
    layout = Layout()
    panel = SimpleNamespace(layout=layout)
    for name in ("_draw_shape", "_draw_looks", "_draw_habits"):
        setattr(panel, name, getattr(DUOLOGUE_PT_character, name).__get__(panel))
    DUOLOGUE_PT_character.draw(panel, bpy.context)
    return layout.said


@pytest.fixture
def conversation(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, path="", **__: str(tmp_path / "settings" / path))
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message
    return settings_of(scene)


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
