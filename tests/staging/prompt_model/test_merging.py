"""What rules and network read, put together: who is believed, and what can be left out again."""

import pytest

from backend.staging.layout import Conduct
from backend.staging.prompt.believing import BELIEVED, LESS_THAN_OTHERS, STAGES_SOMETHING, SURE, stages_something
from backend.staging.prompt.facts import facts_of
from backend.staging.prompt.heights import levelled
from backend.staging.prompt.learned_reading import LearnedReading
from backend.staging.prompt.ledger import unread
from backend.staging.prompt.lengths import told_lengths
from backend.staging.prompt.merging import merge
from backend.staging.prompt.model.outputs import INDEX, Output
from backend.staging.prompt.model.people import Mark
from backend.staging.prompt.placing import arrangement_of
from backend.staging.prompt.statements import Reading, Statement
from tests.support.made_probabilities import probabilities

NAMES = ("Anna", "Ben")
TEXT = "Anna kneels by the lake while Ben waits in an elevator"


def statement(kind, value, people=(0,), phrase="kneels", negated=False):
    return Statement(kind, value, people, negated, phrase)


def reading_of(*statements, unknown=("lake",)):
    return Reading(statements, unknown, ())


STAGES = {("scene", "table", "no"): ("lake", STAGES_SOMETHING)}
"""What makes a sentence one that stages something."""


def merged(statements, said, text=TEXT, without=(), unknown=("lake",), **settings):
    made = probabilities(text, said, **settings)
    return merge(reading_of(*statements, unknown=unknown), facts_of(text, made), made, NAMES, text, without)


KNEELS = statement("posture", {"posture": "kneeling"})


def test_what_the_rules_read_stays_where_the_network_finds_it_probable():
    found = merged([KNEELS], {(0, "posture", "kneeling"): ("kneels", STAGES_SOMETHING)})

    assert found.reading.statements == (KNEELS,)
    assert found.inferences == ()


def test_what_the_network_is_unsure_of_stays_as_an_inference_that_can_be_left_out():
    said = STAGES | {(0, "posture", "kneeling"): ("kneels", (BELIEVED + SURE) / 2)}

    found, left_out = merged([KNEELS], said), merged([KNEELS], said, without={"read:kneels"})

    assert KNEELS in found.reading.statements
    assert ("read:kneels", "kneels", "Anna kneels") in [(one.key, one.words, one.meaning) for one in found.inferences]
    assert KNEELS not in left_out.reading.statements
    assert "read:kneels" not in [one.key for one in left_out.inferences]


def test_what_the_network_finds_improbable_is_not_believed():
    said = STAGES | {(0, "posture", "kneeling"): ("kneels", BELIEVED - 0.01)}

    assert KNEELS not in merged([KNEELS], said).reading.statements


def test_in_a_sentence_that_says_nothing_probably_enough_nothing_is_staged_but_lengths():
    metres = statement("metres", 2.0, (0, 1), "2 m")
    made = probabilities(TEXT, {(0, "posture", "kneeling"): ("kneels", STAGES_SOMETHING - 0.01)})

    assert not stages_something(TEXT, reading_of(KNEELS, metres), made)
    assert merge(reading_of(KNEELS, metres), (), made, NAMES, TEXT, ()).reading.statements == (metres,)


def test_in_a_fragment_the_rules_are_rather_believed():
    said = {("scene", "table", "no"): ("lake", 0.4), (0, "posture", "kneeling"): ("kneels", BELIEVED - 0.01)}

    assert KNEELS in merged([KNEELS], said, "Anna kneels by a lake").reading.statements
    assert KNEELS not in merged([KNEELS], said).reading.statements


def test_numbers_are_the_rules_alone():
    metres = statement("metres", 2.0, (0, 1), "2 m")

    assert merged([metres], {}).reading.statements == (metres,)


