"""What nobody asked for is counted: people without a label of a kind who are not as in the default staging."""

from dataclasses import replace

from backend.staging.values import PersonValues, StagingValues
from lab.sentences.corpus import Label, Sentence
from lab.sentences.unasked import unasked

LEFT = PersonValues(-0.55, 1.2, 0.0, 64.0, "seated", 0.0, "neutral", 0.0, None, None, 0.0)
RIGHT = replace(LEFT, x=0.55, facing_degrees=-64.0)
DEFAULT = StagingValues("across_a_table", 1.1, (LEFT, RIGHT))
BOTH_ANGRY = StagingValues("across_a_table", 1.1, (replace(LEFT, mood="angry"), replace(RIGHT, mood="angry")))


def count(labels, values, *, any_order=False, contradictions=()):
    return unasked(Sentence("x-1", "", ("", ""), labels, contradictions), values, DEFAULT, any_order=any_order)


def test_who_has_a_label_is_asked_and_the_other_is_not():
    free, changed = count((Label("q", 0, "mood", "angry"),), BOTH_ANGRY)

    assert free == {"posture": 2, "lean": 2, "gaze": 2, "mood": 1}
    assert changed == {"mood": 1}
    assert count((Label("q", "both", "mood", "sad", implied=True),), BOTH_ANGRY)[1] == {}


def test_a_label_of_what_is_faced_or_how_both_are_placed_asks_for_a_look():
    looks = StagingValues("across_a_table", 1.1, (replace(LEFT, gaze_away=0.6), RIGHT))

    assert count((Label("q", 0, "facing", "thing"),), looks)[1] == {}
    assert count((Label("q", 1, "facing", "thing"),), looks)[1] == {"gaze": 1}
    assert count((Label("q", 1, "facing", "thing"),), looks, any_order=True)[1] == {}
    assert count((Label("q", "scene", "arrangement", "back_to_back"),), looks)[1] == {}


def test_a_sentence_that_stages_nothing_or_contradicts_itself_has_nobody():
    mood = (Label("q", 0, "mood", "sad"),)

    assert count((), BOTH_ANGRY) == ({}, {})
    assert count(mood, BOTH_ANGRY, contradictions=(("q", "r"),)) == ({}, {})
