"""What a rehearsal promises to whoever trains on it."""

from itertools import pairwise

import numpy as np
import pytest

from backend.animation.events import render_blinks
from backend.animation.phones import BILABIALS, PAUSE
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from lab.simulation import rehearsal as rehearsal_module
from lab.simulation.rehearsal import make_rehearsal


def test_arrays_have_the_documented_shapes(rehearsal):
    frames = rehearsal.motion.frames
    assert frames == 40 * FRAME_RATE
    assert rehearsal.audio.shape == (2, 40 * SAMPLE_RATE)
    assert rehearsal.motion.expression.shape == (2, frames, 52)
    assert rehearsal.motion.jaw.shape == rehearsal.motion.neck.shape == (2, frames, 3)
    assert rehearsal.motion.gaze.shape == (2, frames, 2)
    assert rehearsal.speaking.shape == (2, frames)
    assert {array.shape[:2] for array in rehearsal.events.values()} == {(2, frames)}


def test_numbers_are_finite_and_in_range(rehearsal):
    motion = rehearsal.motion
    for array in (rehearsal.audio, motion.jaw, motion.neck, motion.gaze, *rehearsal.events.values()):
        assert np.isfinite(array).all()
    assert motion.expression.min() >= 0
    assert motion.expression.max() <= 1
    assert np.abs(rehearsal.audio).max() <= 1
    assert np.degrees(np.abs(motion.neck)).max() < 40


def test_the_same_seed_gives_the_same_rehearsal():
    first, second = make_rehearsal(3, seconds=12.0), make_rehearsal(3, seconds=12.0)

    assert np.array_equal(first.audio, second.audio)
    assert np.array_equal(first.motion.expression, second.motion.expression)
    assert first.phones == second.phones


def test_another_seed_gives_another_dialogue():
    assert make_rehearsal(3, seconds=12.0).phones != make_rehearsal(4, seconds=12.0).phones


def test_a_voice_is_heard_where_somebody_speaks(rehearsals):
    louder = []
    for rehearsal in rehearsals:
        level = np.sqrt(np.mean(np.square(rehearsal.audio.reshape(2, rehearsal.motion.frames, -1)), axis=2))  # [2, T]
        for person in range(2):
            speaks, silent = rehearsal.speaking[person] > 0.95, rehearsal.speaking[person] == 0
            louder.append(np.median(level[person, speaks]) / np.median(level[person, silent]))

    # a soft voice may all but drown in a noisy room
    assert min(louder) > 0.95
    assert np.mean(np.array(louder) > 2) > 0.8


def test_what_people_do_does_not_change_the_room(monkeypatch):
    heard = make_rehearsal(3, seconds=12.0).audio
    draw_draft = rehearsal_module.draw_draft

    def draw_more(rng, *given):
        rng.random(5)
        return draw_draft(rng, *given)

    monkeypatch.setattr(rehearsal_module, "draw_draft", draw_more)

    assert np.array_equal(make_rehearsal(3, seconds=12.0).audio, heard)


def test_every_bilabial_holds_at_least_one_key_shut(rehearsal):
    for person in range(2):
        shut = rehearsal.events["closure"][person]
        for start, end, name in rehearsal.phones[person]:
            if name in BILABIALS:
                middle = (start + end) / 2 * FRAME_RATE
                assert shut[int(np.floor(middle)) : int(np.ceil(middle)) + 1].any()


def test_closures_last_at_least_60_milliseconds(rehearsal):
    for person in range(2):
        edges = np.flatnonzero(np.diff(rehearsal.events["closure"][person].astype(int)))
        assert (edges[1::2] - edges[::2]).min() >= 0.06 * FRAME_RATE - 0.5


def test_the_mouth_of_a_listener_is_shut(rehearsal):
    for person in range(2):
        far = np.convolve(rehearsal.speaking[person], np.ones(31), mode="same") == 0
        assert far.any()
        assert np.degrees(rehearsal.motion.jaw[person, far, 0]).max() < 0.5
        assert rehearsal.motion.expression[person, far, ARKIT_INDEX["mouthFunnel"]].max() < 0.02


def test_nobody_ever_freezes(rehearsal):
    seconds = rehearsal.motion.frames // FRAME_RATE
    moved = np.abs(np.diff(rehearsal.motion.neck, axis=1)).sum(axis=2)[:, : seconds * FRAME_RATE - FRAME_RATE]
    assert moved.reshape(2, seconds - 1, FRAME_RATE).sum(axis=2).min() > np.radians(0.2)


def test_a_blink_shuts_the_lids_for_a_key():
    onsets = np.zeros(20, np.float32)
    onsets[4] = 1

    lids = render_blinks(onsets)

    assert lids.max() == pytest.approx(1.0)
    assert lids[4] == 0
    assert lids[15:].max() == 0


def test_no_phone_of_a_person_overlaps_the_next(rehearsals):
    for rehearsal in rehearsals:
        for phones in rehearsal.phones:
            spoken = [phone for phone in phones if phone[2] != PAUSE]
            assert all(first[1] <= second[0] + 1e-6 for first, second in pairwise(spoken))
