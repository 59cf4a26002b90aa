"""`build.py wheelhouse`: everything that *Install from folder…* needs on a machine without a network, in one folder."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any, Final

from backend.contract.errors import DuologueError
from backend.installation.children import Children
from backend.installation.environment import pip_install, python_of
from backend.installation.fetching import fetch, wanted_asset, wanted_wheel
from backend.installation.locks import requirements_for, torch_build, without_wheel
from backend.installation.plan import (
    DEVICES,
    WHEELHOUSE_FILE,
    asset_packages,
    runtime_requirements,
    torch_requirements,
)
from backend.installation.target import Target

from .paths import BACKEND_PYTHONS, CACHE, LOCKS, OUT, ROOT
from .processes import BuildFailedError, run
from .pythons import first_python

PLATFORMS: Final = {
    "linux-x86_64": ("linux", "x86_64"),
    "linux-aarch64": ("linux", "aarch64"),
    "windows-x86_64": ("win32", "x86_64"),
    "macos-aarch64": ("darwin", "aarch64"),
    "macos-x86_64": ("darwin", "x86_64"),
}
"""What `--platform` is told → system and processor."""
_OTHER_NAMES: Final = {
    "windows-amd64": "windows-x86_64",
    "macos-arm64": "macos-aarch64",
    "linux-arm64": "linux-aarch64",
}
_ENVIRONMENT: Final = CACHE / "pip"


def add_command(commands: Any) -> None:
    """Register `wheelhouse`."""
    parser = commands.add_parser("wheelhouse", help="pack what the backend needs for a machine without a network")
    parser.add_argument("--platform", required=True, choices=[*PLATFORMS, *_OTHER_NAMES], help="the system it is for")
    parser.add_argument("--python", required=True, choices=sorted(BACKEND_PYTHONS), help="the Python it is for")
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="what torch is built for (default: cpu)")
    parser.add_argument("--into", type=Path, help="the folder (default: dist/wheelhouse-PLATFORM-PYTHON-DEVICE)")
    parser.set_defaults(run=_pack)


def _pack(arguments: argparse.Namespace) -> int:
    name = _OTHER_NAMES.get(arguments.platform, arguments.platform)
    target = Target(*PLATFORMS[name], arguments.python)
    folder = arguments.into or ROOT / "dist" / f"wheelhouse-{name}-{arguments.python}-{arguments.device}"
    try:
        count, size = pack(target, arguments.device, folder.absolute())
    except DuologueError as error:
        raise BuildFailedError(error.sentence(), exit_code=int(error.code)) from error
    print(f"{folder}: {count} packages, {size / 1e6:.0f} MB, for {target.title()}")
    return 0


def pack(target: Target, device: str, folder: Path) -> tuple[int, int]:
    """Bring everything into `folder`; how many packages there are, and their bytes.

    Raises BuildFailedError where there is no such build, DuologueError where a package cannot be had.
    """
    build = torch_build(target.system, device)
    lacking = without_wheel(torch_requirements(target, device), target) if build is not None else []
    if build is None or lacking:
        raise BuildFailedError(f"there is no build of torch for {target.title()} and the device {device}", exit_code=57)
    folder.mkdir(parents=True, exist_ok=True)
    options = target.pip_options()
    (pip,) = requirements_for(LOCKS / "pip.lock", target)
    wanted = [wanted_wheel(pip, target)]
    wanted += [
        wanted_wheel(one, target, options, build.indexes)
        for one in (*torch_requirements(target, device), *runtime_requirements(target))
    ]
    wanted += [wanted_asset(package, optional=optional) for package, optional in asset_packages()]
    log = OUT / "logs" / "wheelhouse.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    children = Children(log, lambda: None, ROOT)
    missing = fetch(pinned_pip(), wanted, folder, children, lambda stage, _done, _total: print(stage, flush=True))
    for one in missing:
        print(f"without {one.requirement.name}, which could not be had")
    told = {
        "system": target.system,
        "processor": target.processor,
        "python": target.python,
        "glibc": target.glibc,
        "macos": target.macos,
        "device": device,
    }
    (folder / WHEELHOUSE_FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    files = list(folder.glob("*.whl"))
    return len(files), sum(path.stat().st_size for path in files)


def pinned_pip() -> Path:
    """The interpreter of a small environment with the pip that is pinned. Raises BuildFailedError."""
    python, stamp = python_of(_ENVIRONMENT), _ENVIRONMENT / "pip.lock"
    lock = LOCKS / "pip.lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(_ENVIRONMENT, ignore_errors=True)
        base = first_python(BACKEND_PYTHONS)
        log = OUT / "logs" / "wheelhouse.log"
        run([base.executable, "-m", "venv", _ENVIRONMENT], what="Creating an environment for pip", log=log)
        python = python_of(_ENVIRONMENT)
        run(pip_install(python, lock), what="Installing pip", log=log)
        shutil.copyfile(lock, stamp)
    return python
