"""The condition that the colocated model gets from a staging."""

import json
from pathlib import Path

import numpy as np

from backend.engines.base import MOODS, ORDINARY_SCENE
from backend.staging.prompt import stage_prompt
from backend.staging.stage import scene_of

PRESETS = Path(__file__).resolve().parents[2] / "presets" / "staging" / "moods.json"


def scene(sentence):
    return scene_of(stage_prompt(sentence).staging)


def test_two_across_a_table_have_each_other_ahead():
    found = scene("two people face each other across a table, 1.2 metres apart")

    assert found.layout[:, 2].min() > 0.8
    assert np.abs(found.layout[:, 0]).max() < found.layout[:, 2].min()
    assert abs(found.distance - 1.2) < 0.01


def test_of_two_on_a_bench_each_has_the_other_on_the_inner_side():
    found = scene("Anna and Ben side by side on a bench, Anna on the left")

    left, right = found.layout[:, 0]
    assert left > 0.3  # Anna is left in the picture, so Ben is at her own left hand
    assert right < -0.3


def test_distance_posture_lean_and_mood_are_told():
    near, far = scene("very close"), scene("four metres apart")
    standing, leaning = scene("they stand"), scene("Anna leans in")
    cross = scene("Anna is angry")

    assert near.distance < 1 < far.distance
    assert standing.layout[:, 5].tolist() == [1, 1]
    assert leaning.layout[0, 6] > leaning.layout[1, 6]
    assert cross.moods[0] == "angry"
    assert cross.mood_rows()[0, MOODS.index("angry")] == 1


def test_a_mood_that_was_not_rehearsed_is_told_as_none():
    found = type(ORDINARY_SCENE)(ORDINARY_SCENE.layout, ("neutral", "seasick"))

    assert found.mood_rows()[0].sum() == 1
    assert found.mood_rows()[1].sum() == 0


def test_every_mood_of_the_model_is_one_that_a_sentence_can_ask_for():
    assert set(MOODS) <= set(json.loads(PRESETS.read_text(encoding="utf-8")))
