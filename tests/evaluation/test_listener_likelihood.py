"""Bits a minute that a listener's chances are better than a rate."""

import numpy as np
import pytest

from backend.engines.dualtalk.model import EVENTS
from lab.evaluation.measures.listener import EventPrediction, likelihood_gains

FRAMES = 1500
NOD = EVENTS.index("nod")


def _dialogues(chances_of):
    found = []
    for seed in range(4):
        onsets = np.zeros((FRAMES, len(EVENTS)))
        onsets[np.random.default_rng(seed).choice(FRAMES, 15, replace=False), NOD] = 1
        found.append([EventPrediction(chances_of(onsets), onsets, np.ones_like(onsets))])
    return found


def test_the_rate_itself_gains_nothing():
    found = likelihood_gains(_dialogues(lambda onsets: np.full_like(onsets, 0.01)))

    assert found["bits_nod"].value == pytest.approx(0.0, abs=1e-9)


def test_knowing_the_half_second_of_a_nod_gains_bits_for_each():
    def near(onsets):
        wide = np.apply_along_axis(lambda channel: np.convolve(channel, np.ones(13), "same"), 0, onsets)
        return np.where(wide > 0, 1 / 13, 1e-6)

    found = likelihood_gains(_dialogues(near))

    assert 15 * np.log2(0.9 / 13 / 0.01) < found["bits_nod"].value < 15 * np.log2(1.5 / 13 / 0.01)
    assert found["bits_all"].value == pytest.approx(sum(found[f"bits_{name}"].value for name in EVENTS))


def test_frames_on_which_nothing_can_begin_do_not_count():
    dialogues = _dialogues(lambda onsets: np.full_like(onsets, 0.2))
    frozen = [
        [EventPrediction(dialogue.chances, dialogue.onsets, np.zeros_like(dialogue.possible))]
        for (dialogue,) in dialogues
    ]

    assert likelihood_gains(dialogues)["bits_nod"].value < -50
    assert likelihood_gains(frozen)["bits_all"].value == 0.0
