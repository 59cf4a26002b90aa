"""A mood is in the whole face: a level, accents on emphasised words, a mouth and a carriage of its own."""

import dataclasses

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.animation.opposition import opposition
from backend.contract.arkit import ARKIT_INDEX
from backend.engines.base import MOODS
from backend.staging.compose import compose
from backend.staging.mood_face import BROWS_AHEAD, LEVEL_RANGE, accents_of, carriage, emphasised_frames, with_mood
from backend.staging.presets import moods
from backend.staging.prompt import stage_prompt

FRAMES, FPS = 600, 25
WORD = 70
"""Frame of the emphasised word of the first phrase."""


def _spoken():
    """Jaw [2, T] radians and speaking [2, T]: each says a phrase in which one vowel is wide."""
    jaw, speaking = np.zeros((2, FRAMES)), np.zeros((2, FRAMES))
    at = np.arange(FRAMES)
    for who, first in ((0, 50), (1, 350)):
        speaking[who, first : first + 50] = 1
        for frame in range(first + 4, first + 48, 8):
            degrees = 7.0 if frame == first + 20 else 3.0
            jaw[who] += np.radians(degrees) * np.clip(1 - np.abs(at - frame) / 3, 0, None)
    return jaw, speaking


def _shown(name, brows=0.0, seed=1):
    """Expression [T, 52] and jaw [T, 3] of the first person in a mood; both brows go up by `brows` on the word."""
    mood = moods()[name]
    jaw, speaking = _spoken()
    rng = np.random.default_rng(seed)
    expression = np.zeros((FRAMES, 52))
    raised = brows * np.exp(-(((np.arange(FRAMES) - WORD) / 8.0) ** 2))
    for unit in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
        expression[:, ARKIT_INDEX[unit]] = raised
    turned = np.zeros((FRAMES, 3))
    turned[:, 0] = jaw[0]
    accents = accents_of(emphasised_frames(jaw, speaking), speaking, 0, mood.tempo, rng)
    return with_mood(expression, turned, speaking[0], mood, accents, rng)


def _unit(expression, name):
    return expression[:, ARKIT_INDEX[name]]


def test_an_angry_brow_is_no_mask_and_comes_down_just_before_the_word():
    down = _unit(_shown("angry")[0], "browDownLeft")

    resting = np.median(down[150:300])
    peak = int(down[40:100].argmax()) + 40
    assert 0.2 < resting < 0.65
    assert down[peak] > resting + 0.2
    assert (WORD - peak) / FPS == pytest.approx(BROWS_AHEAD, abs=0.05)


def test_an_angry_person_lowers_the_brows_where_others_raise_them():
    shown = _shown("angry", brows=0.7)[0]

    assert _unit(shown, "browInnerUp").max() < 0.1
    assert _unit(shown, "browOuterUpLeft").max() < 0.1
    assert _unit(shown, "browDownLeft").max() > 0.6


@pytest.mark.parametrize("name", MOODS)
def test_no_mood_contradicts_itself_whatever_the_brows_do(name):
    shown, jaw = _shown(name, brows=0.7)

    assert opposition(shown).max() < 0.25
    assert 0 <= shown.min() <= shown.max() <= 1
    assert np.isfinite(jaw).all()


def test_moods_open_the_mouth_as_they_are():
    _, angry = _shown("angry")
    _, plain = _shown("neutral")
    _, sad = _shown("sad")

    assert angry[WORD, 0] / plain[WORD, 0] == pytest.approx(1.3, abs=0.01)
    assert sad[WORD, 0] / plain[WORD, 0] == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("name", MOODS)
def test_lips_that_meet_go_on_meeting(name):
    jaw, _ = _spoken()
    shut = np.zeros((FRAMES, 52))
    before = lip_gap(shut, jaw[0])
    shown, opened = _shown(name)

    touching = before < 0.01
    assert np.abs(lip_gap(shown, opened[:, 0])[touching]).max() < 0.05


