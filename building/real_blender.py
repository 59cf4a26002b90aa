"""Real Blenders, not the `bpy` module: those of Debian's releases, each in a debootstrap folder, with a display."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.installation.environment import python_of

from .blenders import Blender
from .debian import install_debian_packages
from .paths import BACKEND_ENVIRONMENT, BLENDER_ENVIRONMENTS, OUT, ROOT
from .processes import BuildFailedError, output, run

_PACKAGES: Final = (
    *("blender", "python3-numpy", "libegl1"),
    *("xvfb", "openbox", "xdotool", "imagemagick", "libgl1-mesa-dri"),
)


@dataclass(frozen=True)
class Release:
    """One of Debian's: its `blender`'s version, the packages that one needs here, and the display that it gets."""

    blender: str
    packages: tuple[str, ...]
    display: str


RELEASES: Final = {
    "sid": Release("5.2", (*_PACKAGES, "python3-cattr"), ":17"),  # without it 5.2 has no extensions
    "trixie": Release("4.3", _PACKAGES, ":18"),
}
_SCREEN: Final = "1400x2900x24"


def real_blender(release: str = "sid") -> Blender | None:
    """That release's Blender without a window, set up; needs root on Debian.

    None when there is no real Blender to be had, which is said: on some days Debian's unstable archive does not
    install, and that is no fault of the project.
    """
    system = _system(release)
    return Blender("real Blender", _inside(system, _shown(), "/usr/bin/blender"), program=True) if system else None


def window_command(release: str, script: Path, *words: str | Path) -> tuple[str, ...] | None:
    """The words that run the Python script `script` of the checkout where that release has a display; None as above."""
    system = _system(release)
    if system is None:
        return None
    program = shlex.join(["python3", str(script), *map(str, words)])
    display = RELEASES[release].display
    base = _base_python()
    path = f"export PATH=$PATH:{shlex.quote(base)}/bin; " if base else ""
    session = path + (
        f"export DISPLAY={display} LIBGL_ALWAYS_SOFTWARE=1; rm -rf /tmp/.X*; mkdir -p /tmp/.X11-unix; "
        f"Xvfb {display} -screen 0 {_SCREEN} >/dev/null 2>&1 & sleep 2; openbox >/dev/null 2>&1 & exec {program}"
    )
    return _inside(system, _shown(), "bash", "-c", session)


def _system(release: str) -> Path | None:
    """The folder that the release is in, set up; None where it cannot be had, which is said."""
    if not (sys.platform.startswith("linux") and os.geteuid() == 0 and Path("/etc/debian_version").exists()):
        print("Real Blender: left out, it needs root on Debian.")
        return None
    try:
        return _set_up(release)
    except BuildFailedError as error:
        print(f"Real Blender of Debian {release}: left out, {error}")
        return None


def _set_up(release: str) -> Path:
    """Raises BuildFailedError."""
    system = BLENDER_ENVIRONMENTS / release
    packages = RELEASES[release].packages
    stamp = system / "duologue-ready"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == " ".join(packages):
        return system
    if not shutil.which("debootstrap"):
        install_debian_packages(["debootstrap"])
    log = OUT / "logs" / f"real-blender-{release}.log"
    print(f"Setting up Debian {release} with its Blender …", flush=True)
    shutil.rmtree(system, ignore_errors=True)
    run(["debootstrap", "--variant=minbase", release, system], what="debootstrap", log=log)
    words = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", *packages)
    run(_inside(system, ("/dev",), *words), what=f"The Blender of Debian {release}", log=log)
    stamp.write_text(" ".join(packages), encoding="utf-8")
    return system


def _shown() -> tuple[str, ...]:
    """What the tests inside need of this machine: the checkout and the backend's Python, at their own paths."""
    base = _base_python()
    return ("/dev", str(ROOT), *([base] if base else []))


def _base_python() -> str | None:
    """Where the Python is that the backend's environment was made from; None where that is the system's."""
    base = output([python_of(BACKEND_ENVIRONMENT), "-c", "import sys; print(sys.base_prefix)"])
    return base if base and base != "/usr" else None


def _inside(system: Path, shown: tuple[str, ...], *words: str) -> tuple[str, ...]:
    """The words that run a program in the system, in the checkout's folder where that is shown.

    The mounts, and whatever the program started, end with it.
    """
    folder = shlex.quote(str(system))
    pairs = [(shlex.quote(path), shlex.quote(f"{system}{path}")) for path in shown]
    mounts = [f"mkdir -p {there}; mount --rbind {here} {there}" for here, there in pairs]
    start = f"env -C {shlex.quote(str(ROOT) if str(ROOT) in shown else '/')} HOME=/root"
    steps = [
        *mounts,
        f"mkdir -p {folder}/proc; mount -t proc proc {folder}/proc",
        f"cp /etc/resolv.conf {folder}/etc/resolv.conf",
        f'exec chroot {folder} {start} PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"',
    ]
    own = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
    return (*own, "bash", "-euc", "; ".join(steps), "inside", *words)
