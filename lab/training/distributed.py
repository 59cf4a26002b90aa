"""The processes that train together: one by itself, or one for each device through `torch.distributed`.

Every process takes its share of each batch, so that what is learned is the same however many there are.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from backend.contract.errors import DuologueError, ExitCode
from backend.job.reporting import QuietReporter, Reporter

_POLL_SECONDS: Final = 0.2
"""Between two looks at whether the processes still run."""
_PATIENCE: Final = timedelta(days=2)
"""The others wait so long for the process that reads the data and computes features."""


class ProcessGroup:
    """The processes that train together, as one of them sees them: `index` of `count`, on `device`.

    `report` takes the progress of the one that writes, and says to it whether to stop.
    """

    def __init__(self, device: str, count: int = 1, report: Reporter | None = None) -> None:
        """One process by itself, or one of `count` that `launch` or torchrun started."""
        self.index, self.count, self.device, self.report = 0, count, device, report or QuietReporter()
        if count == 1:
            return
        on_cuda = device.startswith("cuda")
        if on_cuda:
            self.device = f"cuda:{os.environ['LOCAL_RANK']}"
            torch.cuda.set_device(self.device)
        distributed.init_process_group("nccl" if on_cuda else "gloo", timeout=_PATIENCE)
        self.index, self.count = distributed.get_rank(), distributed.get_world_size()

    def asked_to_stop(self) -> bool:
        """Whether whoever gets the reports wants this process to stop."""
        try:
            self.report.check_cancel()
        except DuologueError:
            return True
        return False

    @property
    def writes(self) -> bool:
        """Whether this is the process that writes files and prints."""
        return self.index == 0

    def wrapped(self, model: nn.Module) -> nn.Module:
        """`model`, so that its gradients are averaged over the processes."""
        if self.count == 1:
            return model
        # wav2vec 2.0 leaves out layers by chance, and has a tensor that only masking uses.
        return DistributedDataParallel(model, find_unused_parameters=True)

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of `loss`, the share of this process; those of all processes are added up."""
        shared: Any = loss * self.count  # the processes' gradients are averaged
        shared.backward()

    def summed(self, value: Tensor) -> Tensor:
        """`value` of every process, added up."""
        if self.count > 1:
            value = value.clone()
            distributed.all_reduce(value)
        return value

    def wait(self) -> None:
        """Wait until every process has come here."""
        if self.count > 1:
            distributed.barrier()

    def leave(self) -> None:
        """The last thing that a process does."""
        if self.count > 1:
            distributed.destroy_process_group()


def launched() -> bool:
    """Whether this process is already one of several."""
    return "LOCAL_RANK" in os.environ


def launch(words: Sequence[str], devices: int, report: Reporter) -> None:
    """Run `python -m lab train` with `words` in a process for each device.

    The first one to fail ends the others. Raises DuologueError with its exit code, and CANCELLED.
    """
    command = [sys.executable, "-m", "lab", "train", *words]
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(devices)}
    # The names that torch.distributed reads.
    environments = [os.environ | meeting | {"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(devices)]
    processes = [subprocess.Popen(command, env=environment) for environment in environments]
    try:
        status = _first_failure(processes, report)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
    if status:
        code = ExitCode(status) if status in set(ExitCode) else ExitCode.UNEXPECTED  # a system that kills has its own
        raise DuologueError(code, f"A process of the training ended with status {status}.", "See its own message.")


def _first_failure(processes: Sequence[subprocess.Popen[bytes]], report: Reporter) -> int:
    """The first exit status that is not 0, as soon as there is one; 0 once all have ended."""
    while True:
        report.check_cancel()
        ended = [process.poll() for process in processes]
        failed = [status for status in ended if status]
        if failed or None not in ended:
            # One that was killed has a negative status.
            return abs(failed[0]) if failed else 0
        time.sleep(_POLL_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
