"""A checkpoint is taken whole, under old and new names, or refused with a sentence that names what is wrong."""

import json
import pickle

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file

from backend.contract.errors import ExitCode
from backend.engines.dualtalk_official.checkpoint import load_checkpoint, official_state
from backend.engines.dualtalk_official.conversion import convert_checkpoint, source_of
from tests.support.examples import examples
from tests.support.official_models import TINY, parity_model, tiny_model
from tests.support.refusals import refused

ANY_TENSOR = "synthesis_module.modulation_layer.bias"


@pytest.fixture
def model():
    return tiny_model()


@pytest.fixture
def official(model):
    """The state as the official file names it."""
    return official_state(model)


def output(model):
    random = np.random.default_rng(5)
    sound = torch.from_numpy(random.normal(size=(2, 1, 16000)).astype(np.float32))
    with torch.inference_mode():
        return model(sound[0], sound[1], torch.ones(1, 25, 56)).output


def saved(path, content, **options):
    torch.save(content, path, **options)
    return path


def refusal(path):
    with refused(ExitCode.WEIGHTS_INVALID) as caught:
        load_checkpoint(path, config=TINY)
    return caught.value.message


@pytest.mark.parametrize("zipped", [True, False], ids=["zip archive", "before torch 1.6"])
@pytest.mark.parametrize("naming", ["torch 1.12", "torch 2"])
def test_names_of_old_and_new_torch_load_and_give_the_same_motion(tmp_path, model, official, naming, zipped):
    state = official if naming == "torch 1.12" else model.state_dict()
    assert any("weight_g" in name for name in state) == (naming == "torch 1.12")

    loaded = load_checkpoint(
        saved(tmp_path / "DualTalk.pth", state, _use_new_zipfile_serialization=zipped), config=TINY
    )

    assert torch.equal(output(loaded), output(model))
    assert not loaded.training
    assert not any(tensor.requires_grad for tensor in loaded.parameters())


@pytest.mark.parametrize("wrapped", [lambda state: {"state_dict": state, "epoch": 3}, lambda state: {"model": state}])
@pytest.mark.parametrize("prefix", ["", "module.", "module.model."])
def test_what_training_scripts_put_around_the_weights_is_taken_off(tmp_path, model, official, wrapped, prefix):
    content = wrapped({prefix + name: tensor for name, tensor in official.items()})

    loaded = load_checkpoint(saved(tmp_path / "DualTalk.pth", content), config=TINY)

    assert torch.equal(output(loaded), output(model))


def test_half_precision_is_computed_in_single_precision(tmp_path, official):
    halves = {name: tensor.half() for name, tensor in official.items()}

    loaded = load_checkpoint(saved(tmp_path / "DualTalk.pth", halves), config=TINY)

    assert {tensor.dtype for tensor in loaded.state_dict().values()} == {torch.float32}


def test_missing_and_unexpected_tensors_are_named_and_counted(tmp_path, official):
    gone = [name for name in official if ".temporal_lstm." in name]
    content = {name: tensor for name, tensor in official.items() if name not in gone} | {"extra": torch.ones(1)}

    message = refusal(saved(tmp_path / "DualTalk.pth", content))

    assert f"{len(gone)} missing ({', '.join(gone[:4])} and {len(gone) - 4} more)" in message
    assert "1 unexpected (extra)" in message


def test_another_size_of_the_model_is_named_with_both_shapes(tmp_path, official):
    official[ANY_TENSOR] = torch.ones(7)

    message = refusal(saved(tmp_path / "DualTalk.pth", official))

    assert f"{ANY_TENSOR} is [7] instead of [32]" in message


def test_another_model_is_called_so(tmp_path):
    path = saved(tmp_path / "resnet.pth", {f"layer{index}.weight": torch.ones(2) for index in range(9)})

    assert "another model" in refusal(path)
    assert "layer0.weight" in refusal(path)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_named(tmp_path, official, number):
    official[ANY_TENSOR] = official[ANY_TENSOR].clone()
    official[ANY_TENSOR][3] = number

    message = refusal(saved(tmp_path / "DualTalk.pth", official))

    assert f"not finite in 1 tensors ({ANY_TENSOR})" in message


def test_whole_numbers_in_the_place_of_weights_are_refused(tmp_path, official):
    official[ANY_TENSOR] = torch.ones(32, dtype=torch.int64)

    assert f"{ANY_TENSOR} is torch.int64" in refusal(saved(tmp_path / "DualTalk.pth", official))


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_truncated_file_is_refused(tmp_path, official, ending, share):
    path = tmp_path / f"DualTalk{ending}"
    if ending == ".pth":
        torch.save(official, path)
    else:
        save_file(official, path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])

    assert str(path) in refusal(path)


