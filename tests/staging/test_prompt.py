"""A sentence becomes a staging, or a warning that says what in it was not understood."""

from math import degrees
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.staging.presets import arrangements, moods, vocabulary
from backend.staging.prompt import stage_prompt
from backend.staging.stage import staging_from_json

NO_ASSETS = Path("no assets")


def places(sentence):
    return stage_prompt(sentence).staging.places


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


@pytest.mark.parametrize(
    "sentence",
    ["Anna is 5'4\" and Ben is 6 ft 2 in tall", "she’s 5′4″ and he’s 6′2″", "Anna is 1.63 m tall, Ben 1.88 m"],
)
def test_the_heights_of_two_people_are_no_distance(sentence):
    staged = stage_prompt(sentence)
    anna, ben = staged.staging.places

    assert staged.warnings == ()
    assert staged.staging.distance == pytest.approx(1.1, abs=0.02)
    assert ben.position[1] - anna.position[1] == pytest.approx(0.25 * 0.455, abs=0.01)


def test_a_child_has_lower_eyes():
    anna, ben = places("Ben is a child")

    assert ben.position[1] < anna.position[1] - 0.2


def test_turning_the_back_turns_the_chair_and_the_eyes():
    anna, ben = places("Anna turns her back to Ben")

    assert degrees(anna.facing) == pytest.approx(90.0 - 165.0)  # Ben is at 90
    assert anna.gaze_away > 0.5
    assert degrees(ben.facing) == pytest.approx(-64.0)


def test_unknown_words_are_named():
    warnings = " ".join(stage_prompt("Anna juggles a flamingo").warnings)

    assert "juggles" in warnings
    assert "flamingo" in warnings


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
words += [
    word
    for arrangement in arrangements().values()
    for word in (*arrangement.words, *arrangement.places, *arrangement.manners)
]
words += [word for kind in ("lean", "gaze", "stature") for entry in vocabulary()[kind] for word in entry["words"]]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*words, "Anna", "Ben", "she", "he"]), max_size=12))
def test_no_jumble_of_known_words_fails(jumble):
    staged = stage_prompt(" ".join(jumble), assets=NO_ASSETS)

    assert all(abs(place.lean) < 0.5 for place in staged.staging.places)


def test_corrected_words_are_inferences_and_each_can_be_left_out():
    sentence = "Ben is agnry, Anna is hapy"
    staged = stage_prompt(sentence, assets=NO_ASSETS)

    assert [one.key for one in staged.inferences] == ["spelling:agnry", "spelling:hapy"]
    assert [one.words for one in staged.inferences] == ["agnry", "hapy"]
    assert [place.mood for place in staged.staging.places] == ["happy", "angry"]
    assert staged.missed == ()

    rest = stage_prompt(sentence, assets=NO_ASSETS, without=["spelling:hapy", "no such key"])

    assert [place.mood for place in rest.staging.places] == ["neutral", "angry"]
    assert [one.key for one in rest.inferences] == ["spelling:agnry"]
    assert "hapy" in rest.missed[0]
    assert not any("agnry" in missed for missed in rest.missed)


def test_a_word_whose_correction_is_not_wanted_is_not_read_in_another_way():
    staged = stage_prompt("Ben is gleful", without=["spelling:gleful"])

    assert staged.inferences == ()
    assert "gleful" in staged.missed[0]


@settings(deadline=None)
@given(st.text("abdeghnrst ", max_size=60), st.data())
def test_inferences_that_are_left_out_are_gone_and_the_others_stay(sentence, data):
    found = stage_prompt(sentence, assets=NO_ASSETS).inferences
    without = data.draw(st.sets(st.sampled_from([one.key for one in found]))) if found else set()

    rest = stage_prompt(sentence, assets=NO_ASSETS, without=without)

    assert rest.inferences == tuple(one for one in found if one.key not in without)


def test_the_demos_own_sentence_is_understood_whole():
    staged = stage_prompt("two friends across a café table, she leans in, he keeps looking away")

    assert staged.warnings == ()
    assert staged.staging.places[0].lean > 0
    assert staged.staging.places[1].gaze_away > 0.3


@pytest.mark.parametrize(
    ("sentence", "posture"),
    [
        ("Anna kneels", "kneeling"),
        ("Anna crouches", "crouching"),
        ("Anna lies on the bed", "lying"),
        ("Anna is perched on the desk", "perching"),
        ("Anna leans against the wall", "leaning_on"),
        ("Anna lies to Ben", "seated"),
        ("Anna lies about her age", "seated"),
    ],
)
def test_plain_words_say_a_posture_and_a_lie_says_none(sentence, posture):
    anna, ben = places(sentence)

    assert (anna.posture, ben.posture) == (posture, "seated")
