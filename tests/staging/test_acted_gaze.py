"""Gaze in a scene: eyes lead and the head follows, interruptions are answered, and shares are what was asked for."""

import dataclasses
from math import radians

import numpy as np
import pytest

from backend.animation.moments import moments_of, moments_of_speech
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.job import Character
from backend.face.skinning import axis_angle_to_matrix
from backend.prosody.phrases import Phrase
from backend.staging.compose import compose
from backend.staging.stage import Place, Staging
from lab.evaluation.measures.gaze import CONTACT, head_turns
from tests.support.sightlines import miss_degrees, sightlines
from tests.support.synthetic_face import make_motion, synthetic_face

FACE, CAST = synthetic_face(), (Character("Anna"), Character("Ben"))
SEATED = Place((-0.55, 1.2, 0.0), radians(72.0)), Place((0.55, 1.2, 0.0), radians(-72.0))
OPEN = Place((-0.55, 1.2, 0.0), radians(35.0)), Place((0.55, 1.2, 0.0), radians(-35.0))
LINES = (Phrase(3.2, 8.7),), (Phrase(7.98, 10.4),)
ONSET = round(7.98 * 25)


def speech(lines, frames):
    speaking = np.zeros((2, frames))
    for who, phrases in enumerate(lines):
        for phrase in phrases:
            speaking[who, round(25 * phrase.start) : round(25 * phrase.end)] = 1.0
    return speaking


def motion_of(frames, lines=((), ()), looks=(), head=0.0):
    """The first person looks aside by (yaw, pitch) degrees from one frame to another for each of `looks`."""
    gaze = np.zeros((2, frames, 2))
    for start, stop, aside in looks:
        gaze[0, start:stop] = np.radians(aside)
    return dataclasses.replace(make_motion(1, frames, head), gaze=gaze, speaking=speech(lines, frames))


def composed(motion, places=SEATED, moments=None, seed=0, **asked):
    staging = Staging("test", tuple(dataclasses.replace(place, **asked) for place in places))
    return compose(motion, staging, FACE, CAST, seed, moments)


def sight_and_head(composition, who=0):
    _, directions = sightlines(FACE, {}, composition.pose[who], composition.translation[who])
    sight = directions.mean(axis=1)
    head = axis_angle_to_matrix(composition.pose[who, :, 0]) @ axis_angle_to_matrix(composition.pose[who, :, 1])
    return sight / np.linalg.norm(sight, axis=-1, keepdims=True), head


@pytest.mark.parametrize("places", [SEATED, OPEN])
@pytest.mark.parametrize("seed", range(4))
def test_the_head_starts_after_the_eyes_and_never_before_when_the_staging_looks_away(places, seed):
    composition = composed(motion_of(1500, head=0.3), places, seed=seed, gaze_away=0.6)

    turns = head_turns(*sight_and_head(composition), 25.0)

    assert len(turns) > 15
    assert 0.04 <= np.median([turn.lag for turn in turns]) <= 0.16
    assert np.mean([turn.lag > -0.05 for turn in turns]) > 0.85
    assert 0.2 <= np.median([turn.seconds for turn in turns]) <= 0.5


def test_beyond_the_eyes_range_the_head_follows_too_and_the_eyes_wait_for_it():
    motion = motion_of(200, looks=[(100, 200, (70.0, 0.0))])

    sight, head = sight_and_head(composed(motion))

    facing = np.degrees(np.arctan2(head[:, 0, 2], head[:, 2, 2]))
    looking = np.degrees(np.arctan2(sight[:, 0], sight[:, 2]))
    assert np.abs(facing[:101] - facing[100]).max() < 3.0  # it does not turn before the eyes
    assert looking[102] - looking[99] > 20.0
    assert facing[103] - facing[99] < 5.0
    assert facing[130] - facing[99] > 30.0
    assert looking[140] - looking[99] == pytest.approx(70.0, abs=4.0)


def test_eye_contact_is_still_met_while_the_other_one_looks_away():
    motion = motion_of(400, looks=[(100, 160, (30.0, -10.0)), (220, 300, (-35.0, 5.0))], head=3.0)

    misses = miss_degrees(FACE, CAST, composed(motion, OPEN))

    assert misses[1].max() < 1.0
    assert misses[0, 320:].max() < 1.0


def test_an_interruption_brings_eyes_brows_and_a_blink():
    motion = motion_of(500, LINES, [(160, 240, (28.0, -12.0))], head=4.0)
    answered = []

    for seed in range(12):
        composition = composed(motion, moments=moments_of(LINES), seed=seed)
        misses = np.radians(miss_degrees(FACE, CAST, composition)[0].mean(axis=-1))
        expression = composition.expression[0]
        if misses[ONSET] > CONTACT:
            answered.append(int((misses[ONSET:] < CONTACT).argmax()) / 25.0)
        assert expression[ONSET - 4 : ONSET + 15, ARKIT_INDEX["eyeBlinkLeft"]].max() > 0.9
        assert expression[ONSET + 9 : ONSET + 14, ARKIT_INDEX["browInnerUp"]].max() > 0.35
        assert expression[: ONSET + 4, ARKIT_INDEX["browInnerUp"]].max() == 0.0

    assert len(answered) > 2
    assert min(answered) >= 0.16
    assert max(answered) <= 0.32


@pytest.mark.parametrize("share", [0.25, 0.6])
@pytest.mark.parametrize("heard", [False, True])
def test_the_share_the_staging_asks_for_is_seen_in_the_scene(share, heard):
    lines = tuple(
        tuple(Phrase(start, start + 2.6) for start in np.arange(first, 58.0, 6.0).tolist()) for first in (0.4, 3.4)
    )
    looks = [(start, start + 40, (18.0, -10.0)) for start in range(20, 1460, 110)]
    motion = motion_of(1500, lines, looks, head=2.0)

    composition = composed(motion, moments=moments_of_speech(motion.speaking) if heard else None, gaze_away=share)

    away = np.radians(miss_degrees(FACE, CAST, composition).mean(axis=-1)) > CONTACT
    assert away.mean(axis=1) == pytest.approx([share, share], abs=0.05)


def test_a_motion_keeps_its_own_gaze_where_nothing_is_asked_and_nothing_is_heard():
    motion = motion_of(300, (*LINES[:1], ()), [(100, 200, (20.0, 0.0))])

    misses = miss_degrees(FACE, CAST, composed(motion))[0].mean(axis=-1)

    assert np.allclose(misses[101:200], 20.0, atol=1.5)
    assert misses[:99].max() < 0.5


def test_who_is_given_stays_as_they_are_whatever_the_other_one_says():
    motion = motion_of(500, LINES, [(160, 240, (28.0, -12.0))], head=4.0)
    staging = Staging("test", tuple(dataclasses.replace(place, gaze_away=0.6) for place in SEATED))

    given = compose(motion, staging, FACE, CAST, 0, moments_of(LINES), 0)

    misses = miss_degrees(FACE, CAST, given)[0].mean(axis=-1)
    assert np.allclose(misses[168:239], np.degrees(np.hypot(*np.radians((28.0, -12.0)))), atol=2.5)
    assert misses[:158].max() < 0.5
    assert given.expression[0, :, ARKIT_INDEX["eyeBlinkLeft"]].max() == 0.0
