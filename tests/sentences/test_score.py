"""A label is met, wrong and said, or silently wrong: small stagings made by hand for every kind."""

from dataclasses import replace

import pytest

from backend.staging.prompt.inference import Inference
from backend.staging.values import PersonValues, StagingValues
from lab.sentences.corpus import Higher, Label, Sentence
from lab.sentences.score import Staged, constraints_of, first_names, judge, quoted, touches

LEFT = PersonValues(-0.55, 1.2, 0.0, 64.0, "seated", 0.0, "neutral", 0.0, None, None, 0.0)
RIGHT = replace(LEFT, x=0.55, facing_degrees=-64.0)
DEFAULT = StagingValues("across_a_table", 1.1, (LEFT, RIGHT))
"""Both 26° off the partner, as the arrangement has them."""


def staging(arrangement="across_a_table", distance=1.1, first=None, second=None, both=None):
    """The default with changes to one or both; who is turned `off` degrees faces that far off the partner."""
    both = both or {}
    one, other = {**both, **(first or {})}, {**both, **(second or {})}
    one.setdefault("x", -distance / 2)
    other.setdefault("x", distance / 2)
    if "off" in one:
        one["facing_degrees"] = 90.0 - one.pop("off")
    if "off" in other:
        other["facing_degrees"] = -90.0 + other.pop("off")
    return StagingValues(arrangement, distance, (replace(LEFT, **one), replace(RIGHT, **other)))


def turned(first, second):
    """Both so many degrees off the partner."""
    return staging(first={"off": first}, second={"off": second})


def sentence(*labels, contradictions=(), names=("Anna", "Ben")):
    return Sentence("x-1", "", names, labels, contradictions)


def verdicts(made, values, *warnings, any_order=False, implied=True):
    return judge(constraints_of(made, implied=implied), Staged(values, warnings), DEFAULT, any_order=any_order)


def is_met(kind, who, value, values):
    return [verdict.met for verdict in verdicts(sentence(Label("q", who, kind, value)), values)]


@pytest.mark.parametrize(
    ("kind", "value", "met", "unmet"),
    [
        ("posture", "standing", {"posture": "standing"}, {}),
        ("posture", "seated", {}, {"posture": "standing"}),
        ("facing", "partner", {"off": 50}, {"off": 51}),
        ("facing", "away", {"off": 90}, {"off": 89}),
        ("facing", "back", {"off": 120}, {"off": 119}),
        ("facing", "camera", {"facing_degrees": 40.0}, {"facing_degrees": 41.0}),
        ("facing", "upstage", {"facing_degrees": 121.0}, {"facing_degrees": 119.0}),
        ("facing", "profile", {"facing_degrees": 71.0}, {"facing_degrees": 69.0}),
        ("facing", "thing", {"off": 60}, {"off": 59}),
        ("lean", "forward", {"lean_degrees": 4.0}, {"lean_degrees": 3.9}),
        ("lean", "back", {"lean_degrees": -4.0}, {"lean_degrees": -3.9}),
        ("lean", "upright", {"lean_degrees": 3.9}, {"lean_degrees": -4.0}),
        ("mood", "angry", {"mood": "angry"}, {"mood": "tense"}),
        ("gaze", "at_partner", {"gaze_away": 0.3}, {"gaze_away": 0.31}),
        ("gaze", "avoids", {"gaze_away": 0.5}, {"gaze_away": 0.49}),
        ("gaze", "holds", {"gaze_held": 0.5}, {"gaze_held": 0.49}),
        ("gaze", "seldom_aside", {"gaze_away": 0.2}, {"gaze_away": 0.0}),
    ],
)
def test_a_persons_value_holds_within_its_limit_and_not_beyond(kind, value, met, unmet):
    assert is_met(kind, 0, value, staging(first=met)) == [True]
    assert is_met(kind, 0, value, staging(first=unmet)) == [False]
    assert is_met(kind, "both", value, staging(first=met, second=unmet)) == [True, False]


@pytest.mark.parametrize(
    ("value", "left", "up", "met"),
    [
        ("down", 0.0, -15.0, True),
        ("down", 0.0, -14.0, False),
        ("down", None, None, False),
        ("up", 0.0, 12.0, True),
        ("up", 0.0, 11.0, False),
        ("aside", -20.0, 0.0, True),
        ("aside", 19.0, 0.0, False),
        ("aside", None, None, False),
    ],
)
def test_where_somebody_looks_away_to_counts(value, left, up, met):
    away = {"gaze_away": 0.5, "away_left_degrees": left, "away_up_degrees": up}

    assert is_met("gaze", 0, value, staging(first=away)) == [met]
    assert is_met("gaze", 0, value, staging(first=away | {"gaze_away": 0.1})) == [False]


def test_who_looks_into_the_camera_faces_it_also_with_the_body_at_the_partner():
    """The camera is to the right of who is on the left of the picture and looks at the partner."""
    right, left = ({"off": 0, "gaze_away": 0.5, "away_left_degrees": way, "away_up_degrees": 0.0} for way in (-90, 90))

    assert is_met("facing", 0, "camera", staging(first=right)) == [True]
    assert is_met("facing", 0, "camera", staging(first=left)) == [False]
    assert is_met("facing", 0, "thing", staging(first=left)) == [True]


