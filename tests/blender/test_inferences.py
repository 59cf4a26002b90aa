"""What is not to be inferred from the sentence stays with the conversation, for as long as its words are there."""

import json
import os
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.command_arguments import command_parser, fill_settings
from duologue.addon.interface.scene_panel import (
    DUOLOGUE_PT_inferred,
    DUOLOGUE_PT_reading,
    DUOLOGUE_PT_scene,
    _draw_inferred,
)
from duologue.addon.settings.conversations import forget_conversation, new_conversation
from duologue.addon.settings.inferences import (
    Inferred,
    all_inferences,
    inferred,
    keys_left_out,
    leave_out,
    left_out,
    show_inferred,
)
from duologue.addon.settings.properties import settings_of
from duologue.addon.settings.scene_properties import reading_key

from tests.support.drawn_panel import Layout, drawn, sidebar

WORKER = pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="python3 build.py test sets up the worker")

LIFT = Inferred("posture:0:elevator", "Elevator", "both stand")
RAIN = Inferred("distance:umbrella", "share an umbrella", "0.5 m apart")


@pytest.fixture
def settings(scene):
    settings = settings_of(scene)
    settings.prompt = "in an elevator they share an umbrella"
    return settings


def test_what_is_left_out_counts_while_its_words_are_in_the_sentence(settings):
    leave_out(settings, [LIFT, RAIN, LIFT])
    assert left_out(settings) == [LIFT, RAIN]
    assert keys_left_out(settings) == ["distance:umbrella", "posture:0:elevator"]

    settings.prompt = "in an ELEVATOR-like room"
    assert left_out(settings) == [LIFT]
    leave_out(settings, [])
    settings.prompt = "in an elevator they share an umbrella"
    assert left_out(settings) == [LIFT]


@pytest.mark.parametrize("text", ["", "{", "5", "[1]", "[[]]", '[["a", "b", "c", "d"]]', "null"])
def test_text_that_is_no_list_of_inferences_leaves_nothing_out(settings, text):
    settings.prompt_without = text

    assert left_out(settings) == []
    leave_out(settings, [LIFT])
    assert left_out(settings) == [LIFT]


def test_a_new_conversation_takes_over_what_the_old_one_leaves_out_and_keeps_it_alone(scene, settings):
    leave_out(settings, [LIFT])

    other = new_conversation(scene)

    assert left_out(other) == [LIFT]
    forget_conversation(scene, settings_of(scene).id_data.duologue)
    assert left_out(settings_of(scene)) == [LIFT]


def test_the_command_line_names_keys_and_forgets_those_of_the_file(scene, settings):
    leave_out(settings, [LIFT])
    words = ["animate", "--a", "a.wav", "--b", "b.wav", "--save", "x.blend", "--prompt", "an elevator"]
    keys = ["--prompt-without", "mood:odd", "--prompt-without", "a:1"]

    fill_settings(bpy.context, command_parser().parse_args([*words, *keys]))

    assert keys_left_out(settings) == ["a:1", "mood:odd"]
    assert json.loads(settings.prompt_without) == [["mood:odd", "", ""], ["a:1", "", ""]]


def many(count):
    return [Inferred(f"mood:word{number}", f"word{number}", f"meaning {number}") for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 30])
def test_however_much_is_inferred_the_panel_has_as_many_rows(scene, settings, count):
    show_inferred(settings, [])
    rows = len(drawn(DUOLOGUE_PT_scene, scene)), len(rows_of(scene))

    show_inferred(settings, many(count))

    said = drawn(DUOLOGUE_PT_scene, scene)
    assert len(rows_of(scene)) == rows[1] == 3
    assert len(said) == rows[0] + min(count, 3 if count < 4 else 2)  # a button each
    assert (f"{count - 2} more" in said) == (count > 3)


def rows_of(scene):
    layout = Layout()
    _draw_inferred(layout, sidebar(scene), settings_of(scene))
    (_header, body) = layout.panels[0]
    return body.made[0].made


