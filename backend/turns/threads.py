"""One processor thread for small networks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch


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
