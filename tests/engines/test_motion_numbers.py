"""DualTalk's layout of a frame: the official 56 numbers where they are, and named extras."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.engines.dualtalk import motion_numbers
from backend.engines.dualtalk.motion_numbers import (
    BLINKS,
    EXPRESSION,
    EXTRAS,
    EYES,
    JAW,
    NECK,
    NUMBERS,
    OFFICIAL,
    TONGUE,
    motion_rows,
    rows_of,
)
from backend.engines.dualtalk_official import model as dualtalk_official


def _motion(seed: int, frames: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    return tuple(dice.random((2, frames, width)).astype(np.float32) for width in (52, 3, 3, 2))


def test_the_official_56_are_where_the_official_model_has_them():
    official = (dualtalk_official.EXPRESSION, dualtalk_official.JAW, dualtalk_official.NECK)

    extras = sorted(index for part in EXTRAS.values() for index in range(NUMBERS)[part])

    assert official == (EXPRESSION, JAW, NECK)
    assert extras == list(range(OFFICIAL, NUMBERS))


def test_every_part_has_its_place():
    expression, jaw, neck, gaze = _motion(0)

    numbers = motion_numbers.motion_numbers(expression, jaw, neck, gaze)

    assert numbers.shape == (2, 4, NUMBERS)
    np.testing.assert_array_equal(numbers[..., JAW], jaw)
    np.testing.assert_array_equal(numbers[..., NECK], neck)
    np.testing.assert_array_equal(numbers[..., EYES], gaze)
    np.testing.assert_array_equal(numbers[..., BLINKS][..., 1], expression[..., ARKIT_INDEX["eyeBlinkRight"]])
    np.testing.assert_array_equal(numbers[..., TONGUE][..., 0], expression[..., ARKIT_INDEX["tongueOut"]])
    assert not numbers[..., 49].any()


@given(seed=some.integers(0, 1000))
def test_expression_comes_back_whole(seed):
    expression, jaw, neck, gaze = _motion(seed)

    back = motion_numbers.expression_of(motion_numbers.motion_numbers(expression, jaw, neck, gaze))

    assert back.shape[-1] == len(ARKIT_NAMES)
    np.testing.assert_array_equal(back, expression)


def test_rows_are_numbers_of_about_unit_size():
    parts = (np.full((3, 52), 0.5), np.full((3, 3), 0.1), np.full((3, 3), 0.06), np.full((3, 2), 0.12))

    rows = motion_rows(*(part.astype(np.float32) for part in parts))

    np.testing.assert_allclose(np.delete(rows, 49, axis=-1), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(rows, rows_of(motion_numbers.motion_numbers(*parts)))
