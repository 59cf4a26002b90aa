"""A face as both engines put it together: what a lip reader trembles, a person's face does not show."""

import numpy as np
import pytest

from backend.animation.face_assembly import ReadMouth, assembled_face
from backend.animation.lip_closure import lip_gap
from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from lab.evaluation.measures.face_motion import face_motion
from lab.evaluation.report import PERFORMANCE_MEASURES

FRAMES, FPS = 1500, 25
CLOSURES = np.arange(41, FRAMES, 60)
SPEAKING = (np.arange(FRAMES) % 60 > 8).astype(float)
"""Phrases of 2 s."""


def _mouth(seed=0):
    """Syllables of 3.5°, every fourth of 6.5°, a closure every 2.4 s, corners that buzz, each side by itself."""
    rng = np.random.default_rng(seed)
    at = np.arange(FRAMES)
    jaw = np.zeros(FRAMES)
    for number, frame in enumerate(range(8, FRAMES - 8, 7)):
        degrees = 6.5 if number % 4 == 1 else 3.5
        jaw = np.maximum(jaw, np.radians(degrees) * np.clip(1 - np.abs(at - frame) / 3, 0, None))
    jaw *= SPEAKING
    expression = np.zeros((FRAMES, 52))
    for unit in ("mouthSmile", "mouthStretch"):
        for side in ("Left", "Right"):
            wave = 0.2 + 0.1 * np.sin(at / 9)
            expression[:, ARKIT_INDEX[f"{unit}{side}"]] = np.clip(wave + rng.normal(0, 0.06, FRAMES), 0, 1)
    closure = np.zeros(FRAMES)
    closure[CLOSURES] = 1
    return ReadMouth(expression, jaw, closure, np.zeros(FRAMES))


def _life():
    life = np.zeros((FRAMES, 52))
    at = np.arange(FRAMES)
    raised = sum(0.5 * np.exp(-(((at - frame) / 8.0) ** 2)) for frame in range(60, FRAMES, 75))
    for unit in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
        life[:, ARKIT_INDEX[unit]] = raised
    life[:, [ARKIT_INDEX["browDownLeft"], ARKIT_INDEX["browDownRight"]]] = 0.42
    return life


@pytest.fixture(scope="module")
def person():
    blinks = np.zeros(FRAMES, np.float32)
    blinks[30::70] = 1
    return assembled_face(_mouth(), _life(), blinks, SPEAKING, np.random.default_rng(4))


@pytest.fixture(scope="module")
def numbers(person):
    expression, jaw = person
    return face_motion(expression, ARKIT_NAMES, jaw, SPEAKING > 0, FPS)


@pytest.mark.parametrize(
    "name",
    [
        "corner_changes",
        "corners_tied",
        "corners_apart",
        "jaw_hold",
        "jaw_contrast",
        "jaw_stressed",
        "brow_flatness",
        "lids_apart",
        "jaw_aside",
    ],
)
def test_a_face_reaches_what_is_wanted_of_one(name, numbers):
    assert PERFORMANCE_MEASURES[name].verdict(numbers[name]) is True, numbers[name]


def test_the_same_mouth_put_on_without_rules_does_not():
    mouth = _mouth()
    jaw = np.stack((mouth.jaw, np.zeros(FRAMES), np.zeros(FRAMES)), axis=1)

    bare = face_motion(mouth.expression + _life(), ARKIT_NAMES, jaw, SPEAKING > 0, FPS)

    for name in ("corner_changes", "corners_tied", "jaw_hold", "jaw_aside", "opposed", "single_brows"):
        assert PERFORMANCE_MEASURES[name].verdict(bare[name]) is False, (name, bare[name])


def test_every_closure_is_closed(person):
    expression, jaw = person

    assert lip_gap(expression, jaw[:, 0])[CLOSURES].max() < 0.3


def test_the_same_dice_give_the_same_face(person):
    blinks = np.zeros(FRAMES, np.float32)
    blinks[30::70] = 1

    again = assembled_face(_mouth(), _life(), blinks, SPEAKING, np.random.default_rng(4))

    assert np.array_equal(person[0], again[0])
    assert np.array_equal(person[1], again[1])
