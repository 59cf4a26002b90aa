"""The lip reader: what it says, how far it hears, and its file."""

import json

import pytest
import torch
from safetensors.torch import save_file

from backend.contract.arkit import SPOKEN_COMPONENTS
from backend.contract.errors import ExitCode
from backend.engines.dualtalk.engine import WEIGHTS, load_network
from backend.engines.dualtalk.model import DualTalk, DualTalkConfig
from backend.engines.lip_reader.model import LIP_WEIGHTS, LipConfig, LipReader, load_lips
from backend.engines.weights import write_weights
from tests.support.refusals import refused

FRAMES = 40


@pytest.fixture(scope="module")
def lips():
    torch.manual_seed(0)
    return LipReader(LipConfig(width=32, dilations=(1, 2))).requires_grad_(False).eval()


def test_a_mouth_has_every_component_and_moves_only_lips(lips):
    mouth = lips(torch.randn(2, 2 * FRAMES, 512), torch.rand(2, FRAMES, 2))

    others = [index for index in range(52) if index not in SPOKEN_COMPONENTS]
    assert mouth.expression.shape == (2, FRAMES, 52)
    assert mouth.jaw.shape == mouth.closure.shape == mouth.touch.shape == (2, FRAMES)
    assert not mouth.expression[..., others].any()


def test_lips_hear_a_third_of_a_second_and_no_more():
    reader = LipReader(LipConfig(width=32)).requires_grad_(False).eval()
    features, speaking = torch.randn(1, 200, 512), torch.ones(1, 100, 2)
    changed = features.clone()
    changed[:, 140:] = 0

    before, after = (reader(tensor, speaking).jaw for tensor in (features, changed))

    torch.testing.assert_close(before[:, :58], after[:, :58])
    assert not torch.equal(before[:, 70:], after[:, 70:])


def test_weights_come_back_from_their_file_as_they_were_written(lips, tmp_path):
    path = tmp_path / "lips.safetensors"

    write_weights(path, lips)
    loaded = load_lips(path)

    assert loaded.config == lips.config
    assert all(
        torch.equal(tensor.half(), loaded.state_dict()[name].half()) for name, tensor in lips.state_dict().items()
    )


def test_a_dualtalk_file_that_still_carries_lips_gives_both_networks(lips, tmp_path):
    torch.manual_seed(1)
    network = DualTalk(DualTalkConfig(width=32, interaction_layers=1)).requires_grad_(False).eval()
    path = tmp_path / "dualtalk-small.safetensors"
    tensors = {f"lips.{name}": tensor.half() for name, tensor in lips.state_dict().items()}
    tensors |= {name: tensor.half() for name, tensor in network.state_dict().items()}
    sizes = {"width": 32, "interaction_layers": 1, "lips": {"width": 32, "dilations": [1, 2]}}
    save_file(tensors, path, metadata={"config": json.dumps(sizes)})

    for whole, found in ((lips, load_lips(path)), (network, load_network(path))):
        assert found.config == whole.config
        assert all(
            torch.equal(tensor.half().float(), found.state_dict()[name]) for name, tensor in whole.state_dict().items()
        )


def test_lips_are_shipped_once_and_in_a_file_of_their_own():
    assert sum(parameter.numel() for parameter in load_lips().parameters()) > 2_000_000
    with refused(ExitCode.WEIGHTS_INVALID):
        load_lips(WEIGHTS)
    with refused(ExitCode.WEIGHTS_INVALID):
        load_network(LIP_WEIGHTS)
