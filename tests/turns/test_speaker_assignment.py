"""Whose voice a track holds: the other person's, recorded softly at another time, is not the owner's."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from backend.contract.constants import SAMPLES_PER_FRAME
from backend.turns import speaker_assignment, speaking_from_tracks
from backend.turns.levels import frame_levels, otsu_split
from backend.turns.speaker_assignment import without_foreign_speech
from lab.evaluation.recordings.dialogues import with_second_voice


@pytest.fixture(scope="module")
def speaking(models, demo_tracks):
    return speaking_from_tracks(demo_tracks, models)


def levels_of(tracks):
    return np.stack([frame_levels(track) for track in tracks])


def every_other_turn_softer(tracks, turns, decibels):
    """Each person mumbles every other turn."""
    softer = tracks.copy()
    for track, talk in zip(softer, turns, strict=True):
        starts = np.flatnonzero(np.diff(np.concatenate([[0], talk.astype(int)])) == 1)
        for start, stop in zip(starts[1::2], [*starts[2::2], len(talk)], strict=False):
            track[start * SAMPLES_PER_FRAME : stop * SAMPLES_PER_FRAME] *= 10 ** (decibels / 20)
    return softer


def test_the_others_voice_at_another_time_is_not_ones_own(models, demo_tracks, demo_turns, monkeypatch):
    tracks = with_second_voice(demo_tracks)
    silent = ~binary_dilation(demo_turns, np.ones((1, 15)))  # 0.3 s from one's own speech

    detected = speaking_from_tracks(tracks, models) > 0.5
    monkeypatch.setattr(speaker_assignment, "_TWO_LEVELS", np.inf)
    without = speaking_from_tracks(tracks, models) > 0.5

    assert without[silent].mean() > 0.3
    assert detected[silent].mean() < 0.1
    assert detected[demo_turns].mean() > without[demo_turns].mean() - 0.005


def test_a_persons_own_soft_speech_stays(models, demo_tracks, demo_turns):
    softer = every_other_turn_softer(demo_tracks, demo_turns, -16.0)
    speaking = demo_turns.astype(float)
    levels = levels_of(softer)
    assert speaker_assignment._of_two_levels(levels[0], demo_turns[0])

    detected = without_foreign_speech(speaking, softer, levels, models.voice)

    assert np.array_equal(detected, speaking)


def test_tracks_of_one_level_are_not_listened_to_again(speaking, demo_tracks):
    detected = without_foreign_speech(speaking, demo_tracks, levels_of(demo_tracks), network=None)

    assert detected is speaking


def test_what_sounds_a_little_like_the_other_is_the_other_only_while_the_other_talks():
    little, none = np.full(8, 0.05), np.full(8, -0.4)
    evidence = np.stack([little, none])
    both, alone = np.ones((2, 8), bool), np.stack([np.ones(8, bool), np.zeros(8, bool)])

    assert speaker_assignment._most_likely(evidence, both).tolist() == [[True] * 8, [False] * 8]
    assert not speaker_assignment._most_likely(evidence, alone).any()


def test_one_doubtful_chunk_changes_nothing():
    evidence = np.full((2, 9), -0.2)
    evidence[0, 4] = 0.3
    speech = np.stack([np.ones(9, bool), np.zeros(9, bool)])

    assert not speaker_assignment._most_likely(evidence, speech).any()


def test_what_is_louder_than_the_other_ever_is_stays():
    foreign = np.ones(20, bool)
    levels = np.full(300, -40.0)
    levels[150:153] = -20.0  # a short "yes"

    found = speaker_assignment._foreign_frames(foreign, np.ones(300, bool), levels)

    assert found[:140].all()
    assert found[165:].all()
    assert not found[150:153].any()


def test_chunks_to_compare_with_are_limited_however_long_the_dialogue():
    said = np.ones((2, 90_000), bool)  # an hour

    references = speaker_assignment._references(speaker_assignment._chunks(said, np.zeros(said.shape)))

    assert references.sum(axis=1).max() <= 200
    assert references[:, -200:].any()


def test_two_heaps_are_parted_where_they_are():
    split = otsu_split(np.concatenate([np.linspace(-41.0, -39.0, 30), np.linspace(-21.0, -19.0, 70)]))

    assert split.share == pytest.approx(0.3)
    assert split.separation == pytest.approx(20.0)
    assert otsu_split(np.array([1.0])).separation == 0.0
