"""The measures of behaviour on motion whose numbers are known."""

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_INDEX
from backend.engines.base import Motion
from lab.evaluation.measures.behaviour import behaviour_rates

FRAMES = 60 * 25


def _motion() -> Motion:
    expression = np.zeros((2, FRAMES, 52), np.float32)
    for blink in range(50, FRAMES, 125):
        expression[:, blink : blink + 3, ARKIT_INDEX["eyeBlinkLeft"]] = (0.5, 1.0, 0.5)
    gaze = np.zeros((2, FRAMES, 2), np.float32)
    gaze[0, : FRAMES // 2] = (0.4, 0.0)
    neck = np.zeros((2, FRAMES, 3), np.float32)
    time = np.arange(FRAMES) / 25
    for start in (400, 800, 1200):
        since = np.clip(time - start / 25, 0, 0.5)
        neck[1, :, 0] += np.radians(6) * np.sin(2 * np.pi * since) ** 2
    speaking = np.zeros((2, FRAMES), np.float32)
    speaking[0] = 1
    return Motion(expression, np.zeros((2, FRAMES, 3), np.float32), neck, gaze, speaking)


def test_blinks_gaze_and_nods_are_counted() -> None:
    rates = behaviour_rates(_motion())

    assert rates["blinks_per_minute"] == pytest.approx(12)
    assert rates["looking_at_partner_speaking"] == pytest.approx(0.5)
    assert rates["looking_at_partner_listening"] == pytest.approx(1.0)
    assert rates["mutual_gaze"] == pytest.approx(0.5)
    assert rates["nods_per_minute_listening"] == pytest.approx(3)


def test_a_head_that_does_not_move_is_called_frozen() -> None:
    assert behaviour_rates(_motion())["longest_frozen_seconds"] == pytest.approx(60, abs=0.1)