@pytest.mark.parametrize(
    ("value", "met", "unmet"),
    [
        ("face_to_face", staging(both={"off": 35}), staging(first={"off": 36})),
        ("across_a_table", DEFAULT, staging("standing")),
        ("across_a_table", staging(first={"off": 80}), staging(both={"off": 80})),
        ("right_angle", staging("table_corner"), DEFAULT),
        ("right_angle", staging("standing", both={"off": 45}), staging("standing", both={"off": 30})),
        ("side_by_side", staging("side_by_side", both={"off": 62}), staging("side_by_side", both={"off": 30})),
        ("side_by_side", staging("walking", both={"off": 90}), staging("standing")),
        ("side_by_side", staging("standing", both={"off": 75}), staging("standing", both={"off": 65})),
        ("back_to_back", turned(120, 120), turned(150, 119)),
        ("across_a_room", staging(distance=2.2), staging(distance=2.1)),
        ("one_behind_0", turned(180, 0), turned(0, 180)),
        ("one_behind_1", turned(50, 120), turned(51, 120)),
    ],
)
def test_an_arrangement_holds_by_its_name_or_by_how_both_are_turned(value, met, unmet):
    assert is_met("arrangement", "scene", value, met) == [True]
    assert is_met("arrangement", "scene", value, unmet) == [False]


@pytest.mark.parametrize(
    ("wanted", "metres", "met"),
    [
        ((1.0, 1.2), 1.1, True),
        ((1.0, 1.2), 1.21, False),
        ((1.0, 1.2), 0.99, False),
        ((1.83, 1.83), 1.8288, True),
        ((0.1, 0.3), 0.5, True),
        ((0.1, 0.3), 0.51, False),
        ((0.1, 0.42), 0.5, False),
        ((20.0, 40.0), 5.0, True),
        ((20.0, 40.0), 4.9, False),
        ((6.0, 8.0), 5.0, False),
    ],
)
def test_a_distance_outside_of_what_a_staging_allows_is_met_by_the_nearest_there_is(wanted, metres, met):
    assert is_met("distance", "scene", wanted, staging(distance=metres)) == [met]


def test_a_distance_between_heads_of_different_height_is_met_between_the_eyes_too():
    apart = staging(distance=0.6, first={"y": 2.0})

    assert is_met("distance", "scene", (0.95, 1.05), apart) == [True]
    assert is_met("distance", "scene", (0.55, 0.65), apart) == [True]
    assert is_met("distance", "scene", (0.7, 0.9), apart) == [False]


@pytest.mark.parametrize(
    ("value", "rise", "met"),
    [
        ("level", 0.06, True),
        ("level", -0.07, False),
        ("higher_0", 0.05, True),
        ("higher_0", 0.04, False),
        ("higher_1", -0.05, True),
        ("higher_1", 0.05, False),
        (Higher(1, (0.3, 0.5)), -0.4, True),
        (Higher(1, (0.3, 0.5)), 0.4, False),
        (Higher(0, (0.3, 0.5)), 0.55, False),
        (Higher(0, (1.6, 1.8)), 1.2, True),
        (Higher(0, (1.6, 1.8)), 1.1, False),
        (Higher(0, (1.5, 1.8)), 1.4, False),
    ],
)
def test_a_height_is_met_by_the_eyes(value, rise, met):
    assert is_met("height", "scene", value, staging(first={"y": 1.2 + rise})) == [met]


def test_a_table_is_there_by_the_arrangement_and_sides_are_those_of_the_picture():
    assert is_met("table", "scene", "yes", DEFAULT) == [True]
    assert is_met("table", "scene", "no", DEFAULT) == [False]
    assert is_met("table", "scene", "no", staging("right_angle")) == [True]
    assert is_met("sides", 0, "left", DEFAULT) == [True]
    assert is_met("sides", 1, "left", DEFAULT) == [False]
    assert is_met("sides", 1, "right", DEFAULT) == [True]


@pytest.mark.parametrize(
    ("kind", "who", "value"),
    [("posture", 0, "seated"), ("mood", 0, "neutral"), ("height", "scene", "level"), ("table", "scene", "yes")],
)
def test_what_is_excluded_must_not_hold(kind, who, value):
    excluded = Label("q", who, kind, value, excluded=True)
    changed = staging("standing", first={"posture": "standing", "y": 1.6, "mood": "sad"})

    assert [verdict.met for verdict in verdicts(sentence(excluded), DEFAULT)] == [False]
    assert [verdict.met for verdict in verdicts(sentence(excluded), changed)] == [True]


def test_several_values_are_alternatives_and_an_exclusion_stands_apart():
    made = sentence(
        Label("sits", "both", "posture", "seated"),
        Label("kneels", 0, "posture", "kneeling"),
        Label("not kneeling", 1, "posture", "kneeling", excluded=True),
    )

    kneeling = verdicts(made, staging(both={"posture": "kneeling"}))

    assert [verdict.met for verdict in kneeling] == [True, False, False]
    assert [verdict.met for verdict in verdicts(made, DEFAULT)] == [True, True, True]


