"""Speech features: count, level, agreement at the seams. Random weights do: what is tested is the windowing."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.speech.encoder import SpeechEncoder, load_encoder
from backend.speech.features import SPEECH_LEVEL, feature_blocks, feature_count, level_gain, speech_features
from tests.support.refusals import refused


@pytest.fixture(scope="module")
def encoder() -> SpeechEncoder:
    torch.manual_seed(0)
    return SpeechEncoder().requires_grad_(False).eval()


def _noise(seconds: float, level: float = 0.1) -> np.ndarray:
    return (np.random.default_rng(0).standard_normal(round(seconds * 16_000)) * level).astype(np.float32)


@pytest.mark.parametrize("samples", [8_000, 96_000, 96_001, 200_000])
def test_there_are_fifty_features_a_second(encoder: SpeechEncoder, samples: int) -> None:
    features = speech_features(_noise(20)[:samples], encoder)

    assert features.shape == (feature_count(samples), 512)
    assert np.isfinite(features).all()


def test_the_level_of_a_recording_does_not_matter(encoder: SpeechEncoder) -> None:
    loud, quiet = (speech_features(_noise(7, level), encoder) for level in (0.3, 0.003))

    np.testing.assert_allclose(loud, quiet, atol=2e-2)


def test_a_few_words_set_the_level_and_a_click_does_not() -> None:
    track = np.zeros(60 * 16_000, np.float32)
    track[: 2 * 16_000] = _noise(2, 0.05)
    track[500_000] = 1.0

    assert level_gain(track) * 0.05 == pytest.approx(SPEECH_LEVEL, rel=0.2)


def test_silence_stays_finite(encoder: SpeechEncoder) -> None:
    assert np.isfinite(speech_features(np.zeros(40_000, np.float32), encoder)).all()


def test_batches_do_not_change_the_features(encoder: SpeechEncoder) -> None:
    track = _noise(20)

    single = np.concatenate(list(feature_blocks(track, encoder, batch=1)))

    np.testing.assert_allclose(single, speech_features(track, encoder), atol=1e-4)


def test_windows_are_counted(encoder: SpeechEncoder) -> None:
    seen: list[tuple[int, int]] = []

    list(feature_blocks(_noise(20), encoder, batch=2, progress=lambda done, total: seen.append((done, total))))

    assert seen == [(2, 4), (4, 4)]


def test_a_missing_encoder_is_named(tmp_path) -> None:
    with refused(ExitCode.ASSET_MISSING):
        load_encoder(tmp_path / "nothing.safetensors")


def test_a_broken_encoder_is_named(tmp_path) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(b"not weights at all")

    with refused(ExitCode.ASSET_CORRUPT):
        load_encoder(path)
