"""A stage is fitted once, and again where its file is of another network."""

import pytest
import torch
from torch import nn

from lab.training.stages import run_stage


class Fit:
    """Sets every weight to `value`, and counts how often it is asked."""

    def __init__(self, part: nn.Module, value: float) -> None:
        self.part, self.value, self.asked = part, value, 0

    def __call__(self, log) -> None:
        self.asked += 1
        for step in range(2):
            log(step, {"loss": 1.0 / (step + 1)})
        for parameter in self.part.parameters():
            nn.init.constant_(parameter, self.value)


def test_what_was_fitted_is_taken_from_its_file(tmp_path):
    first, second = nn.Linear(2, 3), nn.Linear(2, 3)
    fits = Fit(first, 0.5), Fit(second, 0.7)

    run_stage(tmp_path, "lips", first, fits[0])
    run_stage(tmp_path, "lips", second, fits[1])

    assert (fits[0].asked, fits[1].asked) == (1, 0)
    assert torch.equal(second.weight, first.weight)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lips.csv", "lips.png", "lips.safetensors"]


@pytest.mark.parametrize("content", [None, b"no tensors", b""])
def test_a_file_of_another_network_is_told_and_fitted_again(tmp_path, capsys, content):
    path = tmp_path / "lips.safetensors"
    run_stage(tmp_path, "lips", other := nn.Linear(4, 3), Fit(other, 0.5))
    if content is not None:
        path.write_bytes(content)
    part = nn.Linear(2, 3)

    run_stage(tmp_path, "lips", part, fit := Fit(part, 0.7))

    assert fit.asked == 1
    assert f"{path} is of another network" in capsys.readouterr().out
    assert part.weight.unique().tolist() == pytest.approx([0.7])
