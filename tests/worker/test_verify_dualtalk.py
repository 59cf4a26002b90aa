"""`verify-dualtalk` and `convert-checkpoint`: what they print, how they end, and how they refuse."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.command.entry import main
from backend.contract.errors import ExitCode
from backend.engines.dualtalk_official.checkpoint import official_state, speech_shape
from backend.engines.dualtalk_official.model import OfficialConfig, OfficialDualTalk

PARITY = Path(__file__).resolve().parents[1] / "data" / "dualtalk_parity.npz"
VALUES = ("audio_feat1", "audio_feat2", "blendshape_feat", "temporal_feat", "interaction_feat", "output")


@pytest.fixture(scope="module")
def arrays():
    with np.load(PARITY, allow_pickle=False) as archive:
        return dict(archive.items())


@pytest.fixture
def fixture_with(tmp_path, arrays):
    """The parity fixture with arrays replaced, or left out where the replacement is None."""

    def write(**changes):
        path = tmp_path / "changed.npz"
        np.savez(path, **{name: array for name, array in (arrays | changes).items() if array is not None})
        return path

    return write


def refusal(path, capsys):
    assert main(["verify-dualtalk", str(path)]) == ExitCode.BAD_REQUEST
    return capsys.readouterr().err


def test_the_reference_is_met_and_every_value_is_told(capsys):
    assert main(["verify-dualtalk", str(PARITY)]) == ExitCode.OK

    printed = capsys.readouterr().out
    assert all(f"\n{name} " in printed for name in VALUES)
    assert "all within 0.0001" in printed


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_differs_is_named_and_the_others_are_not(fixture_with, arrays, capsys, name):
    changed = arrays[name].copy()
    changed[7, 3] += 2e-4

    assert main(["verify-dualtalk", str(fixture_with(**{name: changed}))]) == ExitCode.ASSET_CORRUPT

    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1].startswith(f"error 23: {name} differ")
    assert printed.out.count("too large") == 1


def test_a_weight_that_differs_changes_what_comes_after_it_alone(fixture_with, arrays, capsys):
    key = "state/interaction_module.self_attention.out_proj.bias"

    code = main(["verify-dualtalk", str(fixture_with(**{key: arrays[key] + 0.01}))])

    assert code == ExitCode.ASSET_CORRUPT
    assert "interaction_feat, output differ" in capsys.readouterr().err


def test_the_partners_motion_may_have_another_length(fixture_with, arrays, capsys):
    shorter = fixture_with(blendshape2=arrays["blendshape2"][:30], blendshape_feat=arrays["blendshape_feat"][:30])

    assert main(["verify-dualtalk", str(shorter)]) == ExitCode.ASSET_CORRUPT

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "too large" not in lines["blendshape_feat"]
    assert "too large" in lines["temporal_feat"]


@pytest.mark.parametrize(
    ("samples", "frames"),
    [(4480, 7), (4480, 8), (20001, 32)],
    ids=["whole frames", "whole frames, one more by the reference's rounding", "a frame begun"],
)
def test_a_fixture_of_other_sizes_is_read_by_its_own_sizes(tmp_path, arrays, capsys, samples, frames):
    """Other widths, layers, heads and lengths, with the values that this model itself gives."""
    config = json.loads(arrays["wav2vec2_config"].item())
    config |= {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 3, "intermediate_size": 20}
    config |= {"conv_dim": [12] * 7, "num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2}
    torch.manual_seed(4)
    model = OfficialDualTalk(OfficialConfig(speech_shape(config), feature_dim=48)).eval()
    sound, motion = torch.randn(2, 1, samples), torch.randn(1, 11, 56)
    with torch.inference_mode():
        values = model(sound[0], sound[1], motion, frames)._asdict()
    inputs = {"audio1": sound[0], "audio2": sound[1], "blendshape2": motion}
    named = {name: tensor[0].numpy() for name, tensor in (inputs | values).items()}
    weights = {f"state/{name}": tensor.numpy() for name, tensor in official_state(model).items()}
    np.savez(tmp_path / "other.npz", wav2vec2_config=np.array(json.dumps(config)), **named, **weights)

    assert main(["verify-dualtalk", str(tmp_path / "other.npz")]) == ExitCode.OK

    assert f"{frames}×96" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["audio1", "blendshape2", "temporal_feat", "wav2vec2_config"])
def test_a_missing_array_is_named(fixture_with, capsys, name):
    assert f"lacks {name}." in refusal(fixture_with(**{name: None}), capsys)


def test_a_missing_weight_is_named(fixture_with, capsys):
    key = "state/temporal_enhancer.cross_attention.in_proj_bias"

    assert main(["verify-dualtalk", str(fixture_with(**{key: None}))]) == ExitCode.WEIGHTS_INVALID

    assert "1 missing (temporal_enhancer.cross_attention.in_proj_bias)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("audio1", lambda array: array[None]),
        ("audio2", lambda array: array[:0]),
        ("audio2", lambda array: array[:100]),
        ("audio1", lambda array: array[:20000]),
        ("blendshape2", lambda array: array[:, :55]),
        ("output", lambda array: array[:-1]),
        ("output", lambda array: array.T),
        ("interaction_feat", lambda array: array[:, :32]),
        ("audio_feat1", lambda array: array[0, 0]),
        ("temporal_feat", lambda array: array * np.nan),
        ("audio1", lambda array: (array * 100).astype(np.int16)),
    ],
)
def test_an_array_that_does_not_fit_is_named(fixture_with, arrays, capsys, name, change):
    printed = refusal(fixture_with(**{name: change(arrays[name])}), capsys)

    assert name in printed or "frames of output" in printed


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_size": 63},
        {"num_attention_heads": 0},
        {"conv_dim": [32]},
        {"conv_kernel": 3},
        {"num_hidden_layers": "two"},
        {"num_hidden_layers": 10**9},
        {"hidden_act": "no such function"},
        {"num_conv_pos_embedding_groups": 5},
        {"conv_stride": [0] * 7},
    ],
)
def test_sizes_that_fit_no_model_are_said_so(fixture_with, arrays, capsys, change):
    config = json.loads(arrays["wav2vec2_config"].item()) | change

    code = main(["verify-dualtalk", str(fixture_with(wav2vec2_config=np.array(json.dumps(config))))])

    assert code in {ExitCode.BAD_REQUEST, ExitCode.WEIGHTS_INVALID}
    assert f"error {int(code)}: " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}"])
def test_a_configuration_that_cannot_be_read_is_said_so(fixture_with, capsys, text):
    assert "wav2vec2_config" in refusal(fixture_with(wav2vec2_config=np.array(text)), capsys)


def test_what_is_no_archive_is_said_so(tmp_path, arrays, capsys):
    truncated, single, objects = tmp_path / "truncated.npz", tmp_path / "single.npy", tmp_path / "objects.npz"
    truncated.write_bytes(PARITY.read_bytes()[:100_000])
    np.save(single, arrays["audio1"])
    np.savez(objects, **(arrays | {"audio1": np.array([{"a": 1}], dtype=object)}))

    assert "no npz archive" in refusal(truncated, capsys)
    assert "no npz archive" in refusal(single, capsys)
    assert "cannot be read" in refusal(objects, capsys)
    assert "There is no file" in refusal(tmp_path / "nowhere.npz", capsys)


def test_a_checkpoint_of_another_model_is_not_converted(tmp_path, capsys):
    path = tmp_path / "other.pth"
    torch.save({"weight": torch.ones(3)}, path)

    assert main(["convert-checkpoint", str(path)]) == ExitCode.WEIGHTS_INVALID

    assert "another model" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["other.pth"]
