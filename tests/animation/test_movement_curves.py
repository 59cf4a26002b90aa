"""Movements and bumps that cost what they last: the same as over the whole time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.animation.curves import bell, min_jerk, moved, raise_to
from tests.support.examples import examples

FRAMES = 100
TIME = np.arange(FRAMES) / 25


@settings(max_examples=examples(40), deadline=None)
@given(start=st.floats(-3, 6), seconds=st.floats(0.05, 3))
def test_a_move_is_the_movement_wherever_it_begins(start, seconds):
    step = np.array((1.0, -2.0, 0.5))

    path = moved(FRAMES, [(start, seconds, step)])

    np.testing.assert_allclose(path, min_jerk(TIME - start, seconds)[:, None] * step, atol=1e-12)


@settings(max_examples=examples(40), deadline=None)
@given(start=st.floats(-3, 6), rise=st.floats(0.05, 1), stay=st.floats(0, 2), fall=st.floats(0.05, 1))
def test_a_bump_is_the_swell_wherever_it_begins(start, rise, stay, fall):
    curve = np.full(FRAMES, 0.1)

    raise_to(curve, start, rise, stay, fall, 0.7)

    np.testing.assert_allclose(curve, np.maximum(0.1, 0.7 * bell(TIME - start, rise, stay, fall)), atol=1e-12)


def test_moves_add_up():
    path = moved(FRAMES, [(0.5, 0.4, np.ones(3)), (2.0, 0.4, -np.ones(3))])

    assert path[[0, 25, 45, 70], 0] == pytest.approx([0, 1, 1, 0])