@pytest.mark.parametrize(("words", "less"), [("kneels", 0.0), ("waits", LESS_THAN_OTHERS)])
@pytest.mark.parametrize("more", [-0.05, 0.05])
def test_a_statement_stays_unless_what_excludes_it_is_more_probable_and_by_more_in_other_words(words, less, more):
    said = STAGES | {
        (0, "posture", "crouching"): (words, 0.3 + less + more),
        (0, "posture", "kneeling"): ("kneels", 0.3),
    }

    found = merged([KNEELS], said)

    assert (KNEELS in found.reading.statements) == (more < 0)


def test_where_the_vocabulary_has_every_word_its_words_are_rather_believed_and_no_inference():
    said = {(0, "posture", "crouching"): ("kneels", 0.5), (0, "posture", "kneeling"): ("kneels", 0.25)}

    found = merged([KNEELS], said, unknown=())

    assert (found.reading.statements, found.inferences) == ((KNEELS,), ())
    assert KNEELS not in merged([KNEELS], said).reading.statements


def test_who_cannot_stop_looking_away_looks_away_whatever_the_network_finds():
    text = "Ben can't stop looking away from the window and the lake"
    away = statement("gaze", {"gaze_away": 0.6}, (1,), "looking away")

    for place, stays in ((text, True), (text.replace("can't stop", "begins"), False)):
        found = merged([away], {(1, "gaze", "holds"): ("looking away", 0.9)}, place)
        assert (away in found.reading.statements) == stays


def test_a_look_crossed_between_the_people_goes_to_whom_the_network_is_sure_of():
    look = statement("gaze", {"gaze_held": 0.8}, (0, 1), "waits")

    found = merged([look], {(1, "gaze", "holds"): ("waits", 0.9), (0, "gaze", "holds"): ("waits", 0.1)})

    assert [one.people for one in found.reading.statements if one.kind == "gaze"] == [(1,)]


ELEVATOR = {(person, "posture", "standing"): ("elevator", 0.9) for person in (0, 1)}


def test_what_the_network_alone_found_is_an_inference():
    found = merged([], ELEVATOR)

    assert [(one.kind, one.people) for one in found.reading.statements] == [("posture", (0, 1))]
    assert [(one.key, one.words) for one in found.inferences] == [("read:elevator", "elevator")]


@pytest.mark.parametrize("key", ["read:elevator", "mood:elevator", "spelling:elevator"])
def test_an_inference_that_is_not_wanted_is_left_out(key):
    found = merged([], ELEVATOR, without={key})

    assert (found.reading.statements, found.facts, found.inferences) == ((), (), ())


def test_keys_that_nothing_has_are_passed_over():
    assert merged([], ELEVATOR, without={"read:lake"}) == merged([], ELEVATOR)


def test_a_fact_is_new_only_about_whom_no_statement_is():
    found = merged([KNEELS], ELEVATOR | {(0, "posture", "kneeling"): ("kneels", 0.9)})

    assert [one.people for one in found.facts] == [(1,)]


def test_who_is_in_front_comes_with_one_behind_the_other():
    found = merged([], {("scene", "arrangement", "one_behind_1"): ("elevator", 0.9)})

    assert [(one.kind, one.value) for one in found.reading.statements] == [
        ("arrangement/words", "one_behind"),
        ("front", 1),
    ]


def test_a_table_said_or_not_makes_the_arrangement_have_one():
    opposite = statement("arrangement/words", "face_to_face", (), "face to face")
    corner = statement("arrangement/words", "right_angle", (), "at right angles")
    table, none = (statement("table", value, (), "table") for value in ("yes", "no"))

    assert arrangement_of(reading_of(opposite, table), [])[0] == "across_a_table"
    assert arrangement_of(reading_of(corner, table), [])[0] == "table_corner"
    assert arrangement_of(reading_of(opposite, none), [])[0] == "face_to_face"
    assert arrangement_of(reading_of(none), [])[0] == "face_to_face"
    assert arrangement_of(reading_of(), [])[0] == "across_a_table"


def lengths(text, phrase, metres, said, subjects=()):
    reading = reading_of(statement("metres", metres, (0, 1), phrase))
    told, made = told_lengths(text, reading, probabilities(text, said), subjects)
    return [(one.kind, one.value) for one in told.statements], made.said[INDEX[Output("scene", "distance", "said")]]


