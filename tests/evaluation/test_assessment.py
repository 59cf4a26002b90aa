"""The evaluator cannot be fooled: what is right scores well, every cheap trick scores badly."""

from dataclasses import replace

import numpy as np
import pytest

from lab.evaluation.performance.assessment import Evidence, assess
from lab.evaluation.report import PERFORMANCE_MEASURES
from tests.support.made_dialogue import FPS, FRAMES, OPEN, good_performance, random_phones, small_face, with_mouth

LIPS = ("bilabials_closed_lift", "labiodentals_low_lift", "open_vowels_open_lift", "follows_phones")


@pytest.fixture(scope="module")
def phones():
    return random_phones(1), random_phones(2, begin=2.4)


@pytest.fixture(scope="module")
def good(phones):
    return good_performance(phones)


def _both(performance, phones, **evidence):
    return assess(performance, small_face(), Evidence(phones=phones, **evidence))


def _reached(assessment, name, who=0):
    return PERFORMANCE_MEASURES[name].verdict(assessment.persons[who][name])


def test_lips_that_do_as_phones_ask_reach_every_target(good, phones):
    assessment = _both(good, phones)

    for who in range(2):
        for name in (
            "bilabials_closed",
            "bilabials_closed_luck",
            *LIPS,
            "spread_against_rounded",
            "open_in_silence",
            "lag",
        ):
            assert _reached(assessment, name, who), (name, assessment.persons[who][name])


ACTED = (
    "look_away_seconds",
    "longest_spot",
    "contact_at_last_words",
    "answers_interruptions",
    "answers_onsets",
    "head_after_eyes",
    "head_turn_seconds",
    "head_overshoot",
    "blinks_with_large_shifts",
    "head_moves_pitch",
    "head_moves_yaw",
    "head_moves_roll",
    "head_coupled_yaw",
    "head_coupled_roll",
    "phrases_answered",
    "smile_after_phrase",
    "breaths_before_phrases",
    "breath_parts_lips",
    "breath_rise",
)
"""What the made-up people, who know nothing of turns, do not have: see the tests of these measures."""


def test_living_people_reach_every_target_of_behaviour(good, phones):
    assessment = _both(good, phones)

    for name, measure in PERFORMANCE_MEASURES.items():
        value = None if name in ACTED else assessment.persons[1].get(name)
        if value is not None and measure.verdict(value) is False:
            pytest.fail(f"{name} is {value}")
    assert 0.1 < assessment.both["mutual_gaze"] < 0.7


@pytest.mark.parametrize("opening", [0.0, 0.3, 1.0])
def test_a_frozen_mouth_earns_nothing(opening, good, phones):
    assessment = _both(with_mouth(good, np.full(FRAMES, opening)), phones)

    for name in LIPS[:3]:
        assert assessment.both[name] == 0, name
    assert np.isnan(assessment.persons[0]["follows_phones"])


def test_a_mouth_that_is_always_shut_closes_every_p_and_earns_nothing_for_it(good, phones):
    assessment = _both(with_mouth(good, np.zeros(FRAMES)), phones)

    assert assessment.both["bilabials_closed"] == 1
    assert assessment.both["bilabials_closed_lift"] == 0


def test_flapping_at_four_hertz_is_told_from_speech(good, phones):
    flapping = 0.5 - 0.5 * np.cos(2 * np.pi * 4 * np.arange(FRAMES) / FPS)

    assessment = _both(with_mouth(good, flapping), phones)

    assert assessment.both["bilabials_closed"] > 0.6  # what a hit rate alone would say
    assert assessment.both["bilabials_closed_lift"] < 0.35
    for name in ("bilabials_closed", "labiodentals_low", "open_vowels_open"):
        lucky = assessment.both[f"{name}_luck"] > 0.05
        assert lucky or assessment.both[f"{name}_lift"] < 0.2, name
    assert abs(assessment.persons[0]["follows_phones"]) < 0.3
    assert assessment.both["open_in_silence"] > 0.5


def test_the_motion_of_other_words_scores_as_chance_does(good, phones):
    shuffled = good_performance((random_phones(11), random_phones(12, begin=2.4)))

    assessment = _both(shuffled, phones)

    for name in LIPS[:3]:
        assert abs(assessment.both[name]) < 0.35, name
    assert assessment.persons[0]["follows_phones"] < 0.4
    assert 0.35 < assessment.both["spread_against_rounded"] < 0.65


