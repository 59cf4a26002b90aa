"""Which build of torch is installed: the processor's wherever it can be had, and never gigabytes without a word."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from backend.installation.environment import pip_install
from backend.installation.locks import PROCESSOR_INDEX, torch_build

from .paths import LOCKS
from .processes import run, status

PROCESSOR_LOCK: Final = LOCKS / "torch-cpu.lock"
INDEX_LOCK: Final = LOCKS / "torch.lock"

_SOON: Final = ("--retries", "0", "--timeout", "15")
_LARGE: Final = (
    "The package index has torch for Linux only with CUDA: 3 GB to download and 6 GB on disk. "
    f"The build without it (0.2 GB) is at {PROCESSOR_INDEX}, which cannot be reached from here; "
    "stop with Ctrl+C and set pip's PIP_FIND_LINKS or PIP_INDEX_URL if you have it elsewhere."
)


def install_torch(python: Path, log: Path) -> None:
    """Install torch into the environment of `python`. Raises BuildFailedError.

    On Linux the package index's own build carries CUDA: asked for first is the processor's, of the indexes that pip is
    configured with, then of torch's own one.
    """
    build = torch_build(sys.platform, "cpu")
    if build is not None and build.lock != INDEX_LOCK:
        for index in build.indexes:
            where = () if index is None else ("--index-url", index, *_SOON)
            if status(pip_install(python, build.lock, *where), log=log) == 0:
                return
        print(_LARGE, flush=True)
    run(pip_install(python, INDEX_LOCK), what=f"Installing {INDEX_LOCK.name}", log=log)
