"""Units that pull against each other are not both there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.animation.opposition import opposition, without_opposition
from backend.contract.arkit import ARKIT_INDEX


def _face(**units):
    expression = np.zeros((1, 52))
    for name, value in units.items():
        expression[0, ARKIT_INDEX[name]] = value
    return expression


def _of(expression, name):
    return float(expression[0, ARKIT_INDEX[name]])


def test_brows_that_are_clearly_down_are_not_up_as_well():
    face = without_opposition(_face(browDownLeft=0.6, browDownRight=0.6, browInnerUp=0.2, browOuterUpLeft=0.2))

    assert _of(face, "browInnerUp") < 0.02
    assert _of(face, "browOuterUpLeft") < 0.02
    assert _of(face, "browDownRight") > 0.55


def test_sorrow_keeps_its_inner_brows_up_and_a_little_down():
    face = without_opposition(_face(browInnerUp=0.6, browDownLeft=0.1, browDownRight=0.1))

    assert _of(face, "browInnerUp") == pytest.approx(0.6)
    assert _of(face, "browDownLeft") < 0.1


def test_each_side_decides_for_itself():
    face = without_opposition(_face(mouthSmileLeft=0.5, mouthFrownRight=0.5))

    assert _of(face, "mouthSmileLeft") == _of(face, "mouthFrownRight") == 0.5


@given(st.floats(0, 1), st.floats(0, 1))
def test_nothing_grows_and_little_is_left_of_a_contradiction(down, up):
    face = _face(browDownLeft=down, browDownRight=down, browOuterUpLeft=up, browOuterUpRight=up)

    settled = without_opposition(face)

    assert (settled <= face + 1e-9).all()
    assert settled.min() >= 0
    assert opposition(settled)[0] <= 0.5 * min(down, up) + 1e-9


def test_one_gives_way_to_the_other_without_a_jump():
    steps = [without_opposition(_face(eyeWideLeft=0.5, eyeSquintLeft=squint))[0] for squint in np.linspace(0, 1, 101)]

    assert np.abs(np.diff(steps, axis=0)).max() < 0.03


def test_inner_brows_against_both_sides_leave_a_frown_as_even_as_it_was():
    face = without_opposition(_face(browInnerUp=0.5, browDownLeft=0.5, browDownRight=0.5))

    assert _of(face, "browDownLeft") == _of(face, "browDownRight") == pytest.approx(0.25)
    assert _of(face, "browInnerUp") == pytest.approx(0.25)