@pytest.mark.parametrize("late", [-6, -3, 3, 6])
def test_motion_that_comes_at_the_wrong_time_is_told_how_late(late, good, phones):
    shifted = replace(good, expression=np.roll(good.expression, late, axis=1))

    assessment = _both(shifted, phones)

    assert assessment.persons[0]["lag"] == pytest.approx(late / FPS, abs=0.015)
    assert not _reached(assessment, "lag")
    assert assessment.persons[0]["follows_phones"] < assessment.persons[0]["follows_phones_at_lag"] - 0.1
    assert assessment.both["bilabials_closed_lift"] < 0.6


def test_eyes_that_look_anywhere_meet_no_partner(good, phones):
    pose = good.pose.copy()
    pose[:, :, 3:] = np.random.default_rng(0).uniform(-0.6, 0.6, (2, FRAMES, 1, 3))
    pose[..., 3:, 2] = 0

    assessment = _both(replace(good, pose=pose), phones)

    assert assessment.both["mutual_gaze"] < 0.02
    for who in range(2):
        assert not _reached(assessment, "at_partner_listening", who)


def test_a_stare_is_no_good_gaze_either(good, phones):
    pose = good.pose.copy()
    pose[:, :, 1], pose[:, :, 3:] = 0, 0

    assessment = _both(replace(good, pose=pose), phones)

    assert assessment.both["mutual_gaze"] == 1
    assert PERFORMANCE_MEASURES["mutual_gaze"].verdict(assessment.both["mutual_gaze"]) is False
    assert not _reached(assessment, "at_partner_speaking")


def test_a_statue_is_frozen_from_beginning_to_end(good, phones):
    still = replace(
        good,
        expression=np.repeat(good.expression[:, :1], FRAMES, axis=1),
        pose=np.repeat(good.pose[:, :1], FRAMES, axis=1),
        translation=np.repeat(good.translation[:, :1], FRAMES, axis=1),
    )

    person = _both(still, phones).persons[0]

    assert person["frozen"] == 1
    assert person["longest_frozen"] == pytest.approx(60, abs=0.1)
    assert person["blinks"] == 0
    assert person["largest_jump"] == 0


def test_a_jump_is_found_with_its_landmark_and_time(good, phones):
    expression = good.expression.copy()
    expression[1, 700, OPEN] = 4.0

    assessment = _both(replace(good, expression=expression), phones)

    jump = assessment.jumps[1]
    assert jump.landmark == "lip_lower_inner"
    assert jump.seconds == pytest.approx(700 / FPS, abs=0.05)
    assert jump.millimetres > 25
    assert not _reached(assessment, "largest_jump_without_lids", 1)


def test_trembling_heads_are_told_from_moving_ones(good, phones):
    pose = good.pose.copy()
    pose[:, :, 1, 0] += 0.03 * np.sin(2 * np.pi * 6 * np.arange(FRAMES) / FPS)

    assessment = _both(replace(good, pose=pose), phones)

    assert not _reached(assessment, "pitch_power_4_8")


def test_without_phones_the_recording_tells_who_speaks_and_how_late_lips_are(good, phones):
    rng = np.random.default_rng(5)
    samples = []
    for own in phones:
        track = 1e-4 * rng.standard_normal(60 * 16_000)
        for start, end, name in own:
            if name != "pau":
                part = slice(round(start * 16_000), round(end * 16_000))
                track[part] += rng.standard_normal(part.stop - part.start) * (0.1 if name not in "pbm" else 0.005)
        samples.append(track.astype(np.float32))
    late = replace(good, expression=np.roll(good.expression, 4, axis=1), speaking=np.ones_like(good.speaking))

    assessment = assess(late, small_face(), Evidence(samples=(samples[0], samples[1])))

    assert assessment.speech_from == ("recording", "recording")
    assert assessment.persons[0]["lag_to_loudness"] == pytest.approx(4 / FPS, abs=0.03)
    assert assessment.persons[0]["follows_loudness"] > 0.3
    assert "bilabials_closed" not in assessment.persons[0]


def test_a_performance_compared_with_itself_has_no_distance(good, phones):
    assessment = _both(good, phones, truth=good)

    first = assessment.comparison[0]
    assert first["mse_jaw"] == 0
    assert first["fid_exp"] == pytest.approx(0, abs=1e-6)
    assert first["sid_pose"] == pytest.approx(first["sid_unswapped_pose"])


def test_a_single_frame_is_measured_without_a_word_of_warning(good, recwarn):
    single = replace(
        good,
        expression=good.expression[:, :1],
        pose=good.pose[:, :1],
        translation=good.translation[:, :1],
        speaking=good.speaking[:, :1],
    )

    assessment = assess(single, small_face(), Evidence(prompt=""))

    assert np.isnan(assessment.persons[0]["pitch_power_0_0.5"])
    assert not recwarn.list
