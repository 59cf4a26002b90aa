"""System libraries that the `bpy` wheels link against but do not carry."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from .paths import OUT
from .processes import BuildFailedError, run

DEBIAN_PACKAGE_OF: Final = {
    "libX11.so.6": "libx11-6",
    "libXi.so.6": "libxi6",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libXfixes.so.3": "libxfixes3",
    "libXrender.so.1": "libxrender1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libgomp.so.1": "libgomp1",
}


def ensure_system_libraries() -> None:
    """Install what is missing when running as root on Debian, or say the exact line. Raises BuildFailedError."""
    if not sys.platform.startswith("linux"):
        return
    missing = sorted({package for library, package in DEBIAN_PACKAGE_OF.items() if not _loads(library)})
    if missing:
        install_debian_packages(missing)


def install_debian_packages(packages: list[str]) -> None:
    """`apt-get install` as root; otherwise raise BuildFailedError naming the line to run."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not Path("/etc/debian_version").exists() or not shutil.which("apt-get") or os.geteuid() != 0:
        raise BuildFailedError(f"system packages are missing. Run:\n    sudo {line}", exit_code=50)
    print(f"Installing system packages: {' '.join(packages)}")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    log = OUT / "logs" / "apt.log"
    run(["apt-get", "update"], what="apt-get update", environment=environment, log=log)
    run(line.split(), what=line, environment=environment, log=log)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
