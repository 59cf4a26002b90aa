"""Rehearsed events as the network learns them."""

import numpy as np

from backend.engines.dualtalk.model import EVENTS
from lab.simulation.event_targets import event_targets

FRAMES = 100
BLINK, AWAY, BACK, ELSEWHERE = range(4)


def _events() -> dict[str, np.ndarray]:
    events = {
        name: np.zeros((2, FRAMES), np.float32)
        for name in ("blink", "gaze_away", "gaze_shift", "nod", "shake", "brow_raise", "smile")
    }
    events["gaze_target"] = np.zeros((2, FRAMES, 2), np.float32)
    events["blink"][0, [10, 30]] = 1
    events["gaze_away"][0, 40:60] = 1
    events["gaze_target"][0, 40:50] = (0.3, 0.1)
    events["gaze_target"][0, 50:60] = (-0.05, -0.2)
    events["gaze_shift"][0, [40, 50, 60]] = 1
    events["smile"][1, 50:] = 0.5
    return events


def test_a_spell_away_has_a_beginning_a_jump_and_an_end() -> None:
    targets = event_targets(_events())

    assert np.flatnonzero(targets.onsets[0, :, AWAY]).tolist() == [40]
    assert np.flatnonzero(targets.onsets[0, :, ELSEWHERE]).tolist() == [50]
    assert np.flatnonzero(targets.onsets[0, :, BACK]).tolist() == [60]


def test_only_who_looks_away_can_look_back() -> None:
    targets = event_targets(_events())

    assert np.flatnonzero(targets.possible[0, :, BACK]).tolist() == list(range(41, 61))
    np.testing.assert_array_equal(targets.possible[..., AWAY], 1 - targets.possible[..., BACK])
    assert targets.onsets[targets.possible == 0].sum() == 0


def test_ages_count_from_the_last_onset() -> None:
    targets = event_targets(_events())

    assert targets.ages[0, [11, 30, 31], BLINK].tolist() == [1, 20, 1]
    assert targets.ages[0, 5, BLINK] > FRAMES


def test_aversions_have_directions_and_nothing_else_has() -> None:
    targets = event_targets(_events())

    assert np.flatnonzero(targets.directions[0] >= 0).tolist() == [40, 50]
    assert (targets.directions[1] == -1).all()


def test_a_rising_smile_begins_once() -> None:
    targets = event_targets(_events())

    assert targets.onsets[1, :, EVENTS.index("smile")].sum() == 1
