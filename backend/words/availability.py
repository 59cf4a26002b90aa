"""Where pocketsphinx can be had, which lays a text under speech; the standard library alone, as build.py asks too."""

from __future__ import annotations

import platform
import sys
from typing import Final

PYTHONS_WITH_ALIGNER: Final = ("3.11", "3.13")
"""Python versions that pocketsphinx has builds for."""


def has_aligner_build(version: str = f"{sys.version_info.major}.{sys.version_info.minor}") -> bool:
    """Whether Python `version` (“3.11”), by default the running one, has a build of pocketsphinx on this system."""
    windows_on_arm = sys.platform == "win32" and platform.machine().upper() == "ARM64"
    return version in PYTHONS_WITH_ALIGNER and not windows_on_arm
