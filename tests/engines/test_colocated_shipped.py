"""The shipped weights do what they are told: the mood of the sentence is in the motion, not only in the staging."""

from functools import cache

import numpy as np
import pytest
import torch

from backend.contract.arkit import ARKIT_INDEX
from backend.engines.base import MOODS, ORDINARY_SCENE
from backend.engines.colocated.conditioning import MOUTH, Condition
from backend.engines.colocated.engine import COLOCATED_WEIGHTS, load_colocated
from backend.engines.colocated.sampler import DialogueConditions, perform_dialogue

FRAMES = 250
SEEDS = (1, 2, 3)


@cache
def performed(first, second):
    """Streams [S, 2, T, 65] of two silent people in these moods, a seed after the other."""
    model = load_colocated(COLOCATED_WEIGHTS, "cpu").eval()
    given = Condition(
        speaking=torch.zeros(2, FRAMES),
        mouth=torch.zeros(2, FRAMES, MOUTH),
        traits=torch.zeros(2, 8),
        mood=torch.eye(len(MOODS))[[MOODS.index(first), MOODS.index(second)]],
        layout=torch.from_numpy(ORDINARY_SCENE.layout),
    )
    conditions = DialogueConditions(torch.zeros(2, FRAMES, model.config.condition), given)
    return np.stack([perform_dialogue(model, conditions, seed).numpy() for seed in SEEDS])


@pytest.mark.parametrize(
    ("name", "more", "less"), [("browDownLeft", "angry", "happy"), ("mouthSmileLeft", "happy", "sad")]
)
def test_a_mood_is_seen_in_the_face_whatever_the_seed(name, more, less):
    column = ARKIT_INDEX[name]

    with_it = performed(more, more)[..., column].mean(axis=(1, 2))
    without = performed(less, less)[..., column].mean(axis=(1, 2))

    assert with_it.min() > without.max()
    assert with_it.mean() > without.mean() + 0.05
