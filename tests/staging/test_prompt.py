from math import degrees
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.staging.presets import arrangements, moods, vocabulary
from backend.staging.prompt import stage_prompt
from backend.staging.stage import staging_from_json

NO_ASSETS = Path("no assets")


def places(sentence, names=("Anna", "Ben")):
    return stage_prompt(sentence, names).staging.places


def test_an_empty_prompt_is_two_people_across_a_small_table_turned_slightly_open():
    staged = stage_prompt("")

    assert staged.warnings == ()
    assert staged.staging.arrangement == "across_a_table"
    assert staged.staging.distance == pytest.approx(1.1)
    anna, ben = staged.staging.places
    assert anna.position[0] < 0 < ben.position[0]
    assert degrees(anna.facing) == pytest.approx(64.0)
    assert degrees(ben.facing) == pytest.approx(-64.0)


@pytest.mark.parametrize(
    ("sentence", "arrangement", "mood"),
    [
        ("old friends across a café table", "across_a_table", "friendly"),
        ("intimate conversation", "intimate", "tender"),
        ("arguing across a table", "across_a_table", "angry"),
        ("They argue.", "arguing", "angry"),
        ("side-by-side on a park bench, sad", "side_by_side", "sad"),
        ("two strangers standing in a hallway", "standing", "neutral"),
        ("standing", "standing", "neutral"),
        ("a tense interview", "across_a_table", "tense"),
        ("side by side at the kitchen table", "side_by_side", "neutral"),
        ("a couple at a restaurant", "across_a_table", "tender"),
    ],
)
def test_sentences_an_artist_would_write(sentence, arrangement, mood):
    staged = stage_prompt(sentence)

    assert staged.staging.arrangement == arrangement
    assert [place.mood for place in staged.staging.places] == [mood, mood]
    assert staged.warnings == ()


def test_arguing_across_a_table_brings_them_closer_than_talking_across_it():
    assert stage_prompt("arguing across a table").staging.distance < stage_prompt("across a table").staging.distance


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


@pytest.mark.parametrize(
    ("sentence", "metres"),
    [
        ("two metres apart", 2.0),
        ("1.5 m apart", 1.5),
        ("half a metre apart", 0.5),
        ("3 feet apart", 0.9144),
        ("80 cm", 0.8),
        ("a metre apart", 1.0),
        ("one and a half metres apart", 1.5),
        ("two and a half feet between them", 0.762),
        ("a couple of metres apart", 2.0),
        ("two friends, two arm's lengths apart", 1.4),
        ("three arms’ lengths apart", 2.1),
    ],
)
def test_distances_are_read(sentence, metres):
    assert stage_prompt(sentence).staging.distance == pytest.approx(metres)


def test_a_distance_that_makes_no_sense_is_limited_and_reported():
    staged = stage_prompt("forty 40 metres apart")

    assert staged.staging.distance == 6.0
    assert any("40 m" in warning for warning in staged.warnings)


def test_close_and_far_change_the_distance():
    assert stage_prompt("close together").staging.distance < 0.9
    assert stage_prompt("far apart").staging.distance > 1.5


@pytest.mark.parametrize("sentence", ["not looking at each other", "Anna and Ben never look at each other"])
def test_not_looking_is_looking_away(sentence):
    assert all(place.gaze_away > 0.4 for place in places(sentence))


def test_not_looking_away_is_holding_the_gaze():
    assert places("Ben never looks away")[1].gaze_held > 0.5


def test_a_mood_that_is_denied_is_not_played():
    assert places("Anna is not angry")[0].mood == "neutral"


def test_one_may_stand_while_the_other_sits():
    anna, ben = places("Anna stands while Ben sits")

    assert anna.posture == "standing"
    assert ben.posture == "seated"
    assert anna.position[1] > ben.position[1] + 0.3


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


@pytest.mark.parametrize(
    "sentence",
    ["Anna is 5'4\" and Ben is 6 ft 2 in tall", "she’s 5′4″ and he’s 6′2″", "Anna is 1.63 m tall, Ben 1.88 m"],
)
def test_the_heights_of_two_people_are_no_distance(sentence):
    staged = stage_prompt(sentence)
    anna, ben = staged.staging.places

    assert staged.warnings == ()
    assert staged.staging.distance == pytest.approx(1.1, abs=0.02)
    assert ben.position[1] - anna.position[1] == pytest.approx(0.25 * 1.2 / 1.7, abs=0.01)


def test_a_child_has_lower_eyes():
    anna, ben = places("Ben is a child")

    assert ben.position[1] < anna.position[1] - 0.2


def test_turning_the_back_turns_the_chair_and_the_eyes():
    anna, ben = places("Anna turns her back to Ben")

    assert abs(degrees(anna.facing)) < 20
    assert anna.gaze_away > 0.5
    assert degrees(ben.facing) == pytest.approx(-64.0)


def test_unknown_words_are_named():
    warnings = stage_prompt("Anna juggles a flamingo").warnings

    assert warnings == ("Nothing in the scene follows from “juggles”, “flamingo”.",)


def test_a_contradiction_is_named_and_the_later_counts():
    staged = stage_prompt("Anna is angry and sad")

    assert staged.staging.places[0].mood == "sad"
    assert any("“angry”" in warning and "“sad”" in warning for warning in staged.warnings)


def test_leaning_leaves_room_for_noses():
    staged = stage_prompt("nose to nose, both lean in")

    anna, ben = staged.staging.places
    assert anna.lean + ben.lean < 0.25
    assert any("lean less" in warning for warning in staged.warnings)


def test_the_same_sentence_gives_the_same_staging():
    assert stage_prompt("Anna avoids Ben on a sofa") == stage_prompt("Anna avoids Ben on a sofa")


def test_a_staging_survives_json():
    staging = stage_prompt("Anna looks down, Ben leans in").staging

    assert staging_from_json(staging.as_json()) == staging


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_sentence_fails(sentence):
    staged = stage_prompt(sentence, assets=NO_ASSETS)

    assert all(0.0 <= place.gaze_away <= 0.9 and place.mood in moods() for place in staged.staging.places)
    assert 0.41 < staged.staging.distance < 6.3


words = [word for group in vocabulary().values() if isinstance(group, list) for word in group if isinstance(word, str)]
words += [word for mood in moods().values() for word in mood.words]
words += [word for one in arrangements().values() for word in (*one.words, *one.places, *one.manners)]
words += [word for kind in ("lean", "gaze", "stature") for entry in vocabulary()[kind] for word in entry["words"]]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*words, "Anna", "Ben", "she", "he"]), max_size=12))
def test_no_jumble_of_known_words_fails(jumble):
    staged = stage_prompt(" ".join(jumble), assets=NO_ASSETS)

    assert all(abs(place.lean) < 0.5 for place in staged.staging.places)


def test_the_demos_own_sentence_is_understood_whole():
    staged = stage_prompt("two friends across a café table, she leans in, he keeps looking away")

    assert staged.warnings == ()
    assert staged.staging.places[0].lean > 0
    assert staged.staging.places[1].gaze_away > 0.3
