"""System libraries that the `bpy` wheels link against but do not carry."""

from __future__ import annotations

import ctypes
import shutil
import sys
from typing import Final

from .debian import is_debian
from .processes import BuildFailedError

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


def missing_library_packages() -> list[str]:
    """Debian's packages of what is missing here. Raises BuildFailedError where Debian's packages cannot bring it."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [library for library in DEBIAN_PACKAGE_OF if not _loads(library)]
    if missing and not is_debian():
        raise BuildFailedError(f"system libraries are missing. {_way_to(missing)}", exit_code=50)
    return sorted(DEBIAN_PACKAGE_OF[library] for library in missing)


def _way_to(libraries: list[str]) -> str:
    if shutil.which("dnf"):
        return "Run:\n    sudo dnf install " + " ".join(f"'{library}()(64bit)'" for library in libraries)
    if shutil.which("zypper"):
        return "Run:\n    sudo zypper install " + " ".join(f"'{library}()(64bit)'" for library in libraries)
    return f"Install what brings {', '.join(libraries)}."


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
