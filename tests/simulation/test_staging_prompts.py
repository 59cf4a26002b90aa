"""A prompt says what its staging is, in words that the prompt's reader knows."""

import string
from dataclasses import asdict, replace
from itertools import chain
from math import degrees

import numpy as np
import pytest

from backend.staging.prompt import stage_prompt
from backend.staging.stage import Place, Staging
from lab.simulation.scenes.choice import draw_staging
from lab.simulation.scenes.parameters import rehearsed_staging_from_json, staged_habits
from lab.simulation.scenes.prompts import WORDINGS, word_prompt
from lab.simulation.script.people import MOODS, draw_habits, draw_names, pronouns
from lab.simulation.speech.voices import EVERY_SYNTHESIZER, draw_voices

DRAWN = 300
LEANING_LESS = "lean less"


def drawn(number):
    """A staging, its prompt, and whose names are in it."""
    rng = np.random.default_rng([number, 17])
    mood = list(MOODS)[number % len(MOODS)]
    staged = draw_staging(rng, mood, draw_names(rng, draw_voices(rng, EVERY_SYNTHESIZER)))
    return staged, word_prompt(rng, staged)


def differences(meant: Staging, read: Staging) -> list[str]:
    """What of a staging was misread, beyond what words leave open."""
    found = []
    if read.arrangement != meant.arrangement:
        found.append("arrangement")
    if abs(read.distance / meant.distance - 1) > 0.12:
        found.append("distance")
    for meant_place, read_place in zip(meant.places, read.places, strict=True):
        found += place_differences(meant_place, read_place)
    return found


def place_differences(meant: Place, read: Place) -> list[str]:
    wrong = {
        "side": (meant.position[0] < 0) != (read.position[0] < 0),
        "height": abs(meant.position[1] - read.position[1]) > 0.02,
        "facing": abs(degrees(meant.facing - read.facing)) > 6,
        "posture": meant.posture != read.posture,
        "lean": abs(degrees(meant.lean - read.lean)) > 3.5,
        "mood": meant.mood != read.mood,
        "looking away": abs(meant.gaze_away - read.gaze_away) > 0.15,
        "holding": abs(meant.gaze_held - read.gaze_held) > 0.05,
        "direction": (meant.away is None) != (read.away is None)
        or (meant.away is not None and read.away is not None and np.abs(np.subtract(meant.away, read.away)).max() > 6),
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def test_the_prompts_reader_gives_back_the_staging():
    misread = {}
    for number in range(DRAWN):
        staged, prompt = drawn(number)
        wrong = differences(staged.staging, stage_prompt(prompt, staged.names).staging)
        if wrong:
            misread[prompt] = wrong

    assert len(misread) <= 0.05 * DRAWN, misread


def test_no_prompt_has_words_from_which_nothing_follows():
    warned = {}
    for number in range(DRAWN):
        staged, prompt = drawn(number)
        warnings = [warning for warning in stage_prompt(prompt, staged.names).warnings if LEANING_LESS not in warning]
        if warnings:
            warned[prompt] = warnings

    assert len(warned) <= 0.05 * DRAWN, warned


def test_a_misreading_would_be_noticed():
    staged, _ = drawn(0)
    first, second = staged.staging.places

    other = replace(staged.staging, places=(replace(first, mood="angry", lean=first.lean + 0.2), second))

    assert differences(staged.staging, other) == ["lean", "mood"]


@pytest.mark.parametrize(
    "meanings",
    [
        *(WORDINGS.scenes, WORDINGS.manners, WORDINGS.manners_beside, WORDINGS.distances, WORDINGS.facings),
        *(
            WORDINGS.sides,
            WORDINGS.leans,
            WORDINGS.leans_both,
            WORDINGS.looks,
            WORDINGS.looks_both,
        ),
        *(
            WORDINGS.statures,
            WORDINGS.placed,
            WORDINGS.postures,
            WORDINGS.postures_both,
        ),
    ],
)
def test_every_meaning_has_at_least_eight_wordings(meanings):
    few = {meaning: len(set(words)) for meaning, words in meanings.items() if len(set(words)) < 8}

    assert few == {}


def test_every_mood_has_at_least_eight_wordings():
    for mood in WORDINGS.mood_scenes:
        every = {
            *WORDINGS.mood_adjectives[mood],
            *WORDINGS.mood_verbs[mood],
            *WORDINGS.mood_scenes[mood],
        }
        assert len(every) >= 8, mood


def test_every_slot_of_every_wording_is_filled():
    for number in range(DRAWN):
        assert not set("{}_") & set(drawn(number)[1])


def test_three_hundred_prompts_are_hardly_ever_the_same():
    assert len({drawn(number)[1] for number in range(DRAWN)}) > 0.95 * DRAWN


def test_every_kind_of_staging_is_drawn():
    every = [drawn(number)[0] for number in range(2 * DRAWN)]
    people = list(chain.from_iterable(staged.people for staged in every))

    assert {staged.arrangement for staged in every} == {*WORDINGS.scenes, None}
    assert {staged.apart for staged in every} == {*WORDINGS.distances, None}
    assert {staged.facing for staged in every} == {*WORDINGS.facings, None}
    assert {person.leans for person in people} == {*WORDINGS.leans, None}
    assert {person.looks for person in people} == {*WORDINGS.looks, None}
    assert {person.stature for person in people} == {*WORDINGS.statures, None}
    assert {person.conduct.mood for person in people} == set(WORDINGS.mood_scenes)


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        ("sad", {"sad", "tender"}),
        ("arguing", {"angry", "tense"}),
        ("intimate", {"tender", "happy"}),
        ("formal", {"serious", "neutral"}),
        ("a mood nobody knows", {"neutral"}),
    ],
)
def test_people_are_in_the_dialogues_mood(mood, expected):
    every = [draw_staging(np.random.default_rng(seed), mood) for seed in range(60)]

    assert {person.conduct.mood for staged in every for person in staged.people} == expected


