"""DualTalk on features that another encoder made: a row a frame, in windows as in one piece."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.dualtalk_official.checkpoint import config_as_json, config_from_json
from backend.engines.dualtalk_official.model import OfficialConfig, OfficialDualTalk
from backend.engines.dualtalk_official.rollout import GivenMotion, Windows, official_motion
from backend.engines.dualtalk_official.speech_encoders import FeatureShape, framed
from backend.windows import FadedWindows
from tests.support.refusals import refused

CONFIG = OfficialConfig(speech=FeatureShape(8), feature_dim=16, feed_forward=32, interaction_layers=1)


def model():
    torch.manual_seed(0)
    return OfficialDualTalk(CONFIG).requires_grad_(False).eval()


def spectrum(track):
    """[T, 8]: a frame's lowest frequencies."""
    return np.abs(np.fft.rfft(track.reshape(-1, 640)))[:, :8]


def sound(frames):
    return np.random.default_rng(0).standard_normal((2, frames * 640)).astype(np.float32)


def test_features_of_a_frame_lie_beside_each_other():
    features = np.arange(7 * 3, dtype=np.float32).reshape(7, 3)

    pairs = framed(features, 4)

    assert pairs.shape == (4, 6)
    np.testing.assert_array_equal(pairs[1], [6, 7, 8, 9, 10, 11])
    np.testing.assert_array_equal(pairs[3], [18, 19, 20, 18, 19, 20])


def test_sizes_with_features_are_written_and_read():
    assert config_from_json(config_as_json(CONFIG)) == CONFIG


def test_a_model_on_features_reacts_as_in_one_pass():
    tracks, motion = sound(60), np.random.default_rng(1).standard_normal((60, 56)).astype(np.float32)
    own, partner = (torch.from_numpy(spectrum(track).astype(np.float32))[None] for track in tracks)
    expected = model()(own, partner, torch.from_numpy(motion)[None]).output[0]

    made = official_motion(model(), tracks, GivenMotion(1, motion), encode_features=spectrum)

    np.testing.assert_allclose(made[0], expected, atol=1e-5)


def test_features_are_cut_into_windows_where_the_motion_is():
    tracks, motion = sound(90), np.zeros((90, 56), np.float32)
    windows = Windows(speech=FadedWindows(40, 10, 4))

    pieces = official_motion(model(), tracks, GivenMotion(1, motion), windows, encode_features=spectrum)

    np.testing.assert_allclose(
        pieces, official_motion(model(), tracks, GivenMotion(1, motion), encode_features=spectrum), atol=1e-5
    )


def test_an_unfinished_last_frame_is_filled_up():
    made = official_motion(model(), sound(40)[:, :-100], encode_features=spectrum)

    assert made.shape == (2, 40, 56)


@pytest.mark.parametrize("encode_features", [None, lambda track: spectrum(track)[:, :5]])
def test_other_features_than_it_was_trained_on_are_refused(encode_features):
    with refused(ExitCode.WEIGHTS_INVALID, "8"):
        official_motion(model(), sound(40), encode_features=encode_features)
