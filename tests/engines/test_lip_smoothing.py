"""Tremor goes, movement stays."""

import numpy as np

from backend.animation.lips import steady_lips
from backend.contract.arkit import ARKIT_INDEX

FRAMES = 200
CLOSE, FROWN = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["mouthFrownLeft"]


def _trembling() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(0.3, 0.05, (FRAMES, 52)).astype(np.float32), rng.normal(0.1, 0.02, FRAMES).astype(np.float32)


def test_a_silent_mouth_is_still() -> None:
    lips, jaw = _trembling()

    calm, opening = steady_lips(lips, jaw, np.zeros(FRAMES, np.float32))

    assert np.abs(np.diff(calm, axis=0)).max() < 0.25 * np.abs(np.diff(lips, axis=0)).max()
    assert np.diff(opening).std() < 0.25 * np.diff(jaw).std()


def test_speech_keeps_its_sharp_components_and_calms_the_slow_ones() -> None:
    lips, jaw = _trembling()

    calm, opening = steady_lips(lips, jaw, np.ones(FRAMES, np.float32))

    np.testing.assert_allclose(calm[:, CLOSE], lips[:, CLOSE], atol=1e-6)
    np.testing.assert_allclose(opening, jaw, atol=1e-6)
    assert np.diff(calm[:, FROWN]).std() < 0.5 * np.diff(lips[:, FROWN]).std()


def test_the_mouth_is_as_lively_as_before_where_speech_begins() -> None:
    lips, jaw = _trembling()
    speaking = np.zeros(FRAMES, np.float32)
    speaking[100:] = 1

    calm, _ = steady_lips(lips, jaw, speaking)

    np.testing.assert_allclose(calm[101:, CLOSE], lips[101:, CLOSE], atol=1e-3)
