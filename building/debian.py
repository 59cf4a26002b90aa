"""Debian's packages, and those of systems made from it: what the archive has, and installing it."""

from __future__ import annotations

import functools
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from .paths import OUT
from .processes import BuildFailedError, output, run

_LOG = OUT / "logs" / "apt.log"


def is_debian() -> bool:
    """Whether this system has Debian's tools."""
    return Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def may_install() -> bool:
    """Whether this process may install packages."""
    return is_debian() and os.geteuid() == 0


def has_package(package: str) -> bool:
    """Whether the archive has it."""
    return candidate_version(package) is not None


def candidate_version(package: str) -> str | None:
    """The version that installing `package` would bring, as Debian writes it, or None."""
    if not is_debian():
        return None
    _know_the_archive()
    told = output(["apt-cache", "policy", package]) or ""
    found = re.search(r"^\s*Candidate: (\S+)", told, re.MULTILINE)
    return found[1] if found and found[1] != "(none)" else None


@functools.cache
def _know_the_archive() -> None:
    """A fresh system, a container above all, has no list of packages yet; only root can fetch it."""
    if may_install() and not _knows_the_archive():
        run(["apt-get", "update"], what="apt-get update", log=_LOG)


def _knows_the_archive() -> bool:
    """Whether there is a list of packages besides that of the installed ones, which count as candidates too."""
    told = output(["apt-cache", "policy"]) or ""
    return bool(re.search(r"^ *-?\d+ (?!/var/lib/dpkg/status)\S", told, re.MULTILINE))


def way_to_the_archive() -> str | None:
    """What has to be run before this Debian knows what its archive has, or None where it does or is no Debian."""
    if not is_debian() or _knows_the_archive():
        return None
    return f"The system's list of packages is empty; fetch it, and run this again. {line_for_root('apt-get update')}"


def line_for_root(*commands: str) -> str:
    """What the reader has to run, as a sentence and one line; a bare system has no `sudo`."""
    if shutil.which("sudo"):
        return "Run:\n    " + " && ".join(f"sudo {command}" for command in commands)
    return "Run as root:\n    " + " && ".join(commands)


def install_debian_packages(packages: Sequence[str]) -> None:
    """`apt-get install` as root, its size told first; otherwise raise BuildFailedError naming the line to run."""
    words = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not is_debian():
        raise BuildFailedError(f"please install what Debian calls {', '.join(packages)}.", exit_code=50)
    if not may_install():
        line = line_for_root("apt-get update", " ".join(words))
        raise BuildFailedError(f"system packages are missing. {line}", exit_code=50)
    environment = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    run(["apt-get", "update"], what="apt-get update", environment=environment, log=_LOG)
    sizes = re.findall(r"^(?:Need to get|After this).*$", _simulated(packages), re.MULTILINE)
    print(f"Installing system packages: {' '.join(packages)}. {' '.join(sizes)}", flush=True)
    run(words, what=" ".join(words), environment=environment, log=_LOG)


def _simulated(packages: Sequence[str]) -> str:
    words = ["env", "LC_ALL=C.UTF-8", "apt-get", "install", "--assume-no", "--no-install-recommends", *packages]
    return output(words, failing=True) or ""
