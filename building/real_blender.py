"""A real Blender, not the `bpy` module: Debian sid's, in a debootstrap folder."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from backend.installation.environment import python_of

from .blenders import Blender
from .debian import install_debian_packages
from .paths import BACKEND_ENVIRONMENT, BLENDER_ENVIRONMENTS, OUT, ROOT
from .processes import BuildFailedError, output, run

_SYSTEM: Final = BLENDER_ENVIRONMENTS / "sid"
_STAMP: Final = _SYSTEM / "duologue-ready"
_PACKAGES: Final = ("blender", "python3-numpy", "libegl1")


def real_blender() -> Blender | None:
    """Sid's Blender, set up; needs root on Debian.

    None when there is no real Blender to be had, which is said: on some days Debian's unstable archive does not
    install, and that is no fault of the project.
    """
    if not _possible():
        print("Real Blender: left out, it needs root on Debian.")
        return None
    try:
        _set_up()
    except BuildFailedError as error:
        print(f"Real Blender: left out, {error}")
        return None
    return Blender("real Blender", _inside(_shown(), "/usr/bin/blender"), program=True)


def _possible() -> bool:
    return sys.platform.startswith("linux") and os.geteuid() == 0 and Path("/etc/debian_version").exists()


def _set_up() -> None:
    if _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == " ".join(_PACKAGES):
        return
    if not shutil.which("debootstrap"):
        install_debian_packages(["debootstrap"])
    log = OUT / "logs" / "real-blender.log"
    print("Setting up Debian sid with its Blender …", flush=True)
    shutil.rmtree(_SYSTEM, ignore_errors=True)
    run(["debootstrap", "--variant=minbase", "sid", _SYSTEM], what="debootstrap", log=log)
    words = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", *_PACKAGES)
    run(_inside(("/proc", "/dev"), *words), what="Debian sid's Blender", log=log)
    _STAMP.write_text(" ".join(_PACKAGES), encoding="utf-8")


def _shown() -> tuple[str, ...]:
    """What the tests inside need of this machine: the checkout and the backend's Python, at their own paths."""
    base = output([python_of(BACKEND_ENVIRONMENT), "-c", "import sys; print(sys.base_prefix)"])
    return ("/proc", "/dev", str(ROOT), *([base] if base and base != "/usr" else []))


def _inside(shown: tuple[str, ...], *words: str) -> tuple[str, ...]:
    """The words that run a program in the system, in the checkout's folder where that is shown.

    The mounts end with the process that made them.
    """
    system = shlex.quote(str(_SYSTEM))
    pairs = [(shlex.quote(path), shlex.quote(f"{_SYSTEM}{path}")) for path in shown]
    mounts = [f"mkdir -p {there}; mount --rbind {here} {there}" for here, there in pairs]
    folder = str(ROOT) if str(ROOT) in shown else "/"
    start = f"env -C {shlex.quote(folder)} HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    steps = [*mounts, f"cp /etc/resolv.conf {system}/etc/resolv.conf", f'exec chroot {system} {start} "$@"']
    return ("unshare", "--mount", "bash", "-euc", "; ".join(steps), "inside", *words)
