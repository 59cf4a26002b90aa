"""Bounded least squares: against scipy on wild problems, and fast enough for a whole take."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from backend.contract.bounded_least_squares import bounded_least_squares
from tests.support.examples import examples


def _problem(seed, unknowns, frames, ridge=1e-3):
    random = np.random.default_rng(seed)
    directions = random.normal(size=(3 * unknowns, unknowns)) * np.geomspace(1.0, 0.05, unknowns)
    data = directions @ random.normal(size=(unknowns, frames)) + 0.3 * random.normal(size=(3 * unknowns, frames))
    return directions, data, directions.T @ directions + ridge * np.eye(unknowns)


@settings(max_examples=examples(60), deadline=None)
@given(
    seed=st.integers(0, 10_000),
    unknowns=st.integers(1, 12),
    sides=st.lists(st.sampled_from(["both", "below", "above", "none", "fixed"]), min_size=12, max_size=12),
    ridge=st.sampled_from([1e-5, 1e-2, 1.0]),
)
def test_agrees_with_scipy_on_any_bounds(seed, unknowns, sides, ridge):
    directions, data, gram = _problem(seed, unknowns, 3, ridge)
    low = np.array([{"above": -np.inf, "none": -np.inf, "fixed": 0.2}.get(side, 0.0) for side in sides])[:unknowns]
    high = np.array([{"below": np.inf, "none": np.inf, "fixed": 0.2}.get(side, 1.0) for side in sides])[:unknowns]

    found = bounded_least_squares(gram, (directions.T @ data).T, low, high)

    system = np.concatenate([directions, np.sqrt(ridge) * np.eye(unknowns)])
    loose = low < high
    for frame, solution in enumerate(found):
        wanted = np.concatenate([data[:, frame], np.zeros(unknowns)]) - system[:, ~loose] @ low[~loose]
        assert solution[~loose] == pytest.approx(low[~loose])
        if loose.any():
            best = lsq_linear(system[:, loose], wanted, (low[loose], high[loose]), method="bvls", tol=1e-14)
            assert solution[loose] == pytest.approx(best.x, abs=1e-6)


def test_without_bounds_it_is_the_linear_solution():
    directions, data, gram = _problem(1, 8, 5)
    right = (directions.T @ data).T
    endless = np.full(8, np.inf)

    found = bounded_least_squares(gram, right, -endless, endless)

    assert found == pytest.approx(np.linalg.solve(gram, right.T).T)


def test_no_frames_give_no_rows():
    assert bounded_least_squares(np.eye(4), np.zeros((0, 4)), np.zeros(4), np.ones(4)).shape == (0, 4)


def test_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="above its upper"):
        bounded_least_squares(np.eye(2), np.zeros((1, 2)), np.array([0.0, 1.0]), np.array([1.0, 0.0]))


def test_a_minute_of_fifty_two_unknowns_takes_a_moment():
    _, _, gram = _problem(2, 52, 1, 1e-2)
    random = np.random.default_rng(3)
    knots = random.normal(size=(76, 52))
    times = np.linspace(0.0, 75.0, 1500)
    true = np.stack([np.interp(times, np.arange(76), column) for column in knots.T], axis=1)  # [1500, 52]

    started = time.process_time()
    found = bounded_least_squares(gram, true @ gram, np.zeros(52), np.ones(52))
    seconds = time.process_time() - started

    slope = found @ gram - true @ gram
    assert np.all(slope[(found > 0) & (found < 1)] < 1e-6)
    assert seconds < 3.0, seconds  # 0.1 s on a quiet machine
