"""What the engine draws from: the request's seed and the sound together."""

import numpy as np

from backend.engines.base import DialogueAudio
from backend.engines.colocated.engine import dialogue_seed


def sound(seed):
    return DialogueAudio(np.random.default_rng(seed).normal(size=(2, 800)).astype(np.float32), None, separate=True)


def test_the_same_request_draws_the_same():
    assert dialogue_seed(3, sound(1)) == dialogue_seed(3, sound(1))


def test_another_seed_and_another_dialogue_draw_anew():
    drawn = {dialogue_seed(seed, sound(number)) for seed in (0, 1) for number in (1, 2)}

    assert len(drawn) == 4
    assert all(0 <= number < 2**63 for number in drawn)
