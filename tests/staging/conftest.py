"""Imports of the test material beside these tests, and motions to stage."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from synthetic_face import synthetic_face

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.job import Character
from backend.engines.base import Motion


@pytest.fixture
def face():
    return synthetic_face()


@pytest.fixture
def characters():
    return Character("Anna", {"large": -0.5}, {"stature": 1.58}), Character(
        "Ben", {"large": 0.6, "long": 0.5}, {"stature": 1.93}
    )


@pytest.fixture
def still_motion():
    return make_motion(0, 50, head_degrees=0.0)


@pytest.fixture
def lively_motion():
    return make_motion(1, 250, head_degrees=6.0)


def make_motion(seed, frames, head_degrees, gaze_degrees=0.0):
    generator = np.random.default_rng(seed)
    time = np.arange(frames) / 25.0
    waves = np.sin(
        2 * np.pi * (generator.uniform(0.2, 1.5, (2, 1, 3)) * time[:, None] + generator.uniform(size=(2, 1, 3)))
    )
    speaking = (np.sin(2 * np.pi * time / 6.0)[None] * np.array([[1.0], [-1.0]]) > 0).astype(float)
    gaze = np.radians(gaze_degrees) * np.sign(np.sin(2 * np.pi * time / 3.0))[None, :, None] * np.ones((2, 1, 2))
    return Motion(
        expression=np.zeros((2, frames, len(ARKIT_NAMES))),
        jaw=np.zeros((2, frames, 3)),
        neck=np.radians(head_degrees) * waves,
        gaze=gaze,
        speaking=speaking,
    )
