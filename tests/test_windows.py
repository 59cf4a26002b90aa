"""Windows of any size cover every frame, and what is cut into them joins to what it was."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.windows import BlendedWindows, FadedWindows, InnerWindows, cut_window, pieces_with_context
from tests.support.examples import examples

FRAMES = st.integers(1, 900)
LENGTH = st.integers(2, 120)
wild = settings(max_examples=examples(100), deadline=None)


def numbered(frames):
    """[2, T, 3] all numbers different."""
    return np.arange(6 * frames, dtype=np.float32).reshape(2, frames, 3)


@wild
@given(frames=FRAMES, step=st.integers(1, 60), margin=st.integers(0, 40))
def test_the_inner_parts_of_windows_join_to_what_they_were_cut_from(frames, step, margin):
    windows = InnerWindows(step + 2 * margin, step)
    whole, again = numbered(frames), np.full((2, frames, 3), np.nan, np.float32)

    starts = windows.starts(frames)
    cut = np.stack([cut_window(whole, start, windows.length) for start in starts])
    half = len(starts) // 2
    windows.write_inner(again, 0, cut[:half])
    windows.write_inner(again, half, cut[half:])

    np.testing.assert_array_equal(again, whole)
    assert starts[0] == -margin
    assert starts[-1] + margin < frames  # none too many
    assert windows.seams(frames) == [start + margin for start in starts[1:]]


def test_a_later_window_is_written_where_its_inner_part_lies():
    windows = InnerWindows(length=250, step=150)
    kept = np.zeros((2, 310, 1), np.float32)

    windows.write_inner(kept, 1, np.full((1, 2, 250, 1), 7, np.float32))

    assert windows.margin == 50
    assert windows.starts(310) == [-50, 100, 250]
    assert set(np.flatnonzero(kept[0, :, 0])) == set(range(150, 300))


@pytest.mark.parametrize("frames", [0, 1])
def test_a_dialogue_without_frames_is_one_window(frames):
    assert InnerWindows(10, 6).starts(frames) == [-2]
    assert BlendedWindows(10, 6).starts(frames) == [0]
    assert FadedWindows(10, 4).spans(frames) == [(0, frames)]


@wild
@given(frames=st.integers(0, 40), start=st.integers(-60, 60), length=st.integers(1, 50))
def test_a_cut_window_holds_what_is_there_and_zeros_elsewhere(frames, start, length):
    whole = 1 + numbered(frames)

    cut = cut_window(whole, start, length)

    assert cut.shape == (2, length, 3)
    for index in range(length):
        there = 0 <= start + index < frames
        np.testing.assert_array_equal(cut[:, index], whole[:, start + index] if there else np.zeros((2, 3)))


@wild
@given(frames=FRAMES, length=LENGTH, overlap=st.integers(0, 119), fade=st.integers(0, 60))
def test_faded_windows_cover_every_frame_and_join_to_what_they_were_cut_from(frames, length, overlap, fade):
    windows = FadedWindows(length, min(overlap, length - 1), fade)
    whole = np.random.default_rng(frames).normal(size=(2, frames, 3)).astype(np.float32)

    spans = windows.spans(frames)
    again = windows.join(((start, whole[:, start:stop]) for start, stop in spans), 2, frames, 3)

    assert np.abs(again - whole).max() < 1e-6
    assert {stop - start for start, stop in spans} == {min(length, frames)}
    assert spans[0][0] == 0
    assert spans[-1][1] == frames
    assert all(earlier[1] - later[0] >= windows.overlap for earlier, later in pairwise(spans))


@wild
@given(shared=st.integers(0, 200), fade=st.integers(0, 60))
def test_a_fade_rises_in_the_middle_and_both_windows_weights_add_to_one(shared, fade):
    weights = FadedWindows(400, 200, fade).fade_weights(shared)

    assert weights.shape == (shared,)
    assert (np.diff(weights) >= 0).all()
    assert ((weights > 0) & (weights < 1)).sum() == min(fade, shared)
    if (shared - fade) % 2 == 0 or fade >= shared:
        np.testing.assert_allclose(weights + weights[::-1], 1, atol=1e-6)


def test_a_later_window_takes_over_where_two_disagree():
    windows = FadedWindows(length=10, overlap=4, fade=2)
    pieces = [(0, np.zeros((1, 10, 1), np.float32)), (6, np.ones((1, 10, 1), np.float32))]

    joined = windows.join(pieces, 1, 16, 1)[0, :, 0]

    np.testing.assert_array_equal(joined[:7], 0)
    np.testing.assert_allclose(joined[7:9], [0.5 - 0.5 * np.cos(np.pi / 4), 0.5 + 0.5 * np.cos(np.pi / 4)], atol=1e-6)
    np.testing.assert_array_equal(joined[9:], 1)


@wild
@given(frames=FRAMES, length=LENGTH, share=st.floats(0.5, 1))
def test_blended_windows_cover_every_frame_and_their_weights_add_to_one(frames, length, share):
    windows = BlendedWindows(length, max(-(-length // 2), int(share * length)))
    starts, weights = windows.starts(frames), windows.weights()

    total = np.zeros(starts[-1] + length, np.float32)
    for start in starts:
        total[start : start + length] += weights

    overlap = length - windows.step
    np.testing.assert_allclose(total[overlap : len(total) - overlap], 1, atol=1e-6)
    assert weights.min() > 0
    np.testing.assert_array_equal(weights, weights[::-1])
    assert len(total) >= frames
    assert len(starts) == 1 or starts[-2] + length < frames  # none too many


@wild
@given(frames=FRAMES, length=LENGTH, share=st.floats(0.5, 1))
def test_seams_of_blended_windows_are_where_the_number_of_windows_changes(frames, length, share):
    windows = BlendedWindows(length, max(-(-length // 2), int(share * length)))

    covering = [
        frozenset(start for start in windows.starts(frames) if start <= frame < start + length)
        for frame in range(frames)
    ]

    assert windows.seams(frames) == [frame for frame in range(1, frames) if covering[frame] != covering[frame - 1]]


@wild
@given(frames=FRAMES, length=LENGTH, context=st.integers(0, 60))
def test_pieces_with_context_hold_every_frame_once_and_what_is_around(frames, length, context):
    whole = np.arange(frames)

    pieces = list(pieces_with_context(frames, length, context))

    np.testing.assert_array_equal(np.concatenate([whole[around][inner] for around, inner in pieces]), whole)
    for around, inner in pieces:
        first, last = around.start + inner.start, around.start + inner.stop
        assert last - first <= length
        assert around.start == max(first - context, 0)
        assert around.stop == min(last + context, frames)
