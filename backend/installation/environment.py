"""An environment made from locks: what `build.py setup` and *Install backend* have in common."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from .pythons import Base

Run = Callable[[Sequence["str | Path"], str], None]
"""Runs a command to its end; the text says what it does. Raises where it fails."""

STAMP: Final = ".duologue-lock"
_EXACTLY: Final = ("--no-deps", "--only-binary=:all:", "--require-hashes")


def python_of(environment: Path) -> Path:
    """The interpreter inside a virtual environment."""
    windows = environment / "Scripts" / "python.exe"
    return windows if windows.exists() else environment / "bin" / "python"


def pip_words(python: Path, command: str, *more: str | Path) -> list[str | Path]:
    """The words of a command of the environment's pip that takes wheels alone, of exactly the hashes in a lock."""
    return [python, "-m", "pip", command, "--disable-pip-version-check", "--no-input", *_EXACTLY, *more]


def pip_install(python: Path, lock: Path, *more: str | Path) -> list[str | Path]:
    """The words that install exactly what `lock` pins, by its hashes and as wheels."""
    return pip_words(python, "install", *more, "-r", lock)


def create_environment(environment: Path, base: Base, run: Run, *, with_pip: bool = True) -> Path:
    """Make an environment of `base`, which is on this machine, with the pip it has or none; return its interpreter."""
    without = () if with_pip else ("--without-pip",)
    run([base.executable, "-m", "venv", *without, environment], f"Creating {environment}")
    return python_of(environment)


def unpack_pip(wheel: Path, environment: Path) -> None:
    """Put pip into an environment that has none: its wheel holds Python alone, so unpacking installs it."""
    library = next((path for path in (environment / "lib").glob("python3*") if path.is_dir()), environment / "Lib")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(library / "site-packages")


def stamp(version: str, locks: Sequence[Path]) -> str:
    """What an environment of the Python `version` is made from."""
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks))
    return f"{version} {digest.hexdigest()}"


def stamped(environment: Path) -> str:
    """What the environment was set up with, or nothing where there is none or its Python is gone."""
    there = (environment / STAMP).exists() and python_of(environment).exists()
    return (environment / STAMP).read_text(encoding="utf-8") if there else ""
