"""What the rules read for the network: stand-ins for the words that call people, hints, and doubts that are told."""

import pytest

from backend.staging.prompt.doubts import doubts_of, told
from backend.staging.prompt.facts import SAID, facts_of
from backend.staging.prompt.hints import hints_of
from backend.staging.prompt.model.outputs import OUTPUTS
from backend.staging.prompt.naming import named
from backend.staging.prompt.rules import Seen, read_by_rules
from backend.staging.prompt.statements import Statement
from tests.support.made_probabilities import probabilities

NAMES = ("Anna", "Ben")


@pytest.mark.parametrize(
    ("text", "called", "expected"),
    [
        (
            "The goalkeeper sits. Her coach crouches.",
            ("The goalkeeper", "Her coach"),
            "Firstspeaker sits. Secondspeaker crouches.",
        ),
        ("A nervous candidate waits.", ("A nervous candidate", ""), "A nervous Firstspeaker waits."),
        ("Marta lies, her boy sits.", ("Marta", "her boy"), "Anna lies, her boy sits."),
        ("Two friends talk.", ("", ""), "Two friends talk."),
        ("Anna sits, the nurse stands.", ("Anna", "the nurse"), "Anna sits, Secondspeaker stands."),
        ("He sits, she stands.", ("He", "she"), "He sits, she stands."),
        ("The nun sits, the other nun stands.", ("The nun", "the other nun"), "The nun sits, the other nun stands."),
    ],
)
def test_words_that_call_somebody_become_names(text, called, expected):
    assert named(text, called, NAMES, None).text == expected


def test_a_stand_in_is_nobodys_name():
    assert named("Clara sees Marta.", ("Clara", "Marta"), ("Clara", "Ben"), None).names == ("Clara", "Secondspeaker")
    assert named("Marta sees Anna.", ("Marta", ""), ("Lea", "Ben"), None).names[0] == "Firstspeaker"


def test_phrases_are_given_back_in_the_words_of_the_sentence():
    found = named("The goalkeeper sits.", ("The goalkeeper", ""), NAMES, None)

    assert found.as_written("firstspeaker's heart") == "goalkeeper's heart"


@pytest.mark.parametrize("calls", [("The goalkeeper", "her coach"), ("Marek", "his father"), ("the nun", "the mother")])
def test_what_roles_do_is_theirs(calls):
    text = f"{calls[0]} sits leaning back while {calls[1]} kneels and looks down."

    statements = read_by_rules(text, NAMES, Seen(calls)).reading.statements

    assert {(one.kind, one.people) for one in statements} == {
        ("posture", (0,)), ("lean", (0,)), ("posture", (1,)), ("gaze", (1,)),
    }  # fmt: skip


def test_misspelt_words_are_read_and_found_as_they_are_written():
    reading = read_by_rules("Anna is agnry", NAMES, Seen(NAMES)).reading

    assert [(one.kind, one.value, one.phrase) for one in reading.statements] == [("mood", "angry", "agnry")]
    assert hinted("Anna is agnry") == {("agnry", 0, "mood", "angry")}


def hinted(text, called=NAMES):
    reading = read_by_rules(text, NAMES, Seen(called)).reading
    return {
        (text[hint.start : hint.end], *OUTPUTS[output]) for hint in hints_of(text, reading) for output in hint.outputs
    }


def test_hints_are_what_the_rules_read_where_they_read_it():
    assert hinted("Anna kneels, Ben is not angry.") == {
        ("kneels", 0, "posture", "kneeling"),
        ("angry", 1, "mood", "angry"),
        ("angry", 1, "denied", "mood"),
    }
    assert ("2 m", "scene", "distance", "said") in hinted("2 m between them")
    assert ("taller", "scene", "height", "higher_1") in hinted("Ben is taller")


MOOD = (0, "mood", "sad")
TEXT = "Anna wrings her hands by the window"


def doubted(least, statements=(), said=MOOD):
    made = probabilities(TEXT, {said: ("wrings her hands", SAID["mood"] * least)})
    return doubts_of(TEXT, made, facts_of(TEXT, made), statements)


def test_what_is_nearly_probable_enough_is_told_and_what_is_staged_or_improbable_is_not():
    (doubt,) = doubted(0.7)

    assert (doubt.kind, doubt.value, doubt.people, doubt.words) == ("mood", "sad", (0,), "wrings her hands")
    assert "wrings her hands" in told([doubt], NAMES)[0]
    assert doubted(1.1) == doubted(0.1) == ()


def test_what_the_rules_answer_is_no_doubt():
    angry = Statement("mood", "angry", (0,), negated=False, phrase="fierce")
    of_the_other = Statement("mood", "angry", (1,), negated=False, phrase="fierce")

    assert doubted(0.7, [angry]) == ()
    assert len(doubted(0.7, [of_the_other])) == 1


def test_doubts_about_the_same_words_are_told_in_one_sentence():
    made = probabilities(
        TEXT, {MOOD: ("wrings her hands", 0.3), (0, "posture", "standing"): ("hands by the window", 0.3)}
    )

    assert len(told(doubts_of(TEXT, made, (), ()), NAMES)) == 1
