"""Closures close whatever jaw, lips and smile do; without one, speech decides how far the lips are apart."""

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap, settle_mouth
from backend.contract.arkit import ARKIT_INDEX


def _mouth(jaw: float = 0.12, **components: float) -> tuple[np.ndarray, np.ndarray]:
    expression = np.zeros((1, 52), np.float32)
    for name, value in components.items():
        expression[0, ARKIT_INDEX[name]] = value
    return expression, np.array([jaw], np.float32)


NO_LIFE = np.zeros((1, 52), np.float32)
NONE = np.array([0.0])


@pytest.mark.parametrize("life", [{}, {"mouthSmileLeft": 0.7, "mouthSmileRight": 0.7}])
def test_a_closure_shuts_an_open_mouth(life: dict[str, float]) -> None:
    lips, jaw = _mouth(mouthFunnel=0.3, mouthLowerDownLeft=0.4, mouthLowerDownRight=0.4)

    expression, opening = settle_mouth(lips, jaw, np.array([1.0]), NONE, _mouth(**life)[0])

    assert -2 < lip_gap(expression, opening)[0] < 0.1


def test_without_a_closure_the_gap_stays_as_speech_wants_it() -> None:
    lips, jaw = _mouth(mouthClose=0.1)
    life = _mouth(mouthSmileLeft=0.5, mouthSmileRight=0.5)[0]

    expression, opening = settle_mouth(lips, jaw, NONE, NONE, life)

    assert lip_gap(expression, opening)[0] == pytest.approx(lip_gap(lips, jaw)[0], abs=0.05)
    assert opening[0] == jaw[0]


def test_nothing_leaves_its_range() -> None:
    rng = np.random.default_rng(0)
    lips, life = (rng.normal(0, 1, (200, 52)).astype(np.float32) for _ in range(2))

    expression, opening = settle_mouth(lips, rng.normal(0, 0.3, 200), rng.random(200), rng.random(200), life)

    assert expression.min() >= 0
    assert expression.max() <= 1
    assert opening.min() >= 0


def test_a_smile_does_not_push_one_lip_through_the_other() -> None:
    lips, jaw = _mouth(jaw=0.0)
    life = _mouth(mouthSmileLeft=0.8, mouthSmileRight=0.8)[0]

    expression, opening = settle_mouth(lips, jaw, NONE, NONE, life)

    assert lip_gap(expression, opening)[0] == pytest.approx(-1, abs=1.01)


def test_a_touch_brings_the_lower_lip_under_the_upper_teeth() -> None:
    lips, jaw = _mouth(jaw=0.08, mouthFunnel=0.1)

    expression, opening = settle_mouth(lips, jaw, NONE, np.array([1.0]), NO_LIFE)

    assert lip_gap(expression, opening)[0] == pytest.approx(0.4, abs=0.1)
    assert expression[0, ARKIT_INDEX["mouthRollLower"]] > 0.7


def test_a_closure_outweighs_a_touch() -> None:
    lips, jaw = _mouth(jaw=0.08)

    expression, opening = settle_mouth(lips, jaw, np.array([1.0]), np.array([1.0]), NO_LIFE)

    assert lip_gap(expression, opening)[0] < 0.1


def test_a_mouth_that_rounds_smiles_less() -> None:
    smile = _mouth(mouthSmileLeft=0.6, mouthSmileRight=0.6)[0]

    rounded, _ = settle_mouth(*_mouth(jaw=0.04, mouthPucker=1.0), NONE, NONE, smile)
    spread, _ = settle_mouth(*_mouth(jaw=0.04), NONE, NONE, smile)

    index = ARKIT_INDEX["mouthSmileLeft"]
    assert rounded[0, index] < 0.3 * spread[0, index]


def test_lips_never_pop_from_one_frame_to_the_next_and_closures_stay_shut() -> None:
    rng = np.random.default_rng(0)
    lips = np.zeros((300, 52), np.float32)
    jaw = rng.uniform(0, 0.2, 300).astype(np.float32)
    closure = (rng.random(300) < 0.2).astype(np.float32)

    expression, opening = settle_mouth(lips, jaw, closure, np.zeros(300), np.zeros((300, 52), np.float32))

    gap = lip_gap(expression, opening)
    assert np.abs(np.diff(gap)).max() < 7.1
    assert gap[closure > 0].max() < 0.1
