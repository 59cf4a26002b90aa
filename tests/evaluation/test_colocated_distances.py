"""How far two motions are from each other, where it is known."""

import numpy as np
import pytest

from backend.engines.colocated.stream import EYES, NECK, TRANSLATION, stream_rows
from lab.evaluation.colocated.comparison import COLUMNS, distances, lip_errors, mean_of
from tests.support.made_motion import FRAMES, JAW_OPEN, face_of_arkit, lively, turns


def test_nothing_lies_between_a_motion_and_itself():
    rows = stream_rows(lively(1), 1.0)

    found = distances(rows, rows, turns(), face_of_arkit())

    assert set(found) == set(COLUMNS)
    for name in COLUMNS:
        if not name.startswith("sid"):
            assert found[name] == pytest.approx(0.0, abs=1e-4)


def test_errors_come_in_the_units_that_are_told():
    rows = stream_rows(lively(1), 1.0).astype(np.float64)
    other = rows.copy()
    other[..., NECK.start] += np.radians(3.0)
    other[..., TRANSLATION.start] += 0.002

    found = distances(rows, other, turns(), face_of_arkit())

    assert found["mse_rotation"] == pytest.approx(9.0 / 10.0)  # 3 degrees in one of ten numbers
    assert found["fd_rotation"] == pytest.approx(9.0, abs=1e-4)
    assert found["p_fd_rotation"] == pytest.approx(18.0, abs=1e-4)
    assert found["mse_translation"] == pytest.approx(4.0 / 3.0)
    assert found["mse_expression"] == 0.0


def test_lips_are_judged_in_millimetres_on_who_speaks_alone():
    rows = stream_rows(lively(1), 1.0)
    other = rows.copy()
    other[0, : FRAMES // 2, JAW_OPEN] += 0.2  # 2 mm while the first speaks
    other[0, FRAMES // 2 :, JAW_OPEN] += 0.9  # and much while only the second does

    found = distances(rows, other, turns(), face_of_arkit())

    assert found["lip"] == pytest.approx(1.0, abs=1e-4)  # half of all frames are the first one's
    assert found["gap"] == pytest.approx(1.0, abs=1e-4)


def test_lip_error_is_that_of_the_worst_landmark():
    rows = stream_rows(lively(1), 1.0)[0]
    other = rows.copy()
    other[:, JAW_OPEN] += 0.1

    apart, opening = lip_errors(rows, other, face_of_arkit())

    assert np.allclose(apart, 1.0, atol=1e-4)
    assert np.allclose(opening, 1.0, atol=1e-4)


def test_a_line_of_sight_that_is_off_costs_its_cosine():
    rows = np.zeros((2, FRAMES, 65))
    other = rows.copy()
    other[..., EYES.start] = other[..., EYES.start + 2] = np.radians(60.0)

    assert distances(rows, other, turns(), face_of_arkit())["gaze"] == pytest.approx(0.5)


def test_an_expression_that_never_changes_has_no_diversity():
    rows = stream_rows(lively(1), 1.0)
    stiff = np.zeros_like(rows)

    lively_bits = distances(rows, rows, turns(), face_of_arkit())["sid_speaking"]
    stiff_bits = distances(rows, stiff, turns(), face_of_arkit())["sid_speaking"]

    assert stiff_bits == pytest.approx(0.0, abs=1e-3)
    assert lively_bits > 3.0


def test_what_nobody_did_is_left_out_of_the_mean():
    silence = np.zeros((2, FRAMES), np.float32)
    rows = stream_rows(lively(1), 1.0)

    mute = distances(rows, rows, silence, face_of_arkit())
    said = dict.fromkeys(COLUMNS, 2.0)

    assert np.isnan(mute["lip"])
    assert mean_of([mute, said])["lip"] == 2.0
    assert mean_of([mute, said])["mse_expression"] == 1.0