def test_the_gap_between_the_lips_differs_between_friendly_angry_and_sad():
    gaps = {}
    for name in ("friendly", "angry", "sad"):
        expression, jaw = _shown(name)
        gaps[name] = float(lip_gap(expression, jaw[:, 0])[WORD])

    assert gaps["angry"] > 1.25 * gaps["friendly"]
    assert gaps["sad"] < 0.85 * gaps["friendly"]


def test_lips_are_pressed_between_words_and_not_on_open_vowels():
    press = _unit(_shown("angry")[0], "mouthPressLeft")

    assert np.median(press[150:300]) > 0.08
    assert press[WORD] < 0.02


def test_listeners_answer_the_partners_word_after_three_to_six_tenths():
    jaw, speaking = _spoken()
    word = (350 + 20) / FPS
    peaks = []
    for seed in range(40):
        accents = accents_of(emphasised_frames(jaw, speaking), speaking, 0, 1.0, np.random.default_rng(seed))
        answer = accents[300:450]
        if answer.max() > 0.1:
            peaks.append((300 + int(answer.argmax())) / FPS - word)

    assert 10 < len(peaks) < 30
    assert 0.25 < min(peaks) < max(peaks) < 0.65


def test_slow_moods_take_their_time_and_a_neutral_face_is_left_alone():
    def fastest(name):
        jaw, speaking = _spoken()
        rng = np.random.default_rng(1)
        accents = accents_of(emphasised_frames(jaw, speaking), speaking, 0, moods()[name].tempo, rng)
        return np.abs(np.diff(accents)).max() / accents.max()

    assert fastest("sad") < 0.75 * fastest("angry")
    shown, _ = _shown("neutral", brows=0.7)
    assert shown.max() == pytest.approx(0.7)


@pytest.mark.parametrize("made", [0.0, 0.42, 0.6])
def test_a_face_that_was_made_in_a_mood_comes_to_its_level_and_holds_no_mask(made):
    mood = moods()["angry"]
    face = np.zeros((FRAMES, 52))
    face[:, [ARKIT_INDEX[f"browDown{side}"] for side in ("Left", "Right")]] = made
    quiet = np.zeros(FRAMES)

    shown, _ = with_mood(face, np.zeros((FRAMES, 3)), quiet, mood, quiet, np.random.default_rng(0))

    down = _unit(shown, "browDownLeft") / mood.expression["browDownLeft"]
    assert LEVEL_RANGE[0] - 0.01 <= down.min() < down.max() <= LEVEL_RANGE[1] + 0.01
    assert down.std() > 0.03


def test_sad_heads_hang_and_bored_ones_tip_back(face, characters, still_motion):
    def forward_of_anna(mood):
        staging = stage_prompt("").staging
        places = (dataclasses.replace(staging.places[0], mood=mood), staging.places[1])
        pose = compose(still_motion, dataclasses.replace(staging, places=places), face, characters).pose
        return float(np.degrees(pose[0, :, 1, 0].mean()))

    assert 3 < forward_of_anna("sad") - forward_of_anna("neutral") < 7
    assert forward_of_anna("bored") < forward_of_anna("neutral") - 1.5


def test_a_carriage_lives_and_does_not_drift_away():
    held = np.degrees(carriage(moods()["sad"], 2000, np.random.default_rng(0)))

    assert held[:, 0].mean() == pytest.approx(5, abs=0.7)
    assert 0.2 < held[:, 0].std() < 2
    assert np.abs(np.diff(held, axis=0)).max() * FPS < 3


def test_a_stretch_made_anew_in_a_kept_take_has_as_much_of_the_mood():
    mood, frames = moods()["angry"], 400
    kept = np.zeros((frames, 52))
    down = [ARKIT_INDEX["browDownLeft"], ARKIT_INDEX["browDownRight"]]
    kept[:, down] = 0.5
    new = np.zeros(frames, bool)
    new[150:200] = True
    kept[np.ix_(new, down)] = 0.0
    still, quiet = np.zeros((frames, 3)), np.zeros(frames)

    face, _ = with_mood(kept, still, quiet, mood, quiet, np.random.default_rng(1), new)

    assert face[new][:, down].min() > 0.3
