"""What stays of a take is there to the last bit; what is new eases out of it and meets the eyes that stayed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.spatial.transform import Rotation

from backend.contract.performance import Performance
from backend.staging.anatomy import EYE_LIMIT
from backend.staging.compose import Composition, compose
from backend.staging.prompt import stage_prompt
from backend.staging.take_blending import EASE_SECONDS, blend_with_take, take_shares
from tests.support.sightlines import miss_degrees
from tests.support.synthetic_face import make_motion

FRAMES = 150
EASE = round(EASE_SECONDS * 25)


@pytest.fixture
def two(face, characters):
    """A take and another composition of the same scene, whose heads and sway differ."""
    staging = stage_prompt("leaning in").staging
    was = compose(make_motion(1, FRAMES, 6.0), staging, face, characters, 1)
    made = compose(make_motion(2, FRAMES, 6.0), staging, face, characters, 2)
    take = Performance(
        25.0, face.id, ("Anna", "Ben"), was.expression, was.pose, was.translation, np.ones((2, FRAMES)), {}
    )
    return take, made


def anew(start, stop, people=(0, 1)):
    mask = np.ones((2, FRAMES), bool)
    mask[list(people), start:stop] = False
    return mask


def of(take):
    return Composition(take.pose, take.translation, take.expression)


def test_what_stays_is_the_takes_to_the_last_bit_and_the_middle_is_new(two, face, characters):
    take, made = two

    result = blend_with_take(made, take, anew(50, 100), face, characters)

    for got, was, new in zip(result, of(take), made, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got[:, :50], was[:, :50])
        np.testing.assert_array_equal(got[:, 100:], was[:, 100:])
        np.testing.assert_allclose(got[:, 50 + EASE : 100 - EASE], new[:, 50 + EASE : 100 - EASE], atol=1e-6)


def test_the_seam_is_no_larger_a_step_than_others(two, face, characters):
    take, made = two

    result = blend_with_take(made, take, anew(50, 100), face, characters)

    steps = np.abs(np.diff(result.translation, axis=1)).max(axis=(0, 2))
    hard = np.abs(made.translation[:, 50] - take.translation[:, 49]).max()
    assert steps.max() < 0.25 * hard + np.abs(np.diff(take.translation, axis=1)).max()


@pytest.mark.parametrize("person", [0, 1])
def test_who_is_new_meets_the_eyes_of_who_stayed(two, face, characters, person):
    take, made = two
    mask = anew(0, FRAMES, (person,))
    without = [array.copy() for array in made]
    for array, was in zip(without, of(take), strict=True):
        array[1 - person] = was[1 - person]

    result = blend_with_take(made, take, mask, face, characters)

    np.testing.assert_array_equal(result.pose[1 - person], take.pose[1 - person])
    assert miss_degrees(face, characters, Composition(*without))[person].max() > 0.5, "the material moves enough"
    assert miss_degrees(face, characters, result)[person].max() < 0.2


def test_eyes_meet_through_the_borders_too(two, face, characters):
    take, made = two

    result = blend_with_take(made, take, anew(50, 100, (0,)), face, characters)

    assert miss_degrees(face, characters, result)[0].max() < 0.5


def test_folds_of_the_lids_go_with_the_eyes(two, face, characters):
    take, made = two

    result = blend_with_take(made, take, anew(0, FRAMES, (0,)), face, characters)

    sight = Rotation.from_rotvec(result.pose[0, :, 3]).apply([0.0, 0.0, 1.0])
    outward = np.clip(np.arctan2(sight[:, 0], sight[:, 2]) / EYE_LIMIT.side, 0.0, 1.0)
    column = face.expression_names.index("eyeLookOutLeft")
    assert np.abs(made.expression[0, :, column] - outward).max() > 1e-3, "the eyes have turned"
    np.testing.assert_allclose(result.expression[0, :, column], outward, atol=1e-5)


@given(some.lists(some.booleans(), min_size=1, max_size=120))
def test_shares_are_one_where_it_stays_and_never_leap(row):
    mask = np.array([row, [not share for share in row]])

    found = take_shares(mask)

    assert (found[mask] == 1.0).all()
    assert ((found >= 0.0) & (found <= 1.0)).all()
    if not mask[0].any():
        assert (found[0] == 0.0).all()


def test_a_long_gap_is_new_in_its_middle_and_leaps_nowhere():
    found = take_shares(anew(40, 110))

    assert (found[:, 40 + EASE : 110 - EASE] == 0.0).all()
    assert np.abs(np.diff(found, axis=1)).max() < 0.2
