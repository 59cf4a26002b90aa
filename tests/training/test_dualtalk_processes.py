"""Training in processes: killed and resumed, on several devices at once, with the weights of one."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from backend.contract.errors import DuologueError, ExitCode
from backend.engines.dualtalk_official.checkpoint import config_as_json
from backend.job.reporting import QuietReporter
from building.paths import ROOT
from lab.training.distributed import launch
from tests.support.dualtalk_data import TINY_SOUND
from tests.support.dualtalk_runs import train, words


def background(data, run, tiny, *more):
    """The command in a process of its own."""
    command = [sys.executable, "-m", "lab", "train", "dualtalk", *words(data, run, tiny, *more)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_process_that_was_killed_goes_on_where_its_checkpoint_was(unmeasured, tiny, tmp_path, capsys):
    many = ("--epochs", 40, "--checkpoint-steps", 3, "--validate-epochs", 100)
    killed = background(unmeasured, tmp_path / "killed", tiny, *many)
    waited = time.monotonic() + 120
    while not (tmp_path / "killed" / "checkpoint.pt").exists() and time.monotonic() < waited:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    printed = killed.communicate()[0]

    assert killed.returncode == -signal.SIGKILL, printed
    assert train(words(unmeasured, tmp_path / "killed", tiny, *many)) == ExitCode.OK
    assert "going on after step" in capsys.readouterr().out
    assert train(words(unmeasured, tmp_path / "whole", tiny, *many)) == ExitCode.OK

    resumed, whole = (load_file(tmp_path / run / "dualtalk.safetensors") for run in ("killed", "whole"))
    for name, tensor in whole.items():
        # Another process adds in another order; where all is one process, the weights are equal to the bit.
        torch.testing.assert_close(resumed[name], tensor, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(
    ("statuses", "expected"), [((0, 0, 0), None), ((0, 29, None), ExitCode(29)), ((None, -9, 40), ExitCode.UNEXPECTED)]
)
def test_several_devices_are_a_process_each_and_the_first_failure_ends_all(monkeypatch, statuses, expected):
    started = []

    class Process:
        def __init__(self, command, env):
            self.command, self.rank, self.world = command, int(env["RANK"]), env["WORLD_SIZE"]
            self.ended, self.meeting = False, (env["MASTER_ADDR"], env["MASTER_PORT"])
            started.append(self)

        def poll(self):
            return statuses[self.rank]

        def terminate(self):
            self.ended = True

        def wait(self):
            return 0

    monkeypatch.setattr("lab.training.distributed.subprocess.Popen", Process)

    failure = None
    try:
        launch(["dualtalk", "--data", "folder"], 3, QuietReporter())
    except DuologueError as error:
        failure = error.code

    assert failure == expected
    assert [(process.rank, process.world, process.ended) for process in started] == [
        (0, "3", True),
        (1, "3", True),
        (2, "3", True),
    ]
    assert len({process.meeting for process in started}) == 1
    assert started[0].command[-6:] == ["-m", "lab", "train", "dualtalk", "--data", "folder"]


def test_two_processes_learn_what_one_learns(unmeasured, tiny, tmp_path):
    sizes = tmp_path / "still.json"
    sizes.write_text(config_as_json(replace(TINY_SOUND, synthesis_dropout=0.0)))
    still = ("--sizes", sizes, "--rate", 1e-5, "--epochs", 1)  # chance falls differently on two

    assert background(unmeasured, tmp_path / "two", tiny, *still, "--devices", 2).wait(240) == 0
    assert train(words(unmeasured, tmp_path / "one", tiny, *still)) == ExitCode.OK

    two, single = (read_table(tmp_path / run / "validation.csv") for run in ("two", "one"))
    np.testing.assert_allclose(two, single, rtol=0.02)


def read_table(path):
    return np.loadtxt(path, delimiter=",", skiprows=1)[:7]
