"""The name that *Generate* knows a worker at a take by."""

from __future__ import annotations

from ...backend.contract.performance import Performance
from .worker_process import Progress, WorkerProcess

__all__ = ["Progress", "WorkerJob"]

WorkerJob = WorkerProcess[Performance]
