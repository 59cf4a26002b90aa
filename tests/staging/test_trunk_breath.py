"""The trunk breathes in for a longer phrase just before it."""

import numpy as np
import pytest

from backend.staging.trunk import synthesised_trunk, trunk_from_sway

FPS, FRAMES = 25, 500


def _rise(speaking, sway):
    generator = np.random.default_rng(0)
    if sway:
        return trunk_from_sway(np.zeros((FRAMES, 3)), speaking, 0.0, 1.0, generator).rise
    return synthesised_trunk(speaking, 0.0, 1.0, 1.0, generator).rise


@pytest.mark.parametrize("sway", [True, False])
def test_chest_and_shoulders_rise_by_millimetres_before_a_phrase_and_sink_through_it(sway):
    speaking = np.zeros(FRAMES)
    speaking[250:350] = 1

    rise = _rise(speaking, sway) * 1000

    before, full = rise[238], rise[248:251].max()
    assert 1.5 < full - before < 5.5
    assert rise[345] < full - 1.5
    assert np.diff(rise[260:345]).max() < 0.2
    assert rise.max() < 7.0
