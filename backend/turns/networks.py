"""What both networks share: loading derived weights, running on one thread, and reporting steps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import torch
from torch import nn

from ..contract.errors import ExitCode
from ..contract.installation import remedy
from ..contract.reading import read_errors_as
from .weights import load_weights

_TRAINING_ALONE: Final = "num_batches_tracked"
"""What batch normalisation counts while it is trained."""


def load_into(network: nn.Module, path: Path) -> None:
    """Fill `network` from a derived file. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    what = f"{path} does not hold the weights for telling speakers apart"
    with read_errors_as(ExitCode.ASSET_CORRUPT, what, f"Delete it. {remedy()} again."):
        weights = load_weights(path)
        missing, unknown = network.load_state_dict(weights, strict=False)
        lacking = [name for name in missing if not name.endswith(_TRAINING_ALONE)]
        if lacking or unknown:
            raise ValueError(f"{len(lacking)} tensors are missing, {len(unknown)} unknown")
        if not all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
            raise ValueError("there are numbers that are not finite")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use a single thread inside.

    These networks are thousands of tiny operations: threads that meet after each gain little on an idle machine and
    cost five to ten times as much where another process has one of the cores (measured on two).
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


AfterStep = Callable[[int, int], None]
"""Called with (done, total) as work goes on; may raise to stop it."""


def no_step(_done: int, _total: int) -> None:
    """The step that neither reports nor stops."""
