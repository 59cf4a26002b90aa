"""What the machine has: room on the disk, memory, a graphics card, and a folder that can be written."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors
from ..contract.installation import RUNNING_FILE
from .children import printed

NEEDED_MEMORY: Final = 1.0e9
"""Bytes that must be free for the open head to be derived."""
_ROOMY_MEMORY: Final = 3.0e9
_OLDEST_DRIVER: Final = 580
"""Of NVIDIA's, the first that runs CUDA 13, which this torch is built with."""
_OLDEST_CARD: Final = 7.5
_SECONDS: Final = 10
_HELD: Final = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What the systems say of a lock that another process has; a disk that knows no locks says something else."""


@dataclass(frozen=True)
class Card:
    """An NVIDIA card; `lacking` says why torch cannot use it, empty where it can."""

    name: str
    lacking: str = ""


def require_writable(folder: Path) -> None:
    """Make `folder`, and make sure that files can be. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    with explained_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def free_bytes(folder: Path) -> int:
    """Room on the disk that `folder` is on, or will be."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def require_room(folder: Path, needed: int) -> None:
    """Raises DuologueError (DISK_FULL)."""
    free = free_bytes(folder)
    if free < needed:
        raise DuologueError(
            ExitCode.DISK_FULL,
            f"The backend needs {_giga(needed)} in {folder}, and {_giga(free)} are free there.",
            "Free some disk space or choose another folder, then press Install backend again.",
        )


def require_memory(free: int | None) -> str:
    """A warning where memory is short, else nothing; `free` bytes, None where unknown.

    Raises DuologueError (OUT_OF_MEMORY).
    """
    if free is None or free >= _ROOMY_MEMORY:
        return ""
    if free < NEEDED_MEMORY:
        raise DuologueError(
            ExitCode.OUT_OF_MEMORY,
            f"{_giga(free)} of memory are free, and installing needs {_giga(NEEDED_MEMORY)}.",
            "Close other programs, then press Install backend again.",
        )
    return f"Only {_giga(free)} of memory are free; generating needs about {_giga(_ROOMY_MEMORY)}."


def free_memory() -> int | None:
    """Bytes that programs can still have; None where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        if sys.platform == "linux":
            lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        if sys.platform == "win32":
            return _windows_memory()
    return None


def _windows_memory() -> int:
    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        )

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined,unused-ignore]
        raise OSError("the system does not tell its memory")
    return int(status.free)


def nvidia_card() -> Card | None:
    """The first NVIDIA card that its driver's own program names; None where there is none."""
    try:
        said = printed(["nvidia-smi", "--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader"], _SECONDS)
        name, driver, ability = (part.strip() for part in said.splitlines()[0].rsplit(",", 2))
        lacking = ""
        if int(driver.partition(".")[0]) < _OLDEST_DRIVER:
            lacking = f"its driver {driver} is older than {_OLDEST_DRIVER}: update it first"
        elif float(ability) < _OLDEST_CARD:
            lacking = "it is older than what CUDA 13 supports"
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return Card(name, lacking)


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep other installations into `folder` out meanwhile. Raises DuologueError (INSTALLATION_RUNNING).

    The system lets go of the lock when the process ends, however it ends.
    """
    path = folder / RUNNING_FILE
    with explained_write_errors(path):
        file = path.open("a+b")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        if error.errno not in _HELD:
            with explained_write_errors(path):
                raise
        raise DuologueError(
            ExitCode.INSTALLATION_RUNNING,
            f"Another Blender is working on the backend in {folder}.",
            "Wait until it is done, then press Install backend again.",
        ) from error
    try:
        yield
    finally:
        _unlock(file)
        file.close()
        with contextlib.suppress(OSError):  # another one may have it by now
            path.unlink()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def folder_bytes(folder: Path) -> int:
    """What the files of `folder` take; links count nothing."""
    total = 0
    for where, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(where, name)).st_size  # noqa: PTH118 — twenty thousand files
    return total


def _giga(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
