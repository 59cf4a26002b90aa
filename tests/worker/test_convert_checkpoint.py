"""`convert-checkpoint --json`: what the add-on hears of a checkpoint that is good, foreign or broken."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from backend.command.entry import main
from backend.contract.errors import ExitCode
from backend.engines.dualtalk_official import conversion as checkpoint_conversion
from backend.engines.dualtalk_official.checkpoint import official_state
from backend.engines.dualtalk_official.conversion import convert_checkpoint
from tests.support.official_models import TINY, tiny_model


@pytest.fixture
def checkpoint(tmp_path):
    torch.save(official_state(tiny_model()), tmp_path / "DualTalk.pth")
    return tmp_path / "DualTalk.pth"


@pytest.fixture
def converted(checkpoint):
    target = checkpoint.with_suffix(".safetensors")
    convert_checkpoint(checkpoint, target, TINY)
    return target


def events_of(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_a_converted_file_is_checked_and_stays_as_it_is(converted, capsys):
    before = converted.read_bytes()

    code = main(["convert-checkpoint", str(converted), "--json"])

    events = events_of(capsys)
    assert code == ExitCode.OK
    assert [event["event"] for event in events] == ["progress", "progress", "done"]
    assert events[-1] == {"event": "done", "file": str(converted), "written": False}
    assert converted.read_bytes() == before


def test_steps_of_a_conversion_are_told_in_order(checkpoint, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checkpoint_conversion, "OfficialConfig", lambda: TINY)

    code = main(["convert-checkpoint", str(checkpoint), "--json"])

    events = events_of(capsys)
    stages = dict.fromkeys(event["stage"] for event in events if event["event"] == "progress")
    assert code == ExitCode.OK
    assert list(stages) == ["Reading the checkpoint", "Checking its numbers", "Converting it"]
    assert events[-1] == {"event": "done", "file": str(tmp_path / "DualTalk.safetensors"), "written": True}
    assert (tmp_path / "DualTalk.safetensors").is_file()


def test_missing_and_unexpected_tensors_are_told_in_a_sentence(checkpoint, capsys):
    """Of the official sizes; a tiny model lacks most of their tensors."""
    state = torch.load(checkpoint, weights_only=True)
    state["stranger.weight"] = torch.zeros(1)
    torch.save(state, checkpoint)

    code = main(["convert-checkpoint", str(checkpoint), "--json"])

    last = events_of(capsys)[-1]
    assert code == ExitCode.WEIGHTS_INVALID
    assert (last["event"], last["code"]) == ("error", int(ExitCode.WEIGHTS_INVALID))
    assert "missing" in last["message"]
    assert "1 unexpected (stranger.weight)" in last["message"]
    assert not checkpoint.with_suffix(".safetensors").exists()


def test_a_converted_file_with_a_nan_is_refused(converted, capsys):
    from safetensors import safe_open

    with safe_open(converted, framework="pt") as file:
        metadata = file.metadata()
    tensors = load_file(converted)
    next(iter(tensors.values())).view(-1)[0] = float("nan")
    save_file(tensors, converted, metadata)

    code = main(["convert-checkpoint", str(converted), "--json"])

    assert code == ExitCode.WEIGHTS_INVALID
    assert "not finite" in events_of(capsys)[-1]["message"]


def test_a_conversion_that_is_stopped_midway_leaves_nothing(checkpoint, tmp_path):
    def stop(stage, _done, _total):
        if stage == "Converting it":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_checkpoint(checkpoint, tmp_path / "half.safetensors", TINY, stop)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["DualTalk.pth"]
