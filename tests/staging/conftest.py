"""Faces, people and motions to stage."""

import pytest

from backend.contract.job import Character
from tests.support.synthetic_face import make_motion, synthetic_face


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
