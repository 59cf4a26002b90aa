"""Few keys for curves of a key a frame: bounds hold, what is kept is exact, handles are legal, whatever the curve."""

import numpy as np
import pytest
from duologue.addon.keys.bezier_keys import Keys, cut_at, evaluated, straight_keys
from duologue.addon.keys.fitting import fit_of, keys_of, prune, refine
from duologue.addon.steps import at_once
from hypothesis import given, settings
from hypothesis import strategies as st


def fitted(values, frames, tolerances, kept=None):
    kept = np.zeros(values.shape, dtype=bool) if kept is None else kept
    fit = at_once(fit_of(values, frames, tolerances, kept))
    every = np.arange(len(values))
    at_once(refine(fit, every))
    at_once(prune(fit, every))
    return at_once(keys_of(fit, every))


def smooth(random, count, length, width):
    kernel = np.exp(-0.5 * (np.arange(-3 * width, 3 * width + 1) / width) ** 2)
    noise = random.normal(size=(count, length + 6 * width))
    return np.array([np.convolve(curve, kernel / np.sqrt((kernel**2).sum()), "valid")[:length] for curve in noise])


@st.composite
def curves(draw):
    """[C, T] of smooth, stepped, constant, clipped and spiky curves, at frames with gaps, with tolerances."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    length = draw(st.integers(2, 160))
    made = [
        smooth(random, 2, length, draw(st.integers(1, 9))),
        np.repeat(random.normal(size=(1, length)), draw(st.integers(1, 12)), axis=1)[:, :length],
        np.full((1, length), random.normal()),
        np.clip(smooth(random, 1, length, 4), 0.0, 0.7),
        (random.random((1, length)) > 0.95).astype(float),
        random.normal(size=(1, length)) * 10.0 ** draw(st.integers(-6, 3)),
    ]
    values = np.concatenate(made)
    frames = draw(st.integers(-1000, 100_000)) + np.cumsum(random.integers(1, 4, size=length))
    tolerances = np.full(values.shape, 10.0 ** draw(st.integers(-4, 0)))
    return values, frames, tolerances, random.random(values.shape) < draw(st.sampled_from((0.0, 0.03)))


@settings(deadline=None, max_examples=40)
@given(curves())
def test_every_curve_is_within_its_tolerance_and_exact_where_it_is_kept(drawn):
    values, frames, tolerances, kept = drawn
    kept[:, [0, -1]] = True

    for keys, curve, tolerance, exact in zip(
        fitted(values, frames, tolerances, kept), values, tolerances, kept, strict=True
    ):
        off = np.abs(evaluated(keys, frames) - curve)
        assert (off <= tolerance * (1 + 1e-9) + 1e-9 * np.abs(curve)).all()
        assert (off[exact] <= 1e-12 * (1 + np.abs(curve[exact]))).all()
        assert set(frames[exact]) <= set(keys.places[:, 0])


@settings(deadline=None, max_examples=40)
@given(curves())
def test_keys_ascend_and_handles_stay_within_their_segments(drawn):
    values, frames, tolerances, kept = drawn

    for keys in fitted(values, frames, tolerances, kept):
        x = keys.places[:, 0]
        assert len(keys) <= len(frames)
        assert (np.diff(x) > 0).all()
        assert set(x) <= set(frames.astype(float))
        assert (x[:-1] <= keys.right[:-1, 0]).all()
        assert (keys.right[:-1, 0] <= x[1:]).all()
        assert (x[:-1] <= keys.left[1:, 0]).all()
        assert (keys.left[1:, 0] <= x[1:]).all()


@pytest.mark.parametrize(("width", "least"), [(3, 5.0), (6, 9.0), (12, 18.0)])
def test_smooth_curves_need_few_keys(width, least):
    values = 0.3 * smooth(np.random.default_rng(1), 8, 1500, width)

    keys = fitted(values, np.arange(1500), np.full(values.shape, 0.03))

    assert values.size / sum(map(len, keys)) >= least


def test_a_constant_and_a_straight_line_need_two_keys():
    values = np.stack([np.full(300, 0.4), np.linspace(-1.0, 2.0, 300)])

    assert [len(curve) for curve in fitted(values, np.arange(300), np.full(values.shape, 1e-3))] == [2, 2]


def test_nothing_moves_while_the_curve_stands_still():
    blink = np.concatenate([np.zeros(50), [0.3, 0.8, 1.0, 1.0, 1.0, 1.0, 0.7, 0.4, 0.1], np.zeros(50)])[None]

    (keys,) = fitted(blink, np.arange(blink.shape[1]), np.full(blink.shape, 0.05))

    still = np.concatenate([np.linspace(0, 49, 200), np.linspace(59, blink.shape[1] - 1, 200)])
    assert np.abs(evaluated(keys, still)).max() < 1e-9
    assert len(keys) <= 12


def test_a_closer_tolerance_needs_no_fewer_keys():
    values = smooth(np.random.default_rng(2), 4, 400, 5)
    counts = [
        sum(map(len, fitted(values, np.arange(400), np.full(values.shape, tolerance))))
        for tolerance in (0.3, 0.03, 0.003)
    ]

    assert counts == sorted(counts)


def random_keys(random, count):
    """Keys with handles of all lengths up to half of the way to the next key."""
    x = np.cumsum(random.uniform(1.0, 20.0, count))
    places = np.stack([x, random.normal(size=count)], axis=1)
    gaps = np.concatenate([[1.0], np.diff(x), [1.0]])
    sides = []
    for sign, room in ((-1.0, gaps[:-1]), (1.0, gaps[1:])):
        reach = random.uniform(0.0, 0.5, count) * room
        sides.append(places + sign * np.stack([reach, reach * random.normal(size=count)], axis=1))
    return Keys(places, *sides, random.random(count) < 0.2, np.ones(count, dtype=bool))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.floats(-0.2, 1.2))
def test_a_key_on_its_way_leaves_the_curve_as_it_was(seed, count, share):
    keys = random_keys(np.random.default_rng(seed), count)
    first, last = keys.places[[0, -1], 0]
    frames = np.linspace(first - 5.0, last + 5.0, 300)

    cut = cut_at(keys, first + share * (last - first))

    np.testing.assert_allclose(evaluated(cut, frames), evaluated(keys, frames), atol=1e-5)


def test_straight_keys_are_straight_and_held_at_the_ends():
    keys = straight_keys(np.array([1, 11, 21]), np.array([0.0, 1.0, -1.0]))

    np.testing.assert_allclose(evaluated(keys, np.array([-5.0, 1.0, 6.0, 11.0, 16.0, 30.0])), [0, 0, 0.5, 1, 0, -1])
