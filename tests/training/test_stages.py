"""A stage is fitted once, resumed where it was stopped, and fitted again where its file is of another network."""

import numpy as np
import pytest
import torch
from torch import nn

from backend.contract.errors import ExitCode
from lab.training import stages
from lab.training.stages import FitConfig, FitTask, run_stage
from lab.training.trainer import STOP, Cadence
from tests.support.refusals import refused

CONFIG = FitConfig(steps=6, batch=1, frames=1, rate=0.1, weight_decay=0.01)


class Begin:
    """Begins fits of `part` to what is drawn from both random generators, and counts how often it is asked."""

    def __init__(self, part: nn.Module, config: FitConfig = CONFIG) -> None:
        self.part, self.config, self.asked, self.steps = part, config, 0, 0

    def __call__(self) -> FitTask:
        self.asked += 1
        return FitTask(self.part, ("loss",), self.losses, [], 5, self.config)

    def losses(self, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        self.steps += 1
        drawn = torch.from_numpy(rng.standard_normal((4, 2)).astype(np.float32))
        return {"loss": (self.part(drawn) - torch.randn(4, 3)).square().mean()}


def linear(seed: int) -> nn.Linear:
    torch.manual_seed(seed)
    return nn.Linear(2, 3)


def test_what_was_fitted_is_taken_from_its_file(tmp_path):
    first, second = linear(0), linear(1)
    fits = Begin(first), Begin(second)

    run_stage(tmp_path, "lips", first, fits[0])
    run_stage(tmp_path, "lips", second, fits[1])

    assert (fits[0].asked, fits[1].asked) == (1, 0)
    assert torch.equal(second.weight, first.weight)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lips.csv", "lips.png", "lips.safetensors"]


def test_a_stage_that_was_stopped_goes_on_as_if_it_had_never_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "CADENCE", Cadence(log_steps=1, checkpoint_steps=2))
    whole = linear(0)
    run_stage(tmp_path / "whole", "lips", whole, Begin(whole))

    stopped, folder = linear(0), tmp_path / "stopped"
    begin = Begin(stopped)

    def losses(rng):
        if begin.steps == 2:
            (folder / STOP).touch()
        return Begin.losses(begin, rng)

    begin.losses = losses
    with refused(ExitCode.CANCELLED):
        run_stage(folder, "lips", stopped, begin)
    kept = {path.name for path in folder.iterdir()}
    resumed = linear(3)
    again = Begin(resumed)
    run_stage(folder, "lips", resumed, again)

    assert kept == {"lips.csv", "lips-checkpoint.pt", "lips-unfinished.safetensors"}
    assert (begin.steps, again.steps) == (3, 3)
    assert torch.equal(resumed.weight, whole.weight)
    assert (folder / "lips.csv").read_text() == (tmp_path / "whole" / "lips.csv").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["lips.csv", "lips.png", "lips.safetensors"]


def test_a_checkpoint_of_another_fit_is_reported_and_begun_anew(tmp_path, capsys):
    part = linear(0)
    (tmp_path / STOP).touch()
    with refused(ExitCode.CANCELLED):
        run_stage(tmp_path, "lips", part, Begin(part))
    longer = Begin(part, FitConfig(steps=7, batch=1, frames=1, rate=0.1, weight_decay=0.01))

    run_stage(tmp_path, "lips", part, longer)

    assert longer.steps == 7
    assert "lips-checkpoint.pt is of another training" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"no tensors", b""])
def test_a_file_of_another_network_is_reported_and_fitted_again(tmp_path, capsys, content):
    path = tmp_path / "lips.safetensors"
    path.parent.mkdir(exist_ok=True)
    stages._save(nn.Linear(4, 3), path)
    if content is not None:
        path.write_bytes(content)
    part = linear(0)

    run_stage(tmp_path, "lips", part, begin := Begin(part))

    assert begin.asked == 1
    assert f"{path} is of another network" in capsys.readouterr().out
    taken = linear(1)
    run_stage(tmp_path, "lips", taken, Begin(taken))
    assert torch.equal(taken.weight, part.weight)
