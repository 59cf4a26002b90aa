"""The virtual environments: one for the backend, one small one per Blender version; set up once, from lock files."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from .paths import BACKEND_ENVIRONMENT, BLENDER_ENVIRONMENTS, BLENDER_PYTHONS, LOCKS, OUT, python_of
from .processes import BuildFailedError, output, run
from .system_libraries import ensure_system_libraries

_STAMP = ".duologue-lock"
_BACKEND_PYTHON = "3.11"


def add_commands(commands: Any) -> None:
    """Register `setup` and `face`."""
    setup = commands.add_parser("setup", help="set up the backend's environment and its assets")
    setup.add_argument("--tests", action="store_true", help="also one environment per Blender version")
    setup.set_defaults(run=_setup)
    face = commands.add_parser("face", help="derive the open head again from its pinned package")
    face.set_defaults(run=_face)


def _setup(arguments: argparse.Namespace) -> int:
    set_up_backend()
    if arguments.tests:
        for version in BLENDER_PYTHONS:
            set_up_blender(version)
    print(f"Ready. The backend's Python is {python_of(BACKEND_ENVIRONMENT)}")
    return 0


def _face(_arguments: argparse.Namespace) -> int:
    set_up_backend(assets=False)
    run(
        [python_of(BACKEND_ENVIRONMENT), "-m", "backend", "prepare-assets", "--only", "open-head-1", "--again"],
        what="Deriving the open head",
    )
    return 0


def set_up_backend(*, assets: bool = True) -> Path:
    """The backend's interpreter, with its packages and (by default) its assets in place. Raises BuildFailedError."""
    python = set_up(BACKEND_ENVIRONMENT, _BACKEND_PYTHON, LOCKS / "backend.lock")
    if python is None:
        raise BuildFailedError(
            f"Python {_BACKEND_PYTHON} was not found. Run:\n    sudo apt-get install python{_BACKEND_PYTHON}-venv",
            exit_code=50,
        )
    if assets:
        run([python, "-m", "backend", "prepare-assets"], what="Preparing the assets")
    return python


def set_up_blender(version: str) -> Path | None:
    """The interpreter that has `bpy` of this version, or None when its Python is not on this machine."""
    ensure_system_libraries()
    return set_up(BLENDER_ENVIRONMENTS / version, BLENDER_PYTHONS[version], LOCKS / f"blender-{version}.lock")


def set_up(environment: Path, python_version: str, lock: Path) -> Path | None:
    """Create `environment` from `lock` unless it already matches; None when that Python is not here."""
    wanted = f"{python_version} {hashlib.sha256(lock.read_bytes()).hexdigest()}"
    stamp = environment / _STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python_of(environment)
    base = find_python(python_version)
    if base is None:
        return None
    print(f"Setting up {environment.name} ({lock.name}) …", flush=True)
    log = OUT / "logs" / f"setup-{environment.name.lstrip('.')}.log"
    shutil.rmtree(environment, ignore_errors=True)
    run([base, "-m", "venv", environment], what=f"Creating {environment}", log=log)
    run(
        [python_of(environment), "-m", "pip", "install", "--disable-pip-version-check", "-r", lock],
        what=f"Installing {lock.name}",
        log=log,
    )
    stamp.write_text(wanted, encoding="utf-8")
    return python_of(environment)


def find_python(version: str) -> str | None:
    """An interpreter of this minor version: the running one, one on the path, or one that pyenv keeps."""
    if sys.version.startswith(f"{version}."):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    for candidate in (f"python{version}", *(str(path) for path in kept)):
        if output([candidate, "-c", "import venv, ensurepip, sys; print(sys.version)"]):
            return candidate
    return None
