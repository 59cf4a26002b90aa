"""What of a take is kept exactly: lips that meet, lids that are shut, the ends of fixations."""

import numpy as np
from duologue.addon.keys.contacts import ends_of, jump_ends, lid_is_shut, lip_gap, lips_meet


def test_lips_meet_where_the_way_between_two_lips_is_shortest():
    rest = np.array([[0.0, 0.0, 0.0], [0.0, 0.5, 0.0], [30.0, 0.0, 0.0]])  # lower lip, upper lip, a corner
    opening, smile = np.array([[0.0, -40.0, 0.0], [0.0, 0.0, 0.0], [0.0, -10.0, 0.0]]), np.zeros((3, 3))
    smile[2] = [5.0, 5.0, 0.0]
    values = np.array([[0.0, 0.3, 0.6, 0.01, 0.0, 0.5], [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]])

    gap = lip_gap(values, ["Jaw", "Lips"], np.array([0, 1]), np.stack([opening, smile]), rest)

    np.testing.assert_allclose(gap, 0.5 + 40.0 * values[0])
    assert lips_meet(gap).tolist() == [True, False, False, True, True, False]


def test_a_mouth_that_nothing_tears_apart_has_no_gap():
    moved = np.ones((1, 2, 3))

    assert lip_gap(np.array([[0.0, 1.0]]), ["Lips"], np.array([0]), moved, np.zeros((2, 3))).size == 0


def test_a_blink_is_shut_at_its_height_and_a_squint_is_not():
    blink = np.array([0.0, 0.0, 0.5, 0.95, 1.0, 0.6, 0.0, 0.0, 0.0])

    assert lid_is_shut(blink, 10.0, "mm").tolist() == [False, False, False, True, True, False, False, False, False]
    assert not lid_is_shut(0.15 * blink, 10.0, "mm").any()
    assert lid_is_shut(-0.5 * blink, np.degrees(1.0), "degrees").sum() == 2


def test_fixations_end_before_a_jump_and_begin_after_it():
    degrees = np.array([[0.0], [0.1], [0.2], [6.0], [10.0], [10.1], [10.2]])

    assert np.flatnonzero(jump_ends(degrees, np.arange(7) / 25)).tolist() == [2, 4]


def test_ends_of_stretches():
    runs = np.array([True, True, False, True, False, True, True, True])

    assert np.flatnonzero(ends_of(runs)).tolist() == [0, 1, 3, 5, 7]
