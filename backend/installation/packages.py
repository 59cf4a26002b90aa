"""Packages from a folder into an environment: installed by pip, compiled while something else goes on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..contract.errors import DuologueError, ExitCode
from .children import Children
from .environment import pip_words
from .fetching import Say
from .folders import PACKAGES
from .locks import Requirement

_NEVER_LOADED: Final = r"[/\\]site-packages[/\\](?!.*[/\\]site-packages[/\\])(.*[/\\])?(tests|models)[/\\]"
"""Half of all files: tests, and transformers' models, of which one is loaded if any. Folders above do not count."""


def install_packages(
    python: Path, requirements: list[Requirement], packages: Path, folder: Path, children: Children, say: Say
) -> None:
    """Install `requirements` from the folder `packages` alone; not compiled. Raises as `Children.run`."""
    count = len(requirements)
    library = _library_of(python)

    def tick() -> None:
        done = min(len(list(library.glob("*.dist-info"))), count)
        say(f"Installing the packages ({done} of {count})", done, count)

    lock = folder / PACKAGES / "these.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("\n".join(requirement.line() for requirement in requirements) + "\n", encoding="utf-8")
    words = pip_words(python, "install", "--no-index", "--no-compile", "--no-warn-script-location")
    children.run([*words, "--find-links", packages, "-r", lock], "Installing the packages", tick)


def _library_of(python: Path) -> Path:
    return next(path for path in python.parents[1].glob("**/site-packages") if path.is_dir())


class _LeftError(Exception):
    """What went on beside has failed."""


@contextlib.contextmanager
def compiling_beside(python: Path, children: Children, say: Say) -> Iterator[None]:
    """Compile the packages by all cores, which pip does not, while what is inside goes on; leaving waits for both.

    Raises as `Children.run`, but for packages that have files for other Pythons.
    """
    done, failed = threading.Event(), threading.Event()

    def check() -> None:
        if failed.is_set():
            raise _LeftError
        children.check()

    def tick() -> None:
        if done.is_set():
            say("Compiling the packages", 0, 1)

    words: list[str | Path] = [python, "-m", "compileall", "-q", "-j", "0", "-x", _NEVER_LOADED, _library_of(python)]
    with ThreadPoolExecutor(1) as beside:
        other = replace(children, check=check, log=children.log.parent / PACKAGES / "compiling.log")
        compiling = beside.submit(other.run, words, "Compiling the packages", tick)
        try:
            yield
        except BaseException:
            failed.set()
            raise
        done.set()
        try:
            compiling.result()
        except DuologueError as error:
            if error.code != ExitCode.INSTALLATION_FAILED:
                raise
