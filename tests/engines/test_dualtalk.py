"""The network: shapes, what each part listens to, and its file."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.dualtalk.engine import load_network
from backend.engines.dualtalk.model import DIRECTIONS, EVENTS, MOTION, DualTalk, DualTalkConfig, age_bins
from backend.engines.dualtalk.motion_numbers import NECK
from backend.engines.traits import TRAITS
from backend.engines.weights import write_weights
from tests.support.refusals import refused

FRAMES = 40


@pytest.fixture(scope="module")
def network() -> DualTalk:
    torch.manual_seed(0)
    small = DualTalkConfig(width=32, interaction_layers=1)
    return DualTalk(small).requires_grad_(False).eval()


def _heard(network: DualTalk, seed: int = 0) -> torch.Tensor:
    return torch.randn(2, FRAMES, network.config.width, generator=torch.Generator().manual_seed(seed))


def test_voices_are_heard_frame_by_frame(network: DualTalk) -> None:
    assert network.encode_audio(torch.randn(2, 2 * FRAMES, 512), torch.rand(2, FRAMES, 2)).shape == (2, FRAMES, 32)


def test_behaviour_has_a_logit_for_every_event_and_direction(network: DualTalk) -> None:
    own, partner = _heard(network), _heard(network, 1)

    behaviour = network.interact(own, partner, torch.randn(2, FRAMES, MOTION), torch.zeros(2, len(TRAITS)))

    assert behaviour.events.shape == (2, FRAMES, len(EVENTS))
    assert behaviour.direction.shape == (2, FRAMES, DIRECTIONS[0] * DIRECTIONS[1])
    assert behaviour.posture.shape == behaviour.spread.shape == behaviour.beats.shape == (2, FRAMES, 3)
    assert behaviour.motion.shape == (2, FRAMES, MOTION)


def test_it_matters_when_the_partner_moved(network: DualTalk) -> None:
    own, partner, traits = _heard(network), _heard(network, 1), torch.zeros(2, len(TRAITS))
    motion = torch.randn(2, FRAMES, MOTION)

    first, second = (network.interact(own, partner, tensor, traits).events for tensor in (motion, motion.flip(1)))

    assert (first - second).abs().max() > 1e-4


def test_the_course_of_the_partners_motion_keeps_its_time_and_reaches_four_seconds(network: DualTalk) -> None:
    motion = torch.zeros(1, 300, MOTION)
    moved = motion.clone()
    moved[:, 150] = 1
    moved[:, :, NECK] = 0  # of which the mean over the window is known everywhere

    change = network.joint_encoder.motion_course(moved) - network.joint_encoder.motion_course(motion)
    frames = change[0].abs().amax(dim=-1).nonzero().flatten()

    assert (int(frames.min()), int(frames.max())) == (150 - 102, 151 + 102)
    assert int(change[0].norm(dim=-1).argmax()) in range(146, 156)


def _without(**parts: bool) -> DualTalk:
    torch.manual_seed(0)
    small = DualTalkConfig(width=32, interaction_layers=1, **parts)
    return DualTalk(small).requires_grad_(False).eval()


def _motion_expected(network: DualTalk, partner: torch.Tensor, motion: torch.Tensor | None) -> torch.Tensor:
    return network.interact(_heard(network), partner, motion, torch.zeros(2, len(TRAITS))).motion


def test_without_the_partners_motion_nobody_is_seen() -> None:
    network = _without(partner_motion=False)
    partner = _heard(network, 1)

    seen, unseen = (_motion_expected(network, partner, tensor) for tensor in (torch.randn(2, FRAMES, MOTION), None))

    torch.testing.assert_close(seen, unseen)


def test_without_the_partners_sound_neither_voice_nor_floor_is_heard() -> None:
    network = _without(partner_audio=False)
    features, motion = torch.randn(2, 2 * FRAMES, 512), torch.randn(2, FRAMES, MOTION)
    alone = torch.stack((torch.ones(2, FRAMES), torch.zeros(2, FRAMES)), dim=-1)

    spoken, silent = (_motion_expected(network, _heard(network, seed), motion) for seed in (1, 2))

    torch.testing.assert_close(spoken, silent)
    torch.testing.assert_close(
        network.encode_audio(features, torch.ones(2, FRAMES, 2)), network.encode_audio(features, alone)
    )


def test_without_interaction_own_sound_stays_at_its_frame() -> None:
    network = _without(interaction=False)
    own, partner, traits = _heard(network), _heard(network, 1), torch.zeros(2, len(TRAITS))
    changed = own.clone()
    changed[:, 20] += 1

    first, second = (network.interact(tensor, partner, None, traits).motion for tensor in (own, changed))

    assert (first - second).abs().amax(dim=(0, 2)).nonzero().flatten().tolist() == [20]


def test_whole_and_parts_begin_from_the_same_numbers() -> None:
    whole, part = _without(), _without(interaction=False)

    assert all(torch.equal(tensor, part.state_dict()[name]) for name, tensor in whole.state_dict().items())


def test_ages_are_binned_by_doubling() -> None:
    assert age_bins(torch.tensor([0, 1, 2, 3, 4, 511, 512, 99_999])).tolist() == [0, 0, 1, 1, 2, 8, 9, 9]


def test_weights_come_back_from_their_file(network: DualTalk, tmp_path) -> None:
    path = tmp_path / "weights.safetensors"

    write_weights(path, network)
    loaded = load_network(path)

    assert loaded.config == network.config
    np.testing.assert_allclose(loaded.event_ages, network.event_ages, atol=1e-3)
    found, wanted = (tensor.joint_encoder.audio_projection.weight for tensor in (loaded, network))
    torch.testing.assert_close(found, wanted, atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize("content", [None, b"", b"this is no safetensors file at all"])
def test_weights_that_cannot_be_used_are_explained(tmp_path, content: bytes | None) -> None:
    path = tmp_path / "weights.safetensors"
    if content is not None:
        path.write_bytes(content)

    with refused(ExitCode.WEIGHTS_INVALID):
        load_network(path)
