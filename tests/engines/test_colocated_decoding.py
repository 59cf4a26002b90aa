"""From a stream to a person: blinks are blinks, gazes rest, mouths are what was read."""

import numpy as np
import pytest

from backend.animation.face_assembly import ReadMouth
from backend.animation.head_following import head_goal
from backend.contract.arkit import ARKIT_INDEX
from backend.engines.acting import Speaker
from backend.engines.colocated.decoder import blink_onsets, decode_person, settle_gaze
from backend.engines.colocated.stream import EYES, NECK, STREAM, TRANSLATION
from tests.support.made_phrases import phrase

FRAMES = 300
SMILE = ARKIT_INDEX["mouthSmileLeft"]


def stream_with(**parts):
    stream = np.zeros((FRAMES, STREAM), np.float32)
    for name, (columns, values) in parts.items():
        stream[:, columns] = values
        del name
    return stream


def silent():
    empty = np.zeros(FRAMES, np.float32)
    return ReadMouth(np.zeros((FRAMES, 52), np.float32), empty, empty, empty)


def decoded(stream, read=None, seed=1):
    return decode_person(stream, read or silent(), np.zeros(FRAMES, np.float32), np.random.default_rng(seed))


def lids_with_bumps(*frames, height=0.7):
    lids = np.zeros(FRAMES, np.float32)
    for frame in frames:
        lids[frame - 2 : frame + 3] = height * np.array((0.4, 0.8, 1.0, 0.7, 0.3))
    return lids


def test_a_half_hearted_closing_of_the_lids_becomes_a_whole_blink_most_of_the_time():
    stream = stream_with()
    for side in ("Left", "Right"):
        stream[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids_with_bumps(50, 200)

    lids = np.stack([decoded(stream, seed=seed).expression[:, ARKIT_INDEX["eyeBlinkLeft"]] for seed in range(20)])

    deepest = np.concatenate((lids[:, 46:56].max(axis=1), lids[:, 196:206].max(axis=1)))
    assert deepest.min() >= 0.6 - 1e-6
    assert 0.75 < (deepest == 1.0).mean() < 1.0
    assert lids[:, 80:180].max() == 0.0


def test_lids_that_hardly_move_are_no_blink_and_two_bumps_at_once_are_one():
    assert blink_onsets(lids_with_bumps(50, height=0.25)).sum() == 0
    assert blink_onsets(lids_with_bumps(50, 55)).sum() == 1


def test_a_gaze_near_the_partners_eyes_is_at_them_and_one_far_off_rests_there():
    gaze = np.zeros((FRAMES, 2))
    gaze += np.radians(1.5) * np.sin(np.arange(FRAMES) / 5)[:, None]
    gaze[100:150] = np.radians((14.0, -6.0))

    settled = settle_gaze(gaze, np.random.default_rng(2))

    assert settled.away[:95].max() == 0
    assert settled.away[160:].max() == 0
    assert settled.away[105:145].min() == 1
    assert np.allclose(np.degrees(settled.target[120]), (14.0, -6.0), atol=0.5)
    assert np.all(settled.target[:95] == 0)


def test_a_gaze_that_wanders_slowly_goes_in_jumps():
    gaze = np.zeros((FRAMES, 2))
    gaze[50:250, 0] = np.radians(np.linspace(11, 33, 200))

    target = settle_gaze(gaze, np.random.default_rng(3)).target

    steps = np.unique(np.round(np.degrees(target[60:240, 0]), 3))
    assert 3 <= len(steps) <= 8


def test_a_look_away_of_a_moment_is_none():
    gaze = np.zeros((FRAMES, 2))
    gaze[100:105] = np.radians((20.0, 0.0))

    assert settle_gaze(gaze, np.random.default_rng(4)).away.sum() == 0


def test_the_mouth_is_the_one_that_was_read_whatever_the_stream_says_of_it():
    read = silent()
    read.jaw[100:140] = 0.12
    wild = stream_with(jaw=(slice(52, 55), np.random.default_rng(5).normal(size=(FRAMES, 3))))

    spoken = [decoded(stream, read).jaw[:, 0] for stream in (stream_with(), wild)]

    assert np.allclose(spoken[0], spoken[1])
    assert spoken[0][110:130].min() > 0.08


def test_a_smile_of_the_stream_is_seen_beside_what_was_read():
    stream = stream_with(smile=(SMILE, 0.6))

    assert decoded(stream).expression[150, SMILE] == pytest.approx(0.6, abs=0.05)


def test_the_head_follows_the_stream_in_poses_and_the_trunk_smoothly():
    rng = np.random.default_rng(6)
    slow = 0.1 * np.sin(np.arange(FRAMES) / 20)[:, None].repeat(3, axis=1)
    trembling = slow + rng.normal(0, 0.02, size=slow.shape)
    stream = stream_with(neck=(NECK, trembling), sway=(TRANSLATION, 0.1 * trembling))

    person = decoded(stream)

    assert np.abs(person.neck - slow)[10:-10].mean() < 0.03
    assert np.abs(person.neck - slow).max() < 0.13
    assert np.abs(np.diff(person.neck, axis=0)).mean() < 0.5 * np.abs(np.diff(trembling, axis=0)).mean()
    assert np.abs(person.sway - 0.1 * slow)[20:-20].max() < 0.003


def test_head_and_brows_stress_what_the_voice_stresses():
    voice = Speaker((phrase(1.0, 3.5, 2.2, strength=1.0), phrase(5.0, 7.5, 6.4, strength=1.0)), brows=1.6)

    person, mute = (
        decode_person(stream_with(), silent(), np.zeros(FRAMES, np.float32), np.random.default_rng(0), who)
        for who in (voice, Speaker())
    )

    for accent in (2.2, 6.4):
        around = slice(round((accent - 0.3) * 25), round((accent + 0.2) * 25))
        assert np.degrees(np.ptp(person.neck[around, 0])) > 3.0
        assert np.degrees(np.ptp(mute.neck[around, 0])) < 1.0
    brows = ARKIT_INDEX["browInnerUp"]
    assert person.expression[:, brows].max() > 0.2
    assert mute.expression[:, brows].max() == 0


def test_the_same_dice_give_the_same_person():
    stream = stream_with(eyes=(EYES, np.radians(20.0)))

    first, again, other = decoded(stream), decoded(stream), decoded(stream, seed=9)

    assert np.array_equal(first.gaze, again.gaze)
    assert not np.array_equal(first.gaze, other.gaze)


def test_a_head_that_goes_along_with_a_look_away_comes_just_after_the_eyes():
    gaze = np.zeros((FRAMES, 2))
    for frame in range(95, 105):  # a stream is smooth where eyes jump
        gaze[frame] = np.radians((25.0, 0.0)) * (frame - 94) / 11
    gaze[105:] = np.radians((25.0, 0.0))
    neck = np.zeros((FRAMES, 3))
    kernel = np.hanning(16)[1:-1]
    goal = np.concatenate((np.zeros(13), head_goal(gaze)[:, 0]))
    neck[:, 1] = np.convolve(goal, kernel / kernel.sum(), mode="valid")
    stream = stream_with(eyes=(EYES, np.tile(gaze, 2)), neck=(NECK, neck))

    person = decoded(stream)

    turn = np.degrees(person.neck[:, 1])
    there = int((person.gaze[:, 0] > np.radians(12.0)).argmax())
    assert np.abs(turn[: there + 1]).max() < 1.5
    assert turn[there + 20] == pytest.approx(turn[-1], abs=1.5)
    assert turn[-1] == pytest.approx(np.degrees(head_goal(gaze)[-1, 0]), abs=1.5)
