"""Who a sentence is about: names, pronouns, sides, and people who are named together."""

import pytest

from backend.staging.prompt import stage_prompt


def places(sentence, names=("Anna", "Ben")):
    return stage_prompt(sentence, names).staging.places


def test_each_clause_is_about_its_own_subject():
    anna, ben = places("Anna leans in, Ben looks away")

    assert anna.lean > 0.1
    assert ben.lean == 0
    assert ben.gaze_away > 0.4
    assert anna.gaze_away == 0


def test_the_one_who_is_looked_at_does_not_look():
    anna, ben = places("Anna stares at Ben, who is nervous")

    assert (anna.gaze_held > 0, ben.gaze_held > 0) == (True, False)
    assert (anna.mood, ben.mood) == ("neutral", "tense")


def test_pronouns_find_their_person():
    anna, ben = places("she is happy but he looks down")

    assert (anna.mood, ben.mood) == ("happy", "neutral")
    assert ben.away is not None
    assert ben.away[1] < 0


def test_a_pronoun_that_could_be_either_is_reported():
    staged = stage_prompt("she leans in", ("Anna", "Emma"))

    assert any("“she”" in warning for warning in staged.warnings)


def test_own_names_are_understood_in_any_case_and_of_several_words():
    first, second = places("JEAN-LUC is angry; mrs. öztürk sits back", ("Jean-Luc", "Mrs. Öztürk"))

    assert first.mood == "angry"
    assert second.lean < 0


def test_and_joins_two_subjects_or_starts_a_new_clause():
    together = places("Anna and Ben are sad")
    apart = places("Anna leans in and Ben leans back")

    assert [place.mood for place in together] == ["sad", "sad"]
    assert apart[0].lean > 0 > apart[1].lean


def test_sentences_are_read_one_by_one():
    anna, ben = places("Anna avoids Ben. Anna and Ben side by side, an angry conversation")

    assert (anna.mood, ben.mood) == ("angry", "angry")
    assert (anna.gaze_away > 0.4, ben.gaze_away) == (True, 0.0)


def test_each_other_is_about_its_own_sentence():
    anna, ben = places("Ben leans back. Anna and Ben talk to each other")

    assert ben.lean < 0
    assert anna.lean == 0


def test_a_name_of_several_words_is_one_person():
    people = ("Mrs. Hall", "Jean-Luc")

    together = places("Mrs. Hall and Jean-Luc are sad", people)
    hall, luc = places("Jean-Luc leans towards Mrs. Hall. Mrs. Hall looks down", people)

    assert [place.mood for place in together] == ["sad", "sad"]
    assert hall.lean == 0 < luc.lean
    assert hall.away is not None
    assert luc.away is None


def test_a_point_in_a_name_does_not_make_every_sentence_about_it():
    hall, ben = places("They talk. Both are sad.", ("Mrs. Hall", "Ben"))

    assert (hall.mood, ben.mood) == ("sad", "sad")


@pytest.mark.parametrize(
    "sentence", ["Anna looks Ben in the eye", "At the table Anna stares at Ben", "Anna accuses Ben and stares at him"]
)
def test_who_looks_is_not_who_is_looked_at(sentence):
    anna, ben = places(sentence)

    assert (anna.gaze_held > 0, ben.gaze_held) == (True, 0.0)


def test_who_cannot_stop_looking_away_looks_away():
    assert places("Ben can't stop looking away")[1].gaze_away > 0.4


def test_somebody_is_known_by_their_side():
    anna, ben = places("the one on the left leans in, the person on the right looks down")
    swapped = places("Ben is on the left. The one on the left leans in")

    assert anna.lean > 0.1
    assert ben.away is not None
    assert (swapped[0].lean, swapped[1].lean > 0.1) == (0.0, True)


def test_sides_are_taken_from_the_sentence():
    anna, ben = places("Ben on the left")

    assert ben.position[0] < 0 < anna.position[0]
    assert ben.facing > 0 > anna.facing


def test_two_people_on_one_side_are_reported():
    staged = stage_prompt("Anna on the left, Ben on the left")

    assert any("cannot both" in warning for warning in staged.warnings)


def test_what_follows_two_people_and_a_comma_is_about_both():
    tall, short = places("A tall woman and a short man, standing")

    assert (tall.posture, short.posture) == ("standing", "standing")
    assert tall.position[1] > short.position[1] + 0.1


@pytest.mark.parametrize(
    ("sentence", "leaning"),
    [
        ("Anna and Ben talk. The former leans in, the latter looks away.", 0),
        ("Ben and Anna talk. The former leans in, the latter looks away.", 1),
    ],
)
def test_the_former_is_who_was_named_first(sentence, leaning):
    people = places(sentence)

    assert people[leaning].lean > 0.1
    assert people[1 - leaning].lean == 0
    assert people[1 - leaning].gaze_away > people[leaning].gaze_away
