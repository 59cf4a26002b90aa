"""Sentences whose meaning no word of the vocabulary has alone: what a reader of meaning stages, and what not."""

import pytest

from backend.assets import assets_folder
from backend.staging.english_pipeline import PIPELINE_FILE
from backend.staging.prompt import stage_prompt
from backend.staging.prompt.model.reader import WEIGHTS
from backend.staging.sentence_encoder import WEIGHTS_FILE

ASSETS = assets_folder()
READY = all(path.is_file() for path in (ASSETS / WEIGHTS_FILE, ASSETS / PIPELINE_FILE, WEIGHTS))
pytestmark = pytest.mark.skipif(not READY, reason="the reader of sentences is not prepared")
NAMES = ("Anna", "Ben")
NOTHING = stage_prompt("", NAMES).staging if READY else None


def staging(sentence, **settings):
    return stage_prompt(sentence, NAMES, **settings).staging


@pytest.mark.parametrize(
    ("sentence", "arrangement"),
    [
        ("Anna waits in the queue right behind Ben.", "one_behind"),
        ("They stand back to back, arms folded.", "back_to_back"),
        ("Anna and Ben share a park bench.", "side_by_side"),
        ("They sit side by side in the cinema.", "side_by_side"),
        ("Ben is driving, Anna sits beside him in the passenger seat.", "side_by_side"),
        ("Two hikers by a campfire, sitting on logs.", "side_by_side"),
        ("Ben crouches down to talk to Anna.", "face_to_face"),
    ],
)
def test_how_the_two_are_placed(sentence, arrangement):
    assert staging(sentence).arrangement == arrangement


@pytest.mark.parametrize(
    ("sentence", "postures"),
    [
        ("Two colleagues are stuck in an elevator.", ("standing", "standing")),
        ("Anna lies in a hospital bed, Ben stands beside her.", ("lying", "standing")),
        ("Anna kneels before Ben, who is sitting in an armchair.", ("kneeling", "seated")),
        ("Anna perches on the edge of the desk.", ("perching", "seated")),
        ("Ben leans against the wall, bored.", ("seated", "leaning_on")),
        ("Ben is not sitting, he stands.", ("seated", "standing")),
    ],
)
def test_who_sits_stands_or_lies(sentence, postures):
    assert tuple(place.posture for place in staging(sentence).places) == postures


def test_who_stands_behind_is_farther_along_the_way_the_other_looks_from():
    anna, ben = staging("Anna waits in the queue right behind Ben.").places
    ben_first = staging("Ben waits in the queue right behind Anna.").places

    assert anna.position[2] < ben.position[2]
    assert ben_first[1].position[2] < ben_first[0].position[2]


@pytest.mark.parametrize(
    "sentence",
    [
        "Anna sells standing lamps to Ben's brother in Paris.",
        "The novel sits on a shelf and nobody opened it.",
        "The invoice was sent to Ben by Anna last March.",
        "Neither of them is angry any more.",
    ],
)
def test_what_only_sounds_like_a_scene_stages_nothing(sentence):
    assert staging(sentence) == NOTHING


def test_who_is_watched_may_look_at_the_floor():
    anna, ben = staging("Ben stares at the floor while Anna watches him.").places

    assert anna.gaze_held > 0.0
    assert ben.gaze_away > 0.0
    assert ben.away[1] < 0.0


def test_who_will_not_look_looks_away():
    anna, ben = staging("Anna beams at Ben, who will not look at her.").places

    assert anna.mood == "happy"
    assert anna.gaze_away == 0.0 < ben.gaze_away


def test_whoever_stands_on_something_is_higher_by_it():
    on_the_floor = staging("Anna stands, Ben looks up at her.").places
    on_a_ladder = staging("Anna stands on a ladder, Ben looks up at her.").places

    assert on_a_ladder[0].position[1] > on_the_floor[0].position[1]
    assert on_a_ladder[0].position[1] > on_a_ladder[1].position[1] + 0.4


def test_a_height_is_no_distance():
    assert staging("Ben is 1.90 m tall, and they are two metres apart.").distance == pytest.approx(2.0, abs=0.02)


def test_a_number_between_two_is_their_distance():
    staged = staging("Anna and Ben wait at the bus stop, three metres between them.")

    assert staged.distance == pytest.approx(3.0)


def test_closeness_without_a_number_brings_them_closer():
    assert staging("They whisper, heads almost touching.").distance < 0.6


def test_an_inference_can_be_undone():
    sentence = "Anna stands on a ladder, Ben looks up at her."
    first = stage_prompt(sentence, NAMES)
    keys = {inference.key for inference in first.inferences}

    second = stage_prompt(sentence, NAMES, without=keys)

    assert keys
    assert second.inferences == ()
    assert second.staging.places[0].position[1] < first.staging.places[0].position[1]


def test_the_same_sentence_is_read_the_same():
    sentence = "Anna lies in a hospital bed, Ben stands beside her."

    assert stage_prompt(sentence, NAMES) == stage_prompt(sentence, NAMES)
