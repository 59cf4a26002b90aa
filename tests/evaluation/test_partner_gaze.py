"""Who looks at whom, from positions and lines of sight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.staging.rotation import directions, yaw_and_pitch
from lab.evaluation.measures.staging import angle_to_partner, at_partner, share


def _two(distance, off_degrees):
    """The first looks `off_degrees` beside the second, who looks straight back."""
    eyes = np.array([[[0.0, 1.2, 0.0]], [[0.3 * distance, 1.3, 0.9 * distance]]])
    there = eyes[::-1] - eyes
    yaw, pitch = yaw_and_pitch(there)
    yaw = yaw + np.radians([[off_degrees], [0.0]])
    return eyes, directions(yaw, pitch)


@given(distance=st.floats(0.4, 5))
def test_straight_lines_of_sight_meet_at_any_distance(distance):
    eyes, sight = _two(distance, 0)

    np.testing.assert_allclose(angle_to_partner(eyes, sight), 0, atol=1e-6)
    assert at_partner(eyes, sight).all()


@given(distance=st.floats(1, 5), off=st.floats(7, 170))
def test_who_looks_past_the_face_does_not_look_at_the_partner(distance, off):
    looks = at_partner(*_two(distance, off))

    assert not looks[0].any()
    assert looks[1].all()


def test_a_near_face_is_larger():
    assert at_partner(*_two(0.4, 9))[0].all()
    assert not at_partner(*_two(2.0, 9))[0].any()


def test_shares_of_nothing_are_no_number():
    assert share(np.array([True, False]), np.array([True, True])) == pytest.approx(0.5)
    assert np.isnan(share(np.ones(3, bool), np.zeros(3, bool)))
