"""The model has every tensor of the official checkpoint and computes what the reference implementation computed."""

import math

import numpy as np
import pytest
import torch

from backend.engines.dualtalk_official.checkpoint import official_state
from backend.engines.dualtalk_official.model import OfficialConfig, OfficialDualTalk
from backend.engines.dualtalk_official.parity import TOLERANCE
from backend.engines.dualtalk_official.speech_encoders import CachedFeatures, Wav2Vec2Shape, normalised
from tests.support.official_models import KEYS, TINY, parity_model, tiny_model


@pytest.fixture(scope="module")
def reference():
    """The fixture's model, the fixture, and one pass over its inputs."""
    model, fixture = parity_model()
    with torch.inference_mode():
        made = model(*_inputs(fixture))
    return model, fixture, made


def _inputs(fixture):
    return (torch.from_numpy(fixture.inputs[name])[None] for name in ("audio1", "audio2", "blendshape2"))


def _listed_tensors():
    lines = [line for line in KEYS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: tuple(int(size) for size in sizes.split(",")) for name, sizes in (line.split("\t") for line in lines)}


def test_the_full_size_model_has_exactly_the_official_tensors_in_their_order():
    with torch.device("meta"):
        model = OfficialDualTalk(OfficialConfig())

    state = official_state(model)

    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == _listed_tensors()
    assert list(state) == list(_listed_tensors())
    assert sum(tensor.numel() for tensor in state.values()) == 647_237_048


@pytest.mark.parametrize(
    "name", ["audio_feat1", "audio_feat2", "blendshape_feat", "temporal_feat", "interaction_feat", "output"]
)
def test_every_value_of_the_reference_is_met(reference, name):
    _, fixture, made = reference

    found = getattr(made, name)[0].numpy()

    assert found.shape == fixture.values[name].shape
    assert np.abs(found - fixture.values[name]).max() <= TOLERANCE


def test_the_order_of_the_partners_motion_does_not_change_the_official_model(reference):
    model, fixture, made = reference
    own, partner, motion = _inputs(fixture)
    shuffled = motion[:, torch.randperm(motion.shape[1], generator=torch.Generator().manual_seed(1))]

    with torch.inference_mode():
        other = model(own, partner, shuffled).output
        still = model(own, partner, torch.zeros_like(motion)).output

    assert (other - made.output).abs().max() < 1e-5
    assert (still - made.output).abs().max() > 1e-3  # what the partner does, and not only that there is one, matters


def test_frames_come_from_the_persons_own_sound_whatever_the_partners_length(reference):
    model, fixture, _ = reference
    own, partner, motion = _inputs(fixture)

    with torch.inference_mode():
        made = model(own[:, :16000], partner[:, :9000], motion[:, :7])

    assert made.output.shape == (1, 25, 56)
    assert made.audio_feat2.shape == (1, 25, 32)


@pytest.mark.parametrize("samples", [16000, 33000, 4480, 100_001])
def test_the_number_of_frames_is_the_references_formula(samples):
    encoder = tiny_model().joint_encoder.audio_encoder1

    assert encoder.frame_count(torch.zeros(1, samples)) == math.ceil(samples / 16000 * 25)


def test_features_made_before_take_the_place_of_wav2vec():
    torch.manual_seed(0)
    model = OfficialDualTalk(TINY, (CachedFeatures(12, 50.0), CachedFeatures(12, 50.0))).eval()

    with torch.inference_mode():
        made = model(torch.randn(1, 100, 12), torch.randn(1, 100, 12), torch.zeros(1, 50, 56))

    assert made.output.shape == (1, 50, 56)
    assert not any("feature_extractor" in name for name in model.state_dict())


def test_normalised_sound_has_no_mean_and_unit_variance_and_silence_stays_finite():
    track = torch.from_numpy(np.random.default_rng(0).normal(0.3, 0.01, 20_000).astype(np.float32))

    loud, silent = normalised(track), normalised(torch.zeros(20_000))

    expected = (track.numpy() - track.numpy().mean()) / np.sqrt(track.numpy().var() + 1e-7)
    assert np.abs(loud.numpy() - expected).max() < 1e-3
    assert not silent.any()


def test_the_shortest_sound_for_a_feature_is_what_the_convolutions_need():
    encoder = tiny_model().joint_encoder.audio_encoder1
    shortest = Wav2Vec2Shape().shortest_samples

    assert shortest == 400
    assert encoder(torch.zeros(1, shortest), 1).shape == (1, 1, 16)
    with pytest.raises(RuntimeError):
        encoder(torch.zeros(1, shortest - 1), 1)