def test_what_is_implied_can_be_left_out_of_the_judgement():
    elevator = sentence(Label("elevator", "both", "posture", "standing", implied=True))

    assert constraints_of(elevator, implied=False) == ()
    assert [verdict.met for verdict in verdicts(elevator, DEFAULT)] == [False, False]


def test_a_neighbour_of_a_mood_is_near_and_not_met():
    tense = staging(first={"mood": "tense"})

    angry, bored = (verdicts(sentence(Label("q", 0, "mood", mood)), tense)[0] for mood in ("angry", "bored"))
    (no_anger,) = verdicts(sentence(Label("q", 0, "mood", "tense", excluded=True)), tense)

    assert (angry.met, angry.near) == (False, True)
    assert (bored.met, bored.near) == (False, False)
    assert (no_anger.met, no_anger.near) == (False, False)


def test_what_a_warning_quotes_is_said_and_the_rest_is_silently_wrong():
    made = sentence(Label("drops to her knees", 0, "posture", "kneeling"), Label("half a head up", 0, "gaze", "up"))

    said, silent = verdicts(made, DEFAULT, "Nothing in the scene follows from “knees”, “half”, “a”.")[:2]
    unsaid = verdicts(made, DEFAULT, "Nothing in the scene follows from “drawer”; knees half up.")

    assert (said.met, said.said, said.silent) == (False, True, False)
    assert silent.said
    assert [verdict.silent for verdict in unsaid] == [True, True]


def test_an_inference_says_it_too_by_its_own_words_and_is_told_apart():
    inference = Inference("posture:0:lift", "in a lift", "both stand, as at a table")
    made = sentence(Label("lift", 0, "posture", "lying"), Label("at a table", "scene", "table", "no"))

    lying, table = judge(constraints_of(made), Staged(DEFAULT, (), (inference,)), DEFAULT, any_order=False)

    assert (lying.met, lying.missed, lying.inferred, lying.silent) == (False, False, True, False)
    assert table.silent


@pytest.mark.parametrize(
    ("warning", "quote", "touched"),
    [
        ("“Dana's drawer”", "Dana won’t move", True),
        ("“won't”", "won’t move", True),
        ("“the table”", "on the floor", False),
        ("“on”", "on", True),
        ("“face”", "face-to-face", True),
        ("sit", "sit", False),
        ("“sit”", "sits", False),
    ],
)
def test_a_warning_touches_by_whole_words_that_it_quotes(warning, quote, touched):
    assert touches(quoted([warning]), [quote]) is touched


def test_a_sentence_that_stages_nothing_is_right_with_the_default_staging_alone():
    (right,) = verdicts(sentence(), DEFAULT, "Nothing in the scene follows from “army”.")
    (wrong,) = verdicts(sentence(), staging(second={"posture": "standing"}))

    assert right.met
    assert wrong.silent
    assert wrong.seen == "1 posture standing"


def test_a_contradiction_is_to_be_said_and_what_it_quotes_is_not_judged():
    made = sentence(
        Label("stands", 0, "posture", "standing"),
        Label("sits", 0, "posture", "seated"),
        Label("sadly", 0, "mood", "sad"),
        contradictions=(("he stands", "sits"),),
    )

    sad = staging(first={"mood": "sad"})

    kinds = [verdict.constraint.kind for verdict in verdicts(made, sad)]
    assert kinds == ["mood", "contradiction"]
    assert [verdict.met for verdict in verdicts(made, sad, "“stands” and “sits” contradict.")] == [True, True]
    assert [verdict.silent for verdict in verdicts(made, sad, "“sadly”?")] == [False, True]
    assert verdicts(made, sad, "“stands” and “sits” contradict.")[1].named
    assert not verdicts(made, sad, "Nothing follows from “stands”.", "Nothing follows from “sits”.")[1].named
    assert not verdicts(made, sad, "Nothing follows from “he”, “stands”, “sits”.")[1].named


def test_in_any_order_the_assignment_that_meets_more_counts():
    made = sentence(Label("stands", 0, "posture", "standing"), Label("above", "scene", "height", "higher_0"))
    second_stands = staging(second={"posture": "standing", "y": 1.59})

    assert [verdict.met for verdict in verdicts(made, second_stands)] == [False, False]
    assert [verdict.met for verdict in verdicts(made, second_stands, any_order=True)] == [True, True]
    assert [verdict.met for verdict in verdicts(made, DEFAULT, any_order=True)] == [False, False]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("Dana", "Rob"), ("Dana", "Rob")),
        (("GRETA", "José"), ("Greta", "José")),
        (("She", "Rob"), None),
        (("Dad", "Zoe"), None),
        (("The widow", "Rob"), None),
        (("dana", "Rob"), None),
        (("Enzo", "Enzo"), None),
        (("", ""), None),
    ],
)
def test_only_first_names_are_the_speakers(names, found):
    assert first_names(sentence(names=names)) == found
