"""Whatever is wrong with weights, their reader takes them or refuses them with a code of its own, in little memory."""

import io
import json
from functools import cache

import numpy as np
import pytest
import torch
from safetensors.torch import save

from backend.contract.errors import DuologueError, ExitCode
from backend.engines.colocated.engine import load_colocated
from backend.engines.colocated.model import Colocated, ColocatedConfig
from backend.engines.dualtalk.engine import load_network
from backend.engines.dualtalk.model import DualTalk, DualTalkConfig
from backend.engines.dualtalk_official.checkpoint import FORMAT, config_as_json, load_checkpoint, official_state
from backend.engines.dualtalk_official.conversion import check_checkpoint, source_of
from backend.engines.dualtalk_official.parity import load_fixture
from backend.engines.lip_reader.model import LipConfig, LipReader, load_lips
from backend.engines.weights import write_weights
from backend.speech.encoder import SpeechEncoder, load_encoder
from backend.turns.embedding import VoiceNetwork, load_voice_network
from backend.turns.segmentation import SegmentationNetwork, load_segmentation
from backend.turns.weights import EMBEDDING_FILE, SEGMENTATION_FILE
from tests.support.damage import Kind, check_damage, each_damaged, misplaced, outcome
from tests.support.damaged_files import damaged_archive, damaged_bytes, damaged_npz, damaged_safetensors
from tests.support.official_models import PARITY, TINY, tiny_model

SMALL = DualTalkConfig(width=16, heads=2, interaction_layers=1, watching=8)
LIPS = LipConfig(width=16, dilations=(1, 2))
TINIEST = ColocatedConfig(widths=(16, 16), condition=16, role=4, heads=2)
WEIGHTS = {ExitCode.WEIGHTS_INVALID}
ASSET = {ExitCode.ASSET_CORRUPT, ExitCode.ASSET_MISSING}


@cache
def saved(name, folder):
    {"small": lambda path: write_weights(path, DualTalk(SMALL)),
     "lips": lambda path: write_weights(path, LipReader(LIPS)),
     "colocated": lambda path: write_weights(path, Colocated(TINIEST))}[name](folder / "whole")  # fmt: skip
    return (folder / "whole").read_bytes()


@cache
def official(kind):
    state = official_state(tiny_model())
    if kind == "safetensors":
        return save(state, {"format": FORMAT, "config": config_as_json(TINY), "source_sha256": "0"})
    file = io.BytesIO()
    torch.save({"state_dict": state}, file, _use_new_zipfile_serialization=kind == "zip")
    return file.getvalue()


@cache
def small_fixture():
    """The parity fixture with those weights alone that tell the model's width."""
    biases = ("audio_projection.bias", "blendshape_predictor.bias")
    with np.load(PARITY) as whole:
        kept = {name: whole[name] for name in whole.files if "state/" not in name or name.endswith(biases)}
    file = io.BytesIO()
    np.savez(file, **kept)
    return file.getvalue()


@cache
def tensors_of(network):
    """Weights of a network's names and shapes, float16 as they are derived, all zero."""
    return save(
        {name: torch.zeros_like(tensor, dtype=torch.float16) for name, tensor in network().state_dict().items()}
    )


def tiny_official(path):
    return load_checkpoint(path, config=None if path.suffix == ".safetensors" else TINY)


KINDS = {
    "dualtalk-small.safetensors": Kind(lambda at: saved("small", at), damaged_safetensors, load_network, WEIGHTS),
    "lip-reader.safetensors": Kind(lambda at: saved("lips", at), damaged_safetensors, load_lips, WEIGHTS),
    "colocated.safetensors": Kind(lambda at: saved("colocated", at), damaged_safetensors, load_colocated, WEIGHTS),
    "DualTalk.safetensors": Kind(lambda _: official("safetensors"), damaged_safetensors, tiny_official, WEIGHTS),
    "chosen.safetensors": Kind(lambda _: official("safetensors"), damaged_safetensors, check_checkpoint, WEIGHTS),
    "converted.safetensors": Kind(lambda _: official("safetensors"), damaged_safetensors, source_of, ()),
    "DualTalk.pth": Kind(lambda _: official("zip"), damaged_archive, tiny_official, WEIGHTS),
    "old.pth": Kind(lambda _: official("old"), damaged_bytes, tiny_official, WEIGHTS),
    "parity.npz": Kind(
        lambda _: small_fixture(), damaged_npz, load_fixture, {ExitCode.BAD_REQUEST},
    ),
    "whisper-base-encoder-4.safetensors": Kind(
        lambda _: tensors_of(SpeechEncoder), damaged_safetensors, load_encoder, ASSET,
    ),
    SEGMENTATION_FILE: Kind(
        lambda _: tensors_of(SegmentationNetwork), damaged_safetensors,
        lambda path: load_segmentation(path.parent), ASSET,
    ),
    EMBEDDING_FILE: Kind(
        lambda _: tensors_of(VoiceNetwork), damaged_safetensors, lambda path: load_voice_network(path.parent), ASSET,
    ),
}  # fmt: skip


@each_damaged(KINDS, 15)
def test_damaged_weights_are_taken_or_refused_by_their_own_code(tmp_path_factory, name, number):
    folder = tmp_path_factory.getbasetemp() / "weights"
    folder.mkdir(exist_ok=True)
    check_damage(KINDS[name], folder / name, number)


@pytest.mark.parametrize("name", KINDS)
def test_where_no_file_can_be_read_a_code_of_its_own_says_so(tmp_path, name):
    for path in misplaced(tmp_path, name):
        found = outcome(KINDS[name], path)
        assert isinstance(found, DuologueError) or name == "converted.safetensors"  # then it is converted anew


@pytest.mark.parametrize("name", ["whisper-base-encoder-4.safetensors", SEGMENTATION_FILE, EMBEDDING_FILE])
def test_weights_that_are_no_numbers_are_refused(tmp_path, name):
    kind = KINDS[name]
    (tmp_path / name).write_bytes(kind.make(tmp_path)[:-2] + b"\xff\x7f")  # the last one is not a number

    assert isinstance(outcome(kind, tmp_path / name), DuologueError)


@pytest.mark.parametrize("layers", [10**9, 10**400])
@pytest.mark.parametrize("name", ["dualtalk-small.safetensors", "DualTalk.safetensors", "chosen.safetensors"])
def test_more_layers_than_any_network_has_are_refused_at_once(tmp_path, name, layers):
    whole = KINDS[name].make(tmp_path)
    header = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])
    config = json.loads(header["__metadata__"]["config"]) | {"interaction_layers": layers}
    header["__metadata__"]["config"] = json.dumps(config)
    biases = json.dumps(header).encode()
    (tmp_path / name).write_bytes(
        len(biases).to_bytes(8, "little") + biases + whole[8 + int.from_bytes(whole[:8], "little") :]
    )

    assert isinstance(outcome(KINDS[name], tmp_path / name), DuologueError)
