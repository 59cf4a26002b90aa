"""Jumps that are made at seams are found, and jumps that are not are not."""

import numpy as np
import pytest

from lab.evaluation.colocated.seams import every_number, jumps, landmark_steps, steps_at_borders, steps_near, steps_of

FRAMES = 4000
SEAMS = list(range(200, FRAMES, 200))


def walk(seed=0, numbers=3):
    return np.cumsum(np.random.default_rng(seed).normal(size=(FRAMES, numbers)), axis=0)


def broken(rows, size):
    moved = rows.copy()
    for index, seam in enumerate(SEAMS):
        moved[seam:] += size * (-1) ** index
    return moved


def test_steps_into_a_seam_and_beside_it_are_at_the_seam():
    at = steps_near([5], 10, reach=1)

    assert np.flatnonzero(at).tolist() == [3, 4, 5]  # into frames 4, 5 and 6


@pytest.mark.parametrize("seam", [0, 1, 9, 10, 14])
def test_seams_at_the_ends_are_no_trouble(seam):
    assert len(steps_near([seam], 10)) == 9


def test_a_motion_without_seams_jumps_there_as_often_as_anywhere():
    found = jumps(steps_of(walk()), steps_near(SEAMS, FRAMES))

    assert found.above < 0.08
    assert found.luck > 0.01
    assert found.largest <= 1.5 * found.elsewhere


def test_a_jump_at_every_seam_is_found():
    found = jumps(steps_of(broken(walk(), 12.0)), steps_near(SEAMS, FRAMES, reach=0))

    assert found.above > 0.9
    assert found.luck < 1e-9
    assert found.largest > found.elsewhere
    assert found.count == len(SEAMS)


def test_the_number_that_jumps_is_told_from_those_that_do_not():
    rows = walk()
    rows[:, 1] = broken(rows, 12.0)[:, 1]

    above = every_number(rows, steps_near(SEAMS, FRAMES, reach=0))

    assert above[1] > 0.9
    assert max(above[0], above[2]) < 0.25


def test_a_number_that_never_changes_is_no_number_and_no_seam():
    rows = np.hstack((walk(), np.zeros((FRAMES, 1))))

    assert np.isnan(every_number(rows, steps_near(SEAMS, FRAMES))[3])
    assert not np.isnan(steps_of(rows)).any()
    assert steps_of(np.zeros((5, 2))).tolist() == [0.0] * 4


def test_without_seams_nothing_is_told():
    assert np.isnan(jumps(steps_of(walk()), np.zeros(FRAMES - 1, bool)).above)


def test_landmark_steps_are_the_furthest_of_all_in_millimetres():
    landmarks = np.zeros((3, 2, 3))
    landmarks[1, 0, 0] = 0.002
    landmarks[2, 1] = (0.0, 0.003, 0.004)

    assert landmark_steps(landmarks) == pytest.approx([2.0, 5.0])


def test_borders_are_where_the_mask_changes():
    assert steps_at_borders(np.array([1, 1, 0, 0, 1], bool)).tolist() == [False, True, False, True]