def test_who_is_said_to_look_away_does_and_to_where_it_is_said():
    looking = [drawn(number)[0] for number in range(2 * DRAWN)]
    down = next(staged for staged in looking if staged.people[0].looks == "down")
    habits = draw_habits(np.random.default_rng(3))

    changed = staged_habits(habits, down, 0)

    away = 1.0 - (changed.gaze_speaking + changed.gaze_listening) / 2
    assert away == pytest.approx(down.staging.places[0].gaze_away, abs=0.02)
    assert changed.gaze_speaking < changed.gaze_listening < 0.8 * habits.gaze_listening
    assert changed.aversion == (0.0, -30.0)
    assert down.played.places[0].gaze_away == 0.0


def test_who_looks_further_aside_than_a_glance_is_turned_by_the_staging():
    turned = next(
        staged for staged in (drawn(number)[0] for number in range(2 * DRAWN)) if staged.people[0].looks == "turned"
    )
    habits = draw_habits(np.random.default_rng(3))

    changed = staged_habits(habits, turned, 0)

    assert changed.aversion is None
    assert changed.gaze_listening >= habits.gaze_listening - 1e-9
    assert turned.played.places[0].gaze_away == turned.staging.places[0].gaze_away > 0.4


def test_who_is_said_to_be_taller_is():
    every = [drawn(number)[0] for number in range(2 * DRAWN)]
    pairs = [staged.people if staged.people[0].stature else staged.people[::-1] for staged in every]
    eyes = {
        said.stature: said.conduct.raised + said.height - (other.conduct.raised + other.height)
        for said, other in pairs
        if said.stature
    }

    assert eyes["taller"] > 0.05
    assert eyes["shorter"] < -0.05
    assert eyes["child"] < -0.2


def test_the_sentence_is_the_same_for_the_same_seed():
    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_a_staging_survives_json():
    for number in range(40):
        staged, _ = drawn(number)
        assert rehearsed_staging_from_json(asdict(staged)) == staged


def test_pronouns_only_where_they_tell_people_apart():
    assert pronouns(("Anna", "Ben")) == ("she", "he")
    assert pronouns(("Anna", "Emma")) == (None, None)
    assert pronouns(("Mei", "Ben")) == ("she", "he")
    assert pronouns(("Mei", "Omar")) == (None, None)


def test_wordings_have_only_slots_that_are_filled():
    known = {"people", "first", "second", "other", "others", "whose", "length", *WORDINGS.things}
    tables = [table for table in vars(WORDINGS).values() if isinstance(table, dict)]

    slots = {
        slot
        for table in tables
        for words in table.values()
        for word in words
        for _, slot, _, _ in string.Formatter().parse(word)
        if slot
    }

    assert slots <= known
