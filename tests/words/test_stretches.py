"""Where words are looked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.words.forced_alignment import speech_stretches


def dialogue(seconds, *spans_of_people):
    """A quiet track and [2, T] who speaks when, from (start, end) seconds of each."""
    speaking = np.zeros((2, round(seconds * FRAME_RATE)))
    for person, spans in enumerate(spans_of_people):
        for start, end in spans:
            speaking[person, round(start * FRAME_RATE) : round(end * FRAME_RATE)] = 1.0
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32), speaking


def rounded(stretches):
    return [(round(stretch.start, 2), round(stretch.end, 2)) for stretch in stretches]


def test_each_stretch_of_speech_is_taken_with_a_margin():
    track, speaking = dialogue(20, [(1, 3), (6, 8)], [(10, 12)])

    assert rounded(speech_stretches(track, speaking, 0, separate=True)) == [(0.8, 3.2), (5.8, 8.2)]
    assert rounded(speech_stretches(track, speaking, 1, separate=True)) == [(9.8, 12.2)]


def test_a_breath_does_not_part_a_stretch():
    track, speaking = dialogue(10, [(1, 3), (3.2, 5)], [])

    assert rounded(speech_stretches(track, speaking, 0, separate=True)) == [(0.8, 5.2)]


def test_in_a_mix_words_under_words_are_left_out():
    track, speaking = dialogue(10, [(1, 5)], [(3, 4)])

    assert rounded(speech_stretches(track, speaking, 0, separate=False)) == [(0.8, 3.2), (3.8, 5.2)]
    assert rounded(speech_stretches(track, speaking, 0, separate=True)) == [(0.8, 5.2)]


def test_a_monologue_is_cut_where_it_is_quietest():
    track, speaking = dialogue(8, [(0, 8)], [])
    track[:] = 0.5
    track[round(4.0 * SAMPLE_RATE) : round(4.1 * SAMPLE_RATE)] = 0.0

    stretches = speech_stretches(track, speaking, 0, separate=True)

    assert len(stretches) == 2
    assert 3.8 < stretches[0].end - 0.2 < 4.2


@given(st.lists(st.floats(0, 1), min_size=2, max_size=400))
def test_stretches_lie_within_the_track_and_are_short(probabilities):
    speaking = np.stack([probabilities, probabilities[::-1]])
    track = np.zeros(len(probabilities) * SAMPLE_RATE // FRAME_RATE, np.float32)

    stretches = speech_stretches(track, speaking, 0, separate=False)

    assert all(0 <= stretch.start < stretch.end <= len(track) / SAMPLE_RATE for stretch in stretches)
    assert all(stretch.end - stretch.start < 7 for stretch in stretches)
