import numpy as np
import pytest

from backend.animation.contact import contacts_of
from backend.animation.moments import moments_of
from backend.contract.segments import runs_of
from backend.prosody.phrases import Phrase
from backend.staging.glances import Occasions, staged_gaze
from backend.staging.stage import Place

MINUTE = 60 * 25
NOWHERE = np.zeros((MINUTE, 2))
AWAY = np.radians(8.0)


def looks_at(gaze):
    return np.linalg.norm(gaze, axis=-1) < AWAY


def place(**asked):
    return Place((0, 0, 0), 0.0, **asked)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.6, 0.7, 0.9])
def test_a_person_looks_away_for_the_share_the_staging_says_on_a_minute(share):
    for seed in range(5):
        gaze, _ = staged_gaze(NOWHERE, place(gaze_away=share), np.random.default_rng(seed))

        assert (~looks_at(gaze)).mean() == pytest.approx(share, abs=0.05)


def test_what_the_motion_looks_away_by_itself_is_part_of_the_share_and_not_on_top_of_it():
    gaze = NOWHERE.copy()
    for start in range(30, MINUTE, 100):
        gaze[start : start + 40] = np.radians((20.0, -8.0))

    staged, _ = staged_gaze(gaze, place(gaze_away=0.6), np.random.default_rng(5))

    assert (~looks_at(staged)).mean() == pytest.approx(0.6, abs=0.05)


def test_looks_away_last_eight_tenths_to_two_seconds_at_two_or_three_places():
    gaze, _ = staged_gaze(NOWHERE, place(gaze_away=0.6), np.random.default_rng(6))

    spells = runs_of(~looks_at(gaze))[1:-1]
    lengths = [(stop - start) / 25.0 for start, stop in spells]
    assert max(lengths) <= 2.1
    assert 0.9 < np.median(lengths) < 1.9
    spots = [
        1 + (np.degrees(np.abs(np.diff(gaze[start:stop], axis=0)).max(axis=1)) > 2.0).sum() for start, stop in spells
    ]
    assert np.median(spots) >= 2


@pytest.mark.parametrize("away", [(0.0, -25.0), (30.0, 0.0), (-14.0, 9.0)])
def test_who_looks_somewhere_the_sentence_names_looks_around_there(away):
    gaze, _ = staged_gaze(NOWHERE, place(gaze_away=0.6, away=away), np.random.default_rng(7))

    found = np.degrees(gaze[~looks_at(gaze)])
    assert np.abs(np.median(found, axis=0) - away).max() < 3.0
    assert np.quantile(np.linalg.norm(found - away, axis=-1), 0.9) < 12.0  # the rest are on their way


def test_the_head_goes_along_without_jumping_and_never_before_the_eyes():
    gaze, head = staged_gaze(NOWHERE, place(gaze_away=0.5), np.random.default_rng(7))

    first = int(np.flatnonzero(~looks_at(gaze))[0])
    assert not head[:first].any()
    assert np.degrees(np.abs(head).max()) > 5.0
    assert 25.0 * np.degrees(np.abs(np.diff(head, axis=0)).max()) < 90.0


def test_nothing_changes_without_a_habit():
    wandering = np.random.default_rng(8).normal(0.0, 0.2, (100, 2))

    gaze, head = staged_gaze(wandering, place(), np.random.default_rng(9))

    assert np.array_equal(gaze, wandering)
    assert not head.any()


@pytest.mark.parametrize(("held", "left"), [(1.0, 0.0), (0.8, 0.05), (0.5, 0.125)])
def test_holding_the_gaze_leaves_only_the_rest_of_the_glances(held, left):
    glancing = NOWHERE.copy()
    for start in range(20, MINUTE, 120):
        glancing[start : start + 30, 0] = np.radians(15.0)

    gaze, _ = staged_gaze(glancing, place(gaze_held=held), np.random.default_rng(10))

    assert (~looks_at(gaze)).mean() == pytest.approx(left, abs=0.05)


def test_who_is_interrupted_while_looking_away_looks_up_within_300_ms():
    gaze = np.zeros((500, 2))
    gaze[160:240] = np.radians((28.0, -12.0))
    moments = moments_of(((Phrase(3.2, 8.7),), (Phrase(7.98, 10.4),)))
    onset = round(7.98 * 25)

    for seed in range(20):
        rng = np.random.default_rng(seed)
        occasions = Occasions(np.arange(500) < 218, contacts_of(moments, 0, rng))
        staged, _ = staged_gaze(gaze, place(), rng, occasions)

        there = onset + int(looks_at(staged[onset:]).argmax())
        assert (there - onset) / 25.0 <= 0.3
        assert looks_at(staged[onset + 8 : onset + 18]).all()


def test_a_turn_is_landed_in_eye_contact():
    gaze = np.zeros((500, 2))
    gaze[40:130] = np.radians((-20.0, -10.0))
    moments = moments_of(((Phrase(1.0, 5.0),), (Phrase(5.2, 9.0),)))
    rng = np.random.default_rng(11)

    staged, _ = staged_gaze(gaze, place(), rng, Occasions(np.arange(500) < 125, contacts_of(moments, 0, rng)))

    assert looks_at(staged[125 - 8 : 125 + 8]).all()
    assert (~looks_at(staged[:110])).any()


def test_a_take_of_no_frames_stays_one():
    gaze, head = staged_gaze(np.zeros((0, 2)), place(gaze_away=0.5), np.random.default_rng(1))

    assert gaze.shape == head.shape == (0, 2)
