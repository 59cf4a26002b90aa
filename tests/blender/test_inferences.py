"""What is not to be inferred from the sentence stays with the conversation, for as long as its words are there."""

import json

import pytest
from duologue.addon.command_arguments import command_parser, fill_settings
from duologue.addon.settings.conversations import forget_conversation, new_conversation
from duologue.addon.settings.inferences import Inferred, keys_left_out, leave_out, left_out
from duologue.addon.settings.properties import settings_of

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
    from bpy import context

    leave_out(settings, [LIFT])
    words = ["animate", "--a", "a.wav", "--b", "b.wav", "--save", "x.blend", "--prompt", "an elevator"]
    keys = ["--prompt-without", "mood:odd", "--prompt-without", "a:1"]

    fill_settings(context, command_parser().parse_args([*words, *keys]))

    assert keys_left_out(settings) == ["a:1", "mood:odd"]
    assert json.loads(settings.prompt_without) == [["mood:odd", "", ""], ["a:1", "", ""]]
