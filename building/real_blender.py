"""A real Blender, not the `bpy` module: Debian sid's, in a debootstrap folder, running tests/blender headless."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from .paths import BACKEND_ENVIRONMENT, BLENDER_ENVIRONMENTS, OUT, ROOT, python_of
from .processes import BuildFailedError, output, run, status
from .system_libraries import install_debian_packages

_SYSTEM: Final = BLENDER_ENVIRONMENTS / "sid"
_STAMP: Final = _SYSTEM / "duologue-ready"
_PACKAGES: Final = (
    "blender",
    "python3-numpy",
    "python3-pytest",
    "python3-hypothesis",
    "python3-pip",
    "libegl1",
)
_PYTEST_BLENDER: Final = "pytest-blender==3.0.8"


def run_tests(words: list[str], zip_path: Path | None = None) -> int | None:
    """Run tests/blender inside the real Blender and return pytest's exit code; needs root on Debian.

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
    user_folder = OUT / "tests" / "real_blender_user"
    user_folder.mkdir(parents=True, exist_ok=True)
    print(f"\n== real Blender -m pytest tests/blender {' '.join(words)}", flush=True)
    settings = [
        f"BLENDER_USER_RESOURCES={user_folder}",
        f"DUOLOGUE_PYTHON={python_of(BACKEND_ENVIRONMENT)}",
        "PYTHONDONTWRITEBYTECODE=1",
        "HOME=/root",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    ]
    settings += [f"DUOLOGUE_ZIP={zip_path}"] if zip_path is not None else []
    pytest = ["/usr/bin/python3", "-m", "pytest", "--blender-executable", "/usr/bin/blender", "-p", "no:cacheprovider"]
    inside = f"cd {ROOT} && env {' '.join(settings)} {' '.join(pytest)} tests/blender {' '.join(words)}"
    return status(["unshare", "--mount", "bash", "-euc", _mounts(_shown()) + f"chroot {_SYSTEM} bash -c '{inside}'"])


def _possible() -> bool:
    return sys.platform.startswith("linux") and os.geteuid() == 0 and Path("/etc/debian_version").exists()


def _set_up() -> None:
    if _STAMP.exists():
        return
    if not shutil.which("debootstrap"):
        install_debian_packages(["debootstrap"])
    log = OUT / "logs" / "real-blender.log"
    print("Setting up Debian sid with its Blender …", flush=True)
    shutil.rmtree(_SYSTEM, ignore_errors=True)
    run(["debootstrap", "--variant=minbase", "sid", _SYSTEM], what="debootstrap", log=log)
    # The plugin is fetched outside: nothing of this machine, its certificates least of all, is lent for writing.
    wheels = _SYSTEM / "wheels"
    fetch = ["-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "-d", str(wheels), _PYTEST_BLENDER]
    run([python_of(BACKEND_ENVIRONMENT), *fetch], what=f"Fetching {_PYTEST_BLENDER}", log=log)
    offline = "python3 -m pip install --break-system-packages --no-index --no-deps"
    inside = (
        "export DEBIAN_FRONTEND=noninteractive; "
        f"apt-get install -y --no-install-recommends {' '.join(_PACKAGES)} && {offline} /wheels/*.whl"
    )
    mounts = _mounts(("/proc", "/dev"))
    run(
        ["unshare", "--mount", "bash", "-euc", mounts + f"chroot {_SYSTEM} bash -euc '{inside}'"],
        what="Debian sid's Blender",
        log=log,
    )
    _STAMP.touch()


def _shown() -> tuple[str, ...]:
    """What the tests inside need of this machine: the checkout and the backend's Python, at their own paths."""
    base = output([python_of(BACKEND_ENVIRONMENT), "-c", "import sys; print(sys.base_prefix)"])
    return ("/proc", "/dev", str(ROOT), *([base] if base and base != "/usr" else []))


def _mounts(paths: tuple[str, ...]) -> str:
    """Shell that mounts `paths` inside the system; the mounts end with the process that made them."""
    return "".join(f"mkdir -p {_SYSTEM}{path}; mount --rbind {path} {_SYSTEM}{path}; " for path in paths) + (
        f"cp /etc/resolv.conf {_SYSTEM}/etc/resolv.conf; "
    )
