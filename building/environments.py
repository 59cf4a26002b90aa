"""The virtual environments: one for the backend, a small one per Blender version; set up once, from lock files."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from backend.installation.environment import STAMP, create_environment, pip_install, python_of, stamp, stamped
from backend.installation.pythons import Base
from backend.words.availability import PYTHONS_WITH_ALIGNER, has_aligner_build

from .blenders import Blender, Source, any_source, told_sources, wheel_source
from .debian import install_debian_packages
from .paths import BACKEND_ENVIRONMENT, BACKEND_PYTHONS, BLENDER_ENVIRONMENTS, BLENDER_WHEELS, LOCKS, OUT
from .processes import run
from .pythons import Python, first_python
from .torch_build import INDEX_LOCK, PROCESSOR_LOCK, install_torch

_TORCH_LOCKS: Final = (PROCESSOR_LOCK, INDEX_LOCK)
_RUNTIME_LOCKS: Final = (LOCKS / "runtime.lock", *_TORCH_LOCKS)
"""What animates."""
_DEVELOPMENT_LOCKS: Final = (LOCKS / "dev.lock", *_TORCH_LOCKS)
"""The same versions, and what trains, measures, tests and lints."""


def add_commands(commands: Any) -> None:
    """Register `setup` and `face`."""
    setup = commands.add_parser("setup", help="set up the backend's environment and its assets")
    setup.add_argument("--development", action="store_true", help="also what trains, measures, tests and lints")
    setup.add_argument("--tests", action="store_true", help="also one environment per Blender version")
    setup.set_defaults(run=_setup)
    face = commands.add_parser("face", help="derive the open head again from its pinned package")
    face.set_defaults(run=_face)


def _setup(arguments: argparse.Namespace) -> int:
    sources = told_sources(map(wheel_source, BLENDER_WHEELS)) if arguments.tests else []
    set_up_backend(
        packages=[package for source in sources for package in source.packages],
        development=arguments.tests or arguments.development,
    )
    for source in sources:
        set_up_blender(source)
    print(f"Ready. The backend's Python is {python_of(BACKEND_ENVIRONMENT)}")
    return 0


def _face(_arguments: argparse.Namespace) -> int:
    set_up_backend(assets=False)
    run(
        [python_of(BACKEND_ENVIRONMENT), "-m", "backend", "prepare-assets", "--only", "open-head-1", "--again"],
        what="Deriving the open head",
    )
    return 0


def set_up_both(*, development: bool = False) -> tuple[Path, Blender]:
    """The backend's interpreter and a Blender, chosen before anything is downloaded. Raises BuildFailedError."""
    source = any_source()
    backend = set_up_backend(packages=source.packages, development=development)
    return backend, set_up_blender(source)


def set_up_backend(*, assets: bool = True, packages: Sequence[str] = (), development: bool = False) -> Path:
    """The backend's interpreter, with its packages and (by default) its assets in place. Raises BuildFailedError.

    `packages` are further ones of Debian, so that one line names all that is missing. With `development` also what
    trains, measures, tests and lints; an environment without it gets it added.
    """
    locks = _DEVELOPMENT_LOCKS if development else _RUNTIME_LOCKS
    python = _backend_environment_is_there(*([locks] if development else [locks, _DEVELOPMENT_LOCKS]))
    if python is None and _backend_environment_is_there(_RUNTIME_LOCKS):
        install_missing(packages)
        python = _add_development()
    elif python is None:
        base = first_python(BACKEND_PYTHONS)
        install_missing([*([base.package] if base.package else []), *packages])
        python = set_up(BACKEND_ENVIRONMENT, base, locks, partial(_install_backend, locks[0]))
        if not has_aligner_build(base.version):
            print(
                f"Transcripts are left out: pocketsphinx has no build for this Python ({base.version}), "
                f"only for {' and '.join(PYTHONS_WITH_ALIGNER)}."
            )
    else:
        install_missing(packages)
    if assets:
        run([python, "-m", "backend", "prepare-assets"], what="Preparing the assets")
    return python


def _backend_environment_is_there(*sets: Sequence[Path]) -> Path | None:
    """Its interpreter where it was set up by one of these `sets` of locks, with whichever Python."""
    wanted = {stamp(version, locks) for version in BACKEND_PYTHONS for locks in sets}
    return python_of(BACKEND_ENVIRONMENT) if stamped(BACKEND_ENVIRONMENT) in wanted else None


def _add_development() -> Path:
    """The interpreter of an environment that animates, to which the rest is added. Raises BuildFailedError."""
    python, lock = python_of(BACKEND_ENVIRONMENT), _DEVELOPMENT_LOCKS[0]
    version = stamped(BACKEND_ENVIRONMENT).partition(" ")[0]
    print(f"Adding what develops to {BACKEND_ENVIRONMENT.name} ({lock.name}) …", flush=True)
    run(pip_install(python, lock), what=f"Installing {lock.name}", log=OUT / "logs" / "setup-venv.log")
    (BACKEND_ENVIRONMENT / STAMP).write_text(stamp(version, _DEVELOPMENT_LOCKS), encoding="utf-8")
    return python


def _install_backend(lock: Path, python: Path, log: Path) -> None:
    install_torch(python, log)
    run(pip_install(python, lock), what=f"Installing {lock.name}", log=log)


def install_missing(packages: Sequence[str]) -> None:
    """Debian's packages, if any is missing. Raises BuildFailedError with the line to run."""
    if packages:
        install_debian_packages(sorted(set(packages)))


def set_up_blender(source: Source) -> Blender:
    """The Blender of this source, whose packages are installed. Raises BuildFailedError."""
    if source.python is None:
        return Blender(source.name, (source.program,), program=True)
    lock = LOCKS / f"blender-{source.version}.lock"

    def install(python: Path, log: Path) -> None:
        run(pip_install(python, lock), what=f"Installing {lock.name}", log=log)

    python = set_up(BLENDER_ENVIRONMENTS / source.version, source.python, (lock,), install)
    return Blender(source.name, (str(python),), program=False)


def set_up(environment: Path, base: Python, locks: Sequence[Path], install: Callable[[Path, Path], None]) -> Path:
    """The interpreter of `environment`, made anew with `install(python, log)` unless it already matches `locks`."""
    wanted = stamp(base.version, locks)
    if stamped(environment) == wanted:
        return python_of(environment)
    print(f"Setting up {environment.name} (Python {base.version}, {locks[0].name}) …", flush=True)
    log = OUT / "logs" / f"setup-{environment.name.lstrip('.')}.log"
    shutil.rmtree(environment, ignore_errors=True)
    python = create_environment(
        environment,
        Base(base.version, base.executable, "venv"),
        lambda words, what: run(words, what=what, log=log),
    )
    install(python, log)
    (environment / STAMP).write_text(wanted, encoding="utf-8")
    return python
