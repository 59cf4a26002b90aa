"""Brows and smiles as drawn: moments from onsets, and between them the level that is expected."""

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.engines.dualtalk.upper_face import draw_upper_face, expected_level
from backend.engines.traits import ORDINARY

FRAMES = 1500
SMILE, FROWN = ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["browDownLeft"]
NEVER = {name: np.zeros(FRAMES, bool) for name in ("brow_raise", "smile", "look_away")}
SILENT = np.zeros(FRAMES, np.float32)


def _expected(**levels: float) -> np.ndarray:
    expected = np.zeros((FRAMES, len(ARKIT_NAMES)), np.float32)
    for name, level in levels.items():
        expected[:, ARKIT_INDEX[name]] = level
    return expected


def _face(expected, onsets=NEVER, seed=0, **habits):
    return draw_upper_face(np.random.default_rng(seed), ORDINARY | habits, onsets, SILENT, expected)


def test_a_face_that_nothing_moves_has_the_level_that_is_expected():
    expected = _expected(mouthSmileLeft=0.2, browDownLeft=0.3)

    face = np.concatenate([_face(expected, seed=seed) for seed in range(12)])

    assert face[:, SMILE].mean() == pytest.approx(0.2, abs=0.03)
    assert face[:, FROWN].mean() == pytest.approx(0.3, abs=0.04)
    assert face[:, ARKIT_INDEX["mouthSmileRight"]].mean() < 0.01


def test_the_level_is_slow():
    expected = _expected()
    expected[::2, FROWN] = 0.6

    faces = [_face(expected, seed=seed)[:, FROWN] for seed in range(12)]

    assert max(np.abs(np.diff(face)).max() for face in faces) < 0.02
    assert np.mean(faces) == pytest.approx(0.3, abs=0.05)


def test_smiles_are_part_of_what_is_expected_not_added_to_it():
    onsets = NEVER | {"smile": np.arange(FRAMES) % 100 == 0}
    smiles = _face(_expected(), onsets)[:, SMILE].mean()

    face = _face(_expected(mouthSmileLeft=float(smiles)), onsets)

    assert smiles > 0.1
    assert face[:, SMILE].mean() == pytest.approx(smiles, rel=0.2)


def test_of_a_mouth_only_silence_tells():
    speaking = np.zeros(FRAMES, np.float32)
    speaking[500:700] = 1
    expected = _expected(mouthSmileLeft=0.1)
    expected[500:700, SMILE] = 0.9

    level = expected_level(expected, np.zeros_like(expected), speaking)

    assert level[600, SMILE] < 0.3
    np.testing.assert_allclose(level[:400, SMILE], 0.1, atol=1e-3)


def test_who_smiles_less_has_a_lower_level_of_smiles_alone():
    expected = _expected(mouthSmileLeft=0.2, browDownLeft=0.3)

    much, little = (_face(expected, smile=habit) for habit in (1.0, 0.2))

    assert little[:, SMILE].mean() < 0.75 * much[:, SMILE].mean()
    np.testing.assert_allclose(little[:, FROWN], much[:, FROWN], atol=1e-6)


def test_mouths_that_speech_alone_moves_are_left_to_it():
    face = _face(_expected(mouthFunnel=0.5, jawOpen=0.5, eyeBlinkLeft=0.5))

    assert not face[:, [ARKIT_INDEX[name] for name in ("mouthFunnel", "jawOpen", "eyeBlinkLeft")]].any()