@settings(max_examples=examples(60), deadline=None)
@example(content=b"X", ending=".pth")
@given(content=st.binary(max_size=300), ending=st.sampled_from([".pth", ".safetensors", ".pt", ""]))
def test_no_bytes_are_mistaken_for_a_checkpoint(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("bytes") / f"file{ending}"
    path.write_bytes(content)

    assert refusal(path)


@pytest.mark.parametrize("content", [[], {}, torch.ones(3), {"epoch": 1}, 7, {"state_dict": {}}])
def test_torch_files_without_named_weights_are_refused(tmp_path, content):
    assert refusal(saved(tmp_path / "other.pth", content))


def test_a_file_that_asks_to_run_something_runs_nothing(tmp_path, official):
    class Command:
        def __reduce__(self):
            return (open, (str(tmp_path / "was run"), "w"))

    path = saved(tmp_path / "DualTalk.pth", official | {"evil": Command()})
    plain = tmp_path / "plain.pth"
    plain.write_bytes(pickle.dumps(Command()))

    assert "nothing of it was run" in refusal(path)
    assert refusal(plain)
    assert not (tmp_path / "was run").exists()


def test_no_file_is_no_checkpoint(tmp_path):
    assert "There is no checkpoint at" in refusal(tmp_path / "nowhere.pth")
    assert "There is no checkpoint at" in refusal(tmp_path)


def test_a_converted_checkpoint_is_half_the_size_knows_its_sizes_and_keeps_the_motion(tmp_path):
    model, fixture = parity_model()
    source, target = saved(tmp_path / "DualTalk.pth", official_state(model)), tmp_path / "DualTalk.safetensors"

    assert convert_checkpoint(source, target, fixture.config)

    loaded = load_checkpoint(target)
    sound = [torch.from_numpy(fixture.inputs[name])[None] for name in ("audio1", "audio2", "blendshape2")]
    with torch.inference_mode():
        difference = (loaded(*sound).output - model(*sound).output).abs().max()
    assert loaded.config == fixture.config
    assert 0.0 < difference < 0.05  # of a standard deviation of 0.36
    assert target.stat().st_size < 0.55 * source.stat().st_size
    with safe_open(target, framework="pt") as file:
        assert sorted(file.keys()) == sorted(official_state(model))
        assert file.get_tensor(ANY_TENSOR).dtype == torch.float16


def test_conversion_is_done_once(tmp_path, official):
    source, target = saved(tmp_path / "DualTalk.pth", official), tmp_path / "out" / "half.safetensors"

    assert convert_checkpoint(source, target, TINY)
    written = target.stat().st_mtime_ns
    assert not convert_checkpoint(source, target, TINY)

    assert target.stat().st_mtime_ns == written
    saved(source, official | {ANY_TENSOR: torch.zeros(32)})
    assert convert_checkpoint(source, target, TINY)
    assert not load_checkpoint(target).state_dict()[ANY_TENSOR].any()


@pytest.mark.parametrize("number", [float("nan"), 1e6])
def test_a_conversion_that_cannot_be_leaves_nothing_and_what_was_there(tmp_path, official, number):
    target = tmp_path / "half.safetensors"
    target.write_bytes(b"what was there")
    source = saved(tmp_path / "DualTalk.pth", official | {ANY_TENSOR: torch.full((32,), number)})

    with refused(ExitCode.WEIGHTS_INVALID) as caught:
        convert_checkpoint(source, target, TINY)

    assert ANY_TENSOR in caught.value.message
    assert target.read_bytes() == b"what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["DualTalk.pth", "half.safetensors"]


def test_a_file_is_not_converted_onto_itself(tmp_path, official):
    path = tmp_path / "DualTalk.safetensors"
    save_file(official, path)

    with refused(ExitCode.BAD_REQUEST):
        convert_checkpoint(path, path, TINY)
    assert load_checkpoint(path, config=TINY)


@pytest.mark.parametrize("config", ["", "[]", "{}", json.dumps({"speech": {"hidden_size": 3}}), None])
def test_a_converted_file_that_misstates_its_sizes_is_refused(tmp_path, official, config):
    path = tmp_path / "half.safetensors"
    metadata = {"format": "dualtalk-official"} | ({} if config is None else {"config": config})
    save_file(official, path, metadata)

    assert refusal(path)
    assert source_of(path) is None
