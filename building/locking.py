"""`build.py lock`: every version and hash in locks/, resolved by uv from pyproject.toml and the pinned Blenders.

What a lock pins already stays as long as it fits; `--upgrade NAME` lets a package move to its newest version.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.installation.environment import pip_install, python_of
from backend.installation.locks import WHEELS, entries

from .paths import BACKEND_PYTHONS, BLENDER_WHEELS, CACHE, LOCKS, ROOT
from .platforms import SHIPPED, TARGETS, gaps, write_wheels
from .processes import run
from .pythons import first_python

_UV_LOCK: Final = LOCKS / "uv.lock"
_UV_ENVIRONMENT: Final = CACHE / "uv"
_TESTS: Final = ("hypothesis", "pytest")
_TORCH: Final = "torch"


@dataclass(frozen=True)
class Lock:
    """`requirements` of `file`, or pyproject.toml's with `extras`; for `python` and later ones, or for all of ours.

    Packages of `elsewhere`, other locks, are left out.
    """

    file: str
    requirements: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    python: str | None = None
    elsewhere: tuple[str, ...] = ()


def all_locks() -> tuple[Lock, ...]:
    """In the order in which they are written.

    torch-cpu.lock and torch-cuda.lock are kept by hand: these builds have indexes of their own.
    """
    torch = Lock("torch.lock", requirements=(_pinned(LOCKS / "torch.lock", _TORCH),), elsewhere=("dev.lock",))
    backend = (
        Lock("runtime.lock", extras=("words", "grammar", "official"), elsewhere=("torch.lock",)),
        Lock("dev.lock", extras=("dev",), elsewhere=("torch.lock",)),
    )
    blenders = (
        Lock(f"blender-{version}.lock", (f"bpy=={version}", "numpy", *_TESTS), python=python)
        for version, python in BLENDER_WHEELS.items()
    )
    return (
        *backend,
        torch,
        *blenders,
        Lock("blender-tests.lock", _TESTS, python="3.11"),
        Lock("uv.lock", ("uv",)),
        Lock("pip.lock", ("pip",)),
    )


def add_command(commands: Any) -> None:
    """Register `lock`."""
    parser = commands.add_parser("lock", help="resolve what locks/ pins again, with hashes")
    parser.add_argument(
        "--upgrade", nargs="+", default=[], metavar="NAME", help="packages that may move to their newest version"
    )
    parser.add_argument(
        "--check-platforms",
        action="store_true",
        help="resolve nothing anew; ask the index whether every pinned wheel is there for every system and Python",
    )
    parser.set_defaults(run=_lock)


def _lock(arguments: argparse.Namespace) -> int:
    uv = _uv()
    if not arguments.check_platforms:
        _resolve(uv, arguments.upgrade)
    write_wheels([_told_wheels(uv, lock) for lock in all_locks() if lock.file in SHIPPED])
    print(WHEELS.name)
    found = gaps()
    print("\n".join(found) if found else f"Every wheel is there for {len(TARGETS)} systems and Pythons.")
    return 1 if found else 0


def _told_wheels(uv: Sequence[str | Path], lock: Lock) -> Path:
    """What the index tells of the wheels in `lock`: a file pylock.toml. Raises BuildFailedError."""
    plain = CACHE / f"{Path(lock.file).stem}.requirements.txt"
    plain.write_text(
        "\n".join(requirement for requirement, _ in entries((LOCKS / lock.file).read_text(encoding="utf-8"))) + "\n",
        encoding="utf-8",
    )
    into = CACHE / f"pylock.{Path(lock.file).stem}.toml"
    into.unlink(missing_ok=True)
    words = [*uv, "pip", "compile", plain, "--output-file", into, "--format", "pylock.toml", "--universal"]
    words += ["--no-deps", "--no-build", "--no-annotate", "--no-header", "--quiet", "--python-version", "3.11"]
    run(words, what=f"Asking for the wheels of {lock.file}", folder=ROOT)
    return into


def _resolve(uv: Sequence[str | Path], upgrade: Sequence[str]) -> None:
    for lock in all_locks():
        source = ROOT / "pyproject.toml"
        if lock.requirements:
            source = CACHE / f"{Path(lock.file).stem}.in"
            source.write_text("\n".join(lock.requirements) + "\n", encoding="utf-8")
        run([*uv, *compile_words(lock, source, upgrade)], what=f"Resolving {lock.file}", folder=ROOT)
        print(lock.file)


def compile_words(lock: Lock, source: Path, upgrade: Sequence[str] = ()) -> list[str | Path]:
    """What uv is asked: wheels alone, for every system, with the hashes of all of them."""
    words: list[str | Path] = ["pip", "compile", source, "--output-file", LOCKS / lock.file, "--universal"]
    words += ["--generate-hashes", "--no-build", "--no-annotate", "--no-header", "--quiet"]
    words += [word for extra in lock.extras for word in ("--extra", extra)]
    words += ["--python-version", lock.python] if lock.python else []
    left_out = {name for other in lock.elsewhere for name in pinned_names((LOCKS / other).read_text(encoding="utf-8"))}
    words += [word for name in sorted(left_out) for word in ("--no-emit-package", name)]
    return words + [word for name in upgrade for word in ("--upgrade-package", name)]


def pinned_names(lock: str) -> tuple[str, ...]:
    """The packages of a lock file's text."""
    return tuple(requirement.partition("==")[0] for requirement, _ in entries(lock))


def _pinned(path: Path, name: str) -> str:
    """`name==version` as the lock has it."""
    requirements = (requirement for requirement, _ in entries(path.read_text(encoding="utf-8")))
    return next(one.partition(";")[0].strip() for one in requirements if one.startswith(f"{name}=="))


def _uv() -> list[str | Path]:
    """The words that start uv, of an environment of its own. Raises BuildFailedError."""
    python = python_of(_UV_ENVIRONMENT)
    if not python.exists():
        base = first_python(BACKEND_PYTHONS)
        run([base.executable, "-m", "venv", _UV_ENVIRONMENT], what="Creating an environment for uv")
        run(pip_install(python, _UV_LOCK), what="Installing uv")
    return [python, "-m", "uv"]
