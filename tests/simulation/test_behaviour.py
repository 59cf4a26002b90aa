"""What people of a rehearsal do, and that it belongs to what is said."""

from itertools import pairwise

import numpy as np
import pytest

from backend.animation.events import draw_blink_lengths, render_blinks
from backend.animation.gaze import Gaze, render_gaze, saccade_seconds
from backend.contract.constants import FRAME_RATE
from lab.simulation.behaviour.eyes import draw_blinks
from lab.simulation.behaviour.smiles import draw_smiles, render_smiles
from lab.simulation.script.people import MOODS, draw_habits, draw_mood
from lab.simulation.script.timeline import Timeline
from lab.simulation.statistics.observed import gaps_of, observe, turns_of


def _jump(degrees):
    """A gaze that jumps aside by `degrees` on frame 10."""
    target = np.zeros((30, 2))
    target[10:, 0] = np.radians(degrees)
    flat = np.zeros(30)
    return Gaze(flat, target, np.zeros((30, 2)), flat, flat)


def test_a_small_saccade_lands_within_a_frame():
    path = np.degrees(render_gaze(_jump(5.0)))

    assert path[9, 0] == 0
    assert path[10, 0] == pytest.approx(5.0)


def test_a_large_saccade_takes_as_long_as_the_main_sequence_says():
    path = np.degrees(render_gaze(_jump(30.0)))

    moving = np.flatnonzero((path[:, 0] > 0.01) & (path[:, 0] < 29.99))
    assert float(saccade_seconds(np.array(30.0))) == pytest.approx(0.087)
    assert moving.tolist() == [10, 11]
    assert (np.diff(path[:, 0]) >= 0).all()


def test_every_blink_shuts_the_lids_for_a_key_whatever_its_lengths():
    rng = np.random.default_rng(0)
    onsets = np.zeros(4000, np.float32)
    onsets[20::40] = 1

    lids = render_blinks(onsets, draw_blink_lengths(rng, onsets, tempo=1.25))

    shut = lids.reshape(-1, 40).max(axis=1)
    assert shut[1:].min() == pytest.approx(1.0)
    assert len(np.unique(np.round(lids[20 + 6 :: 40], 3))) > 10  # they differ


def test_speakers_blink_more_than_listeners():
    rng = np.random.default_rng(1)
    speaking = np.repeat((0.0, 1.0), 60 * 60 * FRAME_RATE // 2)

    blinks = draw_blinks(rng, 17.0, speaking, np.zeros(len(speaking)))

    assert blinks[speaking > 0].sum() > 1.5 * blinks[speaking == 0].sum()


def test_moods_are_drawn_as_often_as_they_say():
    rng = np.random.default_rng(2)

    drawn = [draw_mood(rng) for _ in range(4000)]

    for name, mood in MOODS.items():
        assert drawn.count(name) / 4000 == pytest.approx(mood.share, abs=0.03)
        assert sum(mood.feelings.values()) == pytest.approx(1.0)


def test_a_silent_dialogue_has_no_smile_to_answer():
    rng = np.random.default_rng(3)
    habits = (draw_habits(rng), draw_habits(rng))

    smiles = draw_smiles(rng, habits, "easy", Timeline(20.0, (), ()))

    assert smiles == ((), ())
    assert render_smiles(smiles[0], 500)[0].max() == 0


def test_every_answering_smile_follows_one_of_the_partner(rehearsals):
    answers = 0
    for rehearsal in rehearsals:
        onsets = rehearsal.events["smile_onset"]
        for person in range(2):
            theirs = np.flatnonzero(onsets[1 - person] == 1) / FRAME_RATE
            for moment in np.flatnonzero(onsets[person] == 2) / FRAME_RATE:
                since = moment - theirs
                assert ((since > 0.25) & (since < 1.05)).any()
                answers += 1
    assert answers > 5


def test_nobody_breathes_in_while_speaking(rehearsals):
    for rehearsal in rehearsals:
        rising = np.diff(rehearsal.events["breath"], axis=1) > 0.01
        mid_speech = (
            (rehearsal.speaking[:, 1:] > 0.99)
            & (rehearsal.speaking[:, :-1] > 0.99)
            & (rehearsal.events["floor"][:, 1:] > 0)
        )
        assert (rising & mid_speech).sum() < 0.02 * mid_speech.sum()


def test_people_breathe_and_sway_all_the_time(rehearsals):
    for rehearsal in rehearsals:
        for person in range(2):
            onsets = np.flatnonzero(rehearsal.events["inhalation"][person])
            assert np.diff(onsets).max() < 20 * FRAME_RATE
        speed = np.linalg.norm(np.diff(rehearsal.events["sway"], axis=1), axis=2)
        assert np.percentile(speed, 1) > 0
        assert speed.max() * FRAME_RATE < 0.2
        assert np.abs(rehearsal.events["sway"]).max() < 0.12


def test_lids_follow_the_lengths_of_the_blinks(rehearsal):
    events = rehearsal.events
    seconds = events["blink_seconds"][events["blink"] > 0]

    assert (seconds[:, 1] > 1.2 * seconds[:, 0]).all()
    assert events["blink_seconds"][events["blink"] == 0].max() == 0


def test_beats_and_invitations_lie_in_speech(rehearsals):
    for rehearsal in rehearsals:
        voiced = np.stack([np.convolve(who, np.ones(25), mode="same") > 0 for who in rehearsal.speaking])
        assert voiced[rehearsal.events["beat"] > 0].all()
        assert (rehearsal.events["accent"][rehearsal.events["beat"] > 0] > 0).all()
        assert voiced[rehearsal.events["invitation"] > 0].all()


def test_turns_do_not_break_off_and_nobody_holds_two_at_once(rehearsals):
    for rehearsal in rehearsals:
        pair = observe(rehearsal)
        turns = turns_of(pair)

        assert all(turn.end > turn.start for turn in turns)
        assert gaps_of(pair).min() > -1.5
        for person in range(2):
            own = [turn for turn in turns if turn.person == person]
            assert all(first.end <= second.start for first, second in pairwise(own))