DISTANCE = ("scene", "distance", "said")


def test_a_length_between_two_is_a_distance_whatever_the_network_finds():
    assert lengths("Anna and Ben, 2 m apart", "2 m", 2.0, {})[0] == [("metres", 2.0)]


def test_a_length_of_a_thing_is_neither_distance_nor_height():
    found = lengths("Anna sees 5 m of shelf", "5 m", 5.0, {DISTANCE: ("5 m", 0.9)})

    assert found == ([], 0.0)


def test_a_length_of_which_the_network_says_no_distance_is_none():
    assert lengths("Anna ran 5 m to Ben", "5 m", 5.0, {})[0] == []
    assert lengths("Anna ran 5 m to Ben", "5 m", 5.0, {DISTANCE: ("5 m", 0.5)})[0] == [("metres", 5.0)]


def test_a_length_by_which_somebody_is_higher_is_one():
    said = {("scene", "height", "higher_1"): ("0.3 m", 0.9)}

    assert lengths("Ben stands 0.3 m above her", "0.3 m", 0.3, said)[0] == [("height", ("higher_1", 0.3))]


def test_a_length_by_which_somebody_is_higher_is_that_of_its_subject():
    text = "he has 0.3 m on her"

    for person in (0, 1):
        found, _ = lengths(text, "0.3 m", 0.3, {}, [Mark(0, len(text), person)])
        assert found == [("height", (f"higher_{person}", 0.3))]


def test_a_length_as_long_as_a_person_is_their_height():
    said = {("scene", "height", "higher_1"): ("1.9 m", 0.9)}

    ((kind, value),), _ = lengths("Ben is some 1.9 m there", "1.9 m", 1.9, said)

    assert (kind, value["tall_metres"]) == ("stature", 1.9)


def height(value, metres=None):
    return reading_of(statement("height", (value, metres), (0, 1), "stool"))


def eyes(conduct):
    from backend.contract.postures import EYE_HEIGHTS

    return [EYE_HEIGHTS[person.posture] + person.raised for person in conduct]


@pytest.mark.parametrize("postures", [("seated", "standing"), ("standing", "standing"), ("kneeling", "standing")])
def test_eyes_are_level_or_apart_as_said_and_left_alone_where_nothing_is_said(conducts, postures):
    both = conducts(postures)

    assert levelled(both, reading_of()) == both
    level = eyes(levelled(both, height("level")))
    assert level[0] == pytest.approx(level[1])
    for person in (0, 1):
        apart = eyes(levelled(both, height(f"higher_{person}", 0.6)))
        assert apart[person] - apart[1 - person] >= 0.53


@pytest.fixture
def conducts():
    from dataclasses import replace

    from backend.staging.presets import arrangements
    from backend.staging.prompt.conduct import conduct_of

    base = conduct_of(0, "Anna", reading_of(), [arrangements()["face_to_face"]], [])
    assert isinstance(base, Conduct)
    return lambda postures: tuple(replace(base, posture=posture, raised=0.0) for posture in postures)


def left_unread(text, statements=(), staged=()):
    return unread(text, LearnedReading(reading_of(*statements), (), (), tuple(staged), None, ()), NAMES)


def test_words_that_nothing_came_of_are_told_once_and_in_order():
    assert left_unread("Zebra kneels, Anna zebra, quartz", [KNEELS])[0] == "Zebra"
    assert "kneels" not in left_unread("Zebra kneels", [KNEELS])
    assert "Anna" not in left_unread("Anna zebra")
    assert len(left_unread("quartz, quartz")) == 1


def test_neighbouring_unread_words_are_one_phrase():
    assert left_unread("quartz of the zebra") == ("quartz of the zebra",)


def test_staged_words_and_measured_numbers_are_read():
    assert left_unread("quartz zebra", staged=[(0, 6)]) == ("zebra",)
    assert left_unread("3 m", [statement("metres", 3.0, (0, 1), "3 m")]) == ()