def test_the_cross_leaves_one_out_the_arrow_brings_it_back_and_both_are_undone(scene, settings):
    show_inferred(settings, [LIFT, RAIN])

    assert bpy.ops.duologue.leave_out_inference(key=RAIN.key) == {"FINISHED"}
    assert keys_left_out(settings) == [RAIN.key]
    assert request_of_sentence(settings) == (RAIN.key,)
    for panel in (DUOLOGUE_PT_scene, DUOLOGUE_PT_inferred):
        said = " ".join(drawn(panel, scene))
        assert 0 <= said.index(LIFT.meaning) < said.index(RAIN.meaning)

    bpy.ops.duologue.leave_out_inference(key=LIFT.key)
    bpy.ops.duologue.restore_inferences(key=RAIN.key)
    assert keys_left_out(settings) == [LIFT.key]
    bpy.ops.duologue.restore_inferences()
    assert keys_left_out(settings) == []
    assert not bpy.ops.duologue.restore_inferences.poll()
    for name in ("leave_out_inference", "restore_inferences"):
        assert "UNDO" in getattr(bpy.types, f"DUOLOGUE_OT_{name}").bl_options


def test_the_order_is_that_of_the_sentence_whether_something_is_left_out_or_not(settings):
    show_inferred(settings, [RAIN, LIFT])
    before = all_inferences(settings)
    assert before == [LIFT, RAIN]

    leave_out(settings, [LIFT])
    assert all_inferences(settings) == before
    show_inferred(settings, [RAIN])
    assert all_inferences(settings) == before


def request_of_sentence(settings):
    return tuple(json.loads(reading_key(settings))[3])


def test_what_a_row_has_no_room_for_is_in_its_buttons_tooltip_and_in_the_pop_up(scene, settings):
    show_inferred(settings, [LIFT, RAIN])
    kind = bpy.types.DUOLOGUE_OT_leave_out_inference

    told = kind.description(bpy.context, SimpleNamespace(key=RAIN.key))

    assert RAIN.meaning in told
    assert LIFT.meaning not in told
    leave_out(settings, [LIFT])
    said = " ".join(drawn(DUOLOGUE_PT_reading, scene))
    assert RAIN.meaning in said
    assert LIFT.meaning not in said


def test_what_is_not_inferred_any_more_cannot_be_left_out(settings):
    show_inferred(settings, [LIFT])

    assert bpy.ops.duologue.leave_out_inference(key="of an hour ago") == {"CANCELLED"}
    assert settings.prompt_without == ""


def test_another_choice_makes_the_sentence_unread(settings):
    before = reading_key(settings)

    leave_out(settings, [LIFT])

    assert reading_key(settings) != before
    settings.prompt = "in a shed"
    assert json.loads(reading_key(settings))[3] == []


@WORKER
def test_what_is_left_out_is_read_as_unknown_and_remembered_with_its_words(scene, settings):
    settings.prompt = "Anna is agnry"
    assert bpy.ops.duologue.read_sentence() == {"FINISHED"}, settings.message
    (found,) = inferred(settings)
    assert (found.words, settings.prompt_missed) == ("agnry", "")
    assert json.loads(settings.prompt_staging)["places"][0]["mood"] == "angry"

    bpy.ops.duologue.leave_out_inference(key=found.key)
    bpy.ops.duologue.read_sentence()

    assert inferred(settings) == []
    assert "agnry" in settings.prompt_missed
    assert json.loads(settings.prompt_staging)["places"][0]["mood"] == "neutral"
    assert request_of_sentence(settings) == (found.key,)

    settings.prompt = "Anna is happy"
    bpy.ops.duologue.read_sentence()
    assert settings.prompt_without == ""


def test_what_is_left_out_survives_the_file(scene, settings, tmp_path):
    leave_out(settings, [LIFT])
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))

    assert left_out(settings_of(bpy.context.scene)) == [LIFT]
