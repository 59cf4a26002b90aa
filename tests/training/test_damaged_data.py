"""Whatever is wrong with the data of a training, its reader tells it by a code of its own, in little memory."""

import io
import json
from functools import cache

import numpy as np
import torch

from backend.contract.errors import ExitCode
from lab.evaluation.performance.textgrid import read_tiers
from lab.simulation.other_takes import count_takes, load_takes
from lab.training.checkpoint import TrainingState, resume_checkpoint, save_checkpoint
from lab.training.dualtalk_official.data import survey
from lab.training.dualtalk_official.start import sizes
from lab.training.dualtalk_official.windows import read_index
from tests.support.damage import Kind, check_damage, each_damaged
from tests.support.damaged_files import damaged_archive, damaged_json, damaged_npz, damaged_recording, damaged_text
from tests.support.dualtalk_data import write_clip

DATASET = {ExitCode.DATASET_INVALID}


def training(averaged):
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    optimiser = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimiser.step()
    average = torch.nn.Linear(3, 2) if averaged else None
    return TrainingState(model, optimiser, average, {"settings": "s"}, 7, {"best": 0.5})


@cache
def clip(folder, kind):
    write_clip(folder / "whole", "train", "one", 30, seed=1)
    return (folder / "whole" / "train" / f"one_speaker1.{kind}").read_bytes()


def surveyed(path):
    """The data set in which the first speaker's file is `path`."""
    folder = path.parent / "set"
    write_clip(folder, "train", "one", 30, seed=1)
    (folder / "train" / f"one_speaker1{path.suffix}").write_bytes(path.read_bytes())
    return survey(folder)


@cache
def checkpoint(folder, averaged):
    save_checkpoint(folder / "checkpoint.pt", training(averaged))
    return (folder / "checkpoint.pt").read_bytes()


def resumed(path, averaged):
    return resume_checkpoint(path, training(averaged), lambda state: float(state["best"]))


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def other_takes():
    wide = {"expression": 52, "neck": 3, "gaze": 2, "sway": 3}
    return archive(**{name: np.zeros((1, 2, 5, width), np.float16) for name, width in wide.items()})


TEXTGRID = b"""File type = "ooTextFile"
Object class = "TextGrid"

0 1.5
<exists>
1
"IntervalTier" "phones" 0 1.5 2
0 0.7 "AA1"
0.7 1.5 "P"
"""
CLIPS = {"version": 1, "clips": [{"split": "train", "name": "one", "frames": 30, "stamps": [[1, 2]] * 4,
    "sounds": [{"samples": 1, "mean": 0.0, "variance": 1.0, "sha256": "x"}] * 2}]}  # fmt: skip
KINDS = {
    "sound.wav": Kind(lambda at: clip(at, "wav"), damaged_recording, surveyed, DATASET),
    "motion.npz": Kind(lambda at: clip(at, "npz"), damaged_npz, surveyed, DATASET),
    "checkpoint.pt": Kind(
        lambda at: checkpoint(at, averaged=False), damaged_archive, lambda path: resumed(path, averaged=False),
        {ExitCode.WEIGHTS_INVALID, ExitCode.BAD_REQUEST},
    ),
    "averaged/checkpoint.pt": Kind(
        lambda at: checkpoint(at, averaged=True), damaged_archive, lambda path: resumed(path, averaged=True),
        {ExitCode.WEIGHTS_INVALID, ExitCode.BAD_REQUEST},
    ),
    "takes.npz": Kind(
        lambda _: other_takes(), damaged_npz, lambda path: (count_takes(path.parent), load_takes(path.parent)),
        {ExitCode.ASSET_CORRUPT},
    ),
    "clips.json": Kind(lambda _: json.dumps(CLIPS).encode(), damaged_json, lambda path: read_index(path.parent), ()),
    "sizes.json": Kind(
        lambda _: b'{"feature_dim": 32, "interaction_layers": 1, "speech": {"hidden_size": 32, "conv_dim": [8, 8]}}',
        damaged_json, lambda path: sizes("wav2vec2", path, None), {ExitCode.BAD_REQUEST},
    ),
    "a.TextGrid": Kind(lambda _: TEXTGRID, damaged_text, read_tiers, {ExitCode.BAD_REQUEST}),
}  # fmt: skip


@each_damaged(KINDS, 20)
def test_damaged_data_are_taken_or_refused_by_their_own_code(tmp_path_factory, name, number):
    path = tmp_path_factory.getbasetemp() / "damaged" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    check_damage(KINDS[name], path, number)
