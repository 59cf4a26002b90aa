"""Which buttons mend which failure."""

from __future__ import annotations

from typing import Final, Literal

from ...backend.contract.errors import ExitCode

Remedy = Literal["backend", "preferences", "check", "heads", "generate", "log", "locate"]

_REMEDIES: Final[dict[ExitCode, tuple[Remedy, ...]]] = {
    ExitCode.WORKER_NOT_FOUND: ("backend", "preferences"),
    ExitCode.DEPENDENCY_MISSING: ("backend", "preferences", "check", "log"),
    ExitCode.PYTHON_NOT_FOUND: ("backend",),
    ExitCode.DOWNLOAD_FAILED: ("backend", "log"),
    ExitCode.INSTALLATION_RUNNING: ("backend",),
    ExitCode.INSTALLATION_FAILED: ("backend", "log"),
    ExitCode.ONLINE_ACCESS_OFF: ("backend",),
    ExitCode.ASSET_MISSING: ("backend", "preferences", "check"),
    ExitCode.ASSET_CORRUPT: ("check",),
    ExitCode.FACE_NOT_FOUND: ("backend", "preferences", "check"),
    ExitCode.FACE_INVALID: ("check",),
    ExitCode.WEIGHTS_INVALID: ("check",),
    ExitCode.UNEXPECTED: ("check", "log"),
    ExitCode.WORKER_DIED: ("check", "log"),
    ExitCode.WORKER_HUNG: ("check", "log"),
    ExitCode.WORKER_GARBAGE: ("check", "log"),
    ExitCode.PERFORMANCE_INVALID: ("generate",),
    ExitCode.TAKE_NOT_FOUND: ("locate", "generate"),
    ExitCode.RIG_UNSUITABLE: ("heads",),
}


def remedies(code: int) -> tuple[Remedy, ...]:
    """In the order in which to try them; none where only the artist's own input can be mended."""
    return _REMEDIES.get(ExitCode(code), ()) if code in ExitCode._value2member_map_ else ()
