"""The processes that train together: one by itself in plain torch, or one for each device through `accelerate`.

Every process takes its share of each batch, so that what is learned is the same however many there are.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final, Protocol

from torch import Tensor, nn
from torch.optim import Optimizer

from backend.contract.errors import DuologueError, ExitCode

_LOOKED_EVERY: Final = 0.2
"""Seconds between two looks at whether the processes still run."""


class Crew(Protocol):
    """One process's view of all of them."""

    index: int
    """0 for the one that writes files."""
    count: int
    device: str

    def prepared(self, model: nn.Module, optimiser: Optimizer) -> tuple[nn.Module, Optimizer]:
        """Both, so that gradients are averaged over the processes."""

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of `loss`."""

    def summed(self, value: Tensor) -> Tensor:
        """`value` of every process, added up."""

    def wait(self) -> None:
        """Until every process has come here."""


class Alone:
    """One process on one device."""

    index = 0
    count = 1

    def __init__(self, device: str) -> None:
        self.device = device

    def prepared(self, model: nn.Module, optimiser: Optimizer) -> tuple[nn.Module, Optimizer]:
        """Both as they are."""
        return model, optimiser

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of `loss`."""
        loss.backward()  # type: ignore[no-untyped-call]

    def summed(self, value: Tensor) -> Tensor:
        """`value` itself."""
        return value

    def wait(self) -> None:
        """For nobody."""


class Accelerated:
    """One of several processes that `launch` started; which device it has, accelerate decides."""

    def __init__(self, *, cpu: bool) -> None:
        accelerate = _accelerate()
        # wav2vec 2.0 leaves out layers by chance, and has a tensor that only masking uses.
        unused = accelerate.DistributedDataParallelKwargs(find_unused_parameters=True)
        self._accelerator: Any = accelerate.Accelerator(cpu=cpu, kwargs_handlers=[unused])
        self.index = int(self._accelerator.process_index)
        self.count = int(self._accelerator.num_processes)
        self.device = str(self._accelerator.device)

    def prepared(self, model: nn.Module, optimiser: Optimizer) -> tuple[nn.Module, Optimizer]:
        """Both, wrapped by accelerate."""
        wrapped: tuple[nn.Module, Optimizer] = self._accelerator.prepare(model, optimiser)
        return wrapped

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of `loss`."""
        self._accelerator.backward(loss)

    def summed(self, value: Tensor) -> Tensor:
        """`value` of every process, added up."""
        total: Tensor = self._accelerator.reduce(value, reduction="sum")
        return total

    def wait(self) -> None:
        """Until every process has come here."""
        self._accelerator.wait_for_everyone()


def crew_for(device: str, devices: int) -> Crew:
    """One process among `devices`. Raises DuologueError (DEPENDENCY_MISSING)."""
    return Alone(device) if devices == 1 else Accelerated(cpu=device == "cpu")


def launched() -> bool:
    """Whether this process is already one of several."""
    return "LOCAL_RANK" in os.environ


def launch(words: Sequence[str], devices: int, training: str = "dualtalk") -> int:
    """Run `python -m lab train dualtalk`, or another `training`, with `words` in a process for each device.

    The exit status of the first one to fail, which ends the others; 0 where none does. Raises DuologueError
    (DEPENDENCY_MISSING).
    """
    _accelerate()
    command = [sys.executable, "-m", "backend", "train", training, *words]
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(devices)}
    # The names that torch.distributed reads.
    environments = [os.environ | meeting | {"RANK": str(one), "LOCAL_RANK": str(one)} for one in range(devices)]
    processes = [subprocess.Popen(command, env=environment) for environment in environments]
    try:
        return _first_failure(processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _first_failure(processes: Sequence[subprocess.Popen[bytes]]) -> int:
    """The first exit status that is not 0, as soon as there is one; 0 once all have ended."""
    while True:
        ended = [process.poll() for process in processes]
        failed = [status for status in ended if status]
        if failed or None not in ended:
            # One that was killed has a negative status.
            return abs(failed[0]) if failed else 0
        time.sleep(_LOOKED_EVERY)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _accelerate() -> Any:
    """The library. Raises DuologueError (DEPENDENCY_MISSING)."""
    if find_spec("accelerate") is None:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            "Training on several devices needs the library accelerate, which setup does not install.",
            f"Run `{sys.executable} -m pip install accelerate`, or train on one device.",
        )
    import accelerate

    return accelerate
