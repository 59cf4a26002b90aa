import numpy as np
import pytest

from backend.contract.segments import runs_of
from backend.staging.glances import staged_gaze
from backend.staging.stage import Place

NOWHERE = np.zeros((15_000, 2))


@pytest.mark.parametrize("share", [0.25, 0.5, 0.7])
def test_a_person_looks_away_for_about_the_share_the_staging_says(share):
    gaze, _ = staged_gaze(NOWHERE, Place((0, 0, 0), 0.0, gaze_away=share), np.random.default_rng(5))

    away = (np.linalg.norm(gaze, axis=-1) > np.radians(5.0)).mean()
    assert abs(away - share) < 0.1


def test_looks_away_last_about_two_seconds():
    gaze, _ = staged_gaze(NOWHERE, Place((0, 0, 0), 0.0, gaze_away=0.4), np.random.default_rng(6))

    lengths = [(stop - start) / 25.0 for start, stop in runs_of(np.linalg.norm(gaze, axis=-1) > 0.0)]
    assert 1.5 < np.median(lengths) < 2.6


def test_the_head_goes_along_without_jumping():
    _, head = staged_gaze(NOWHERE, Place((0, 0, 0), 0.0, gaze_away=0.5), np.random.default_rng(7))

    assert np.degrees(np.abs(head).max()) > 5.0
    assert 25.0 * np.degrees(np.abs(np.diff(head, axis=0)).max()) < 90.0


def test_nothing_changes_without_a_habit():
    wandering = np.random.default_rng(8).normal(0.0, 0.2, (100, 2))

    gaze, head = staged_gaze(wandering, Place((0, 0, 0), 0.0), np.random.default_rng(9))

    assert np.array_equal(gaze, wandering)
    assert not head.any()


def test_holding_the_gaze_turns_glances_into_eye_contact():
    glancing = np.zeros((1000, 2))
    for start in range(20, 1000, 40):
        glancing[start : start + 10, 0] = np.radians(15.0)

    held, _ = staged_gaze(glancing, Place((0, 0, 0), 0.0, gaze_held=1.0), np.random.default_rng(10))

    assert not held.any()
