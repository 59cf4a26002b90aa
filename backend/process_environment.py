"""What the environment of a process with models says, set before torch loads."""

from __future__ import annotations

import os


def set_process_environment() -> None:
    """No look-ups in the network, and threads that sleep while they wait.

    Threads that spin cost ten times the processor time as soon as anything, such as Blender, runs beside.
    """
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
