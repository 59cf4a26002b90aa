"""The Blenders that this machine has or can have: `bpy` wheels, the program on the path, the distribution's package.

Each becomes a `Blender`, which runs scripts; the demo, the tests, the bench and the package ask for nothing else.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .debian import candidate_version, way_to_the_archive
from .paths import BLENDER_WHEELS, DEMO_WHEELS, OLDEST_BLENDER, ROOT
from .processes import BuildFailedError, output
from .pythons import Python, find_python
from .system_libraries import missing_library_packages

_RUN: Final = ROOT / "building" / "run_in_blender.py"
_OF_DEBIAN: Final = ("blender", "python3-numpy", "libegl1")
_NO_WHEEL_FOR: Final = {
    "linux aarch64": tuple(BLENDER_WHEELS),
    "darwin x86_64": ("5.0.1", "5.2.3"),
    "win32 aarch64": ("4.2.23",),
}
"""System and processor → versions without a `bpy` wheel."""


@dataclass(frozen=True)
class Blender:
    """A Blender that runs scripts: `start` are the words that start it, a Python with `bpy` or the `program` itself."""

    name: str
    start: tuple[str, ...]
    program: bool

    def command(self, script: Path, *words: str | Path) -> list[str]:
        """The words that call `main(words)` of a script of ours in it; it ends with what `main` returns."""
        said = [str(word) for word in (_RUN, script, *words)]
        if not self.program:
            return [*self.start, *said]
        return [*self.start, "-b", "--factory-startup", "--python-exit-code", "1", "--python", said[0], "--", *said[1:]]


@dataclass(frozen=True)
class Source:
    """A Blender that can be had: the wheel of `version` in an environment of `python`, or the `program`.

    `packages` are what Debian has to bring first.
    """

    name: str
    version: str = ""
    python: Python | None = None
    program: str = ""
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Absent:
    """A Blender that cannot be had here; `why` ends a sentence."""

    name: str
    why: str


def wheel_source(version: str) -> Source | Absent:
    """The `bpy` wheel of this version. Raises BuildFailedError where libraries are missing that nothing here brings."""
    name = f"Blender {version}"
    if _machine() == "musl" or version in _NO_WHEEL_FOR.get(_machine(), ()):
        return Absent(name, f"there is no bpy wheel of it for {_machine()}")
    python = find_python(BLENDER_WHEELS[version])
    if python is None:
        return Absent(name, f"no Python {BLENDER_WHEELS[version]} on this machine")
    libraries = missing_library_packages()
    return Source(name, version, python, packages=(*([python.package] if python.package else []), *libraries))


def program_source() -> Source | Absent:
    """The `blender` on the path, or the one that DUOLOGUE_BLENDER names."""
    program = os.environ.get("DUOLOGUE_BLENDER") or shutil.which("blender")
    if program is None:
        return Absent("blender", "there is none on the path")
    version = program_version(program)
    if version is None:
        return Absent(program, "it does not tell its version")
    name = f"Blender {'.'.join(map(str, version))} ({program})"
    return Source(name, program=program) if version[:2] >= OLDEST_BLENDER else Absent(name, _too_old())


def program_version(program: str) -> tuple[int, ...] | None:
    """What `blender --version` says, or None."""
    found = re.match(r"Blender (\d+)\.(\d+)(?:\.(\d+))?", output([program, "--version"]) or "")
    return tuple(int(part) for part in found.groups("0")) if found else None


def distribution_source() -> Source | Absent:
    """The distribution's own package, where it is new enough."""
    version = candidate_version("blender")
    if version is None:
        return Absent("the distribution's Blender", "there is none")
    name = f"the distribution's Blender {version}"
    numbers = tuple(int(part) for part in re.findall(r"\d+", version.rpartition(":")[2])[:2])
    found = Source(name, program="/usr/bin/blender", packages=_OF_DEBIAN)
    return found if numbers >= OLDEST_BLENDER else Absent(name, _too_old())


def any_source(versions: Iterable[str] = DEMO_WHEELS) -> Source:
    """The first that fits: a wheel, the program, the distribution's. Raises BuildFailedError that names a way to one.

    A wheel whose Python can make environments as it is goes before one that Debian has to help.
    """
    wheels = [wheel_source(version) for version in versions]
    found = [one for one in wheels if isinstance(one, Source)]
    found.sort(key=lambda source: source.python is not None and source.python.package is not None)
    if found:
        return found[0]
    tried = [one for one in wheels if isinstance(one, Absent)]
    for look in (program_source, distribution_source):
        source = look()
        if isinstance(source, Source):
            return source
        tried.append(source)
    reasons = "; ".join(f"{one.name}: {one.why}" for one in tried)
    raise BuildFailedError(f"no Blender fits this machine ({reasons}). {_way_to_blender()}", exit_code=50)


def told_sources(found: Iterable[Source | Absent]) -> list[Source]:
    """Those of `found` that can be had; each that cannot is told in a line."""
    sources = []
    for one in found:
        if isinstance(one, Source):
            sources.append(one)
        else:
            print(f"{one.name}: left out, {one.why}.", flush=True)
    return sources


def _way_to_blender() -> str:
    fetch_list = way_to_the_archive()
    if fetch_list:
        return fetch_list
    oldest = ".".join(map(str, OLDEST_BLENDER))
    if shutil.which("snap"):
        return "Run:\n    sudo snap install blender --classic"
    if shutil.which("brew"):
        return "Run:\n    brew install --cask blender, and put its program on the path"
    return f"Put the program `blender` ({oldest} or later, https://www.blender.org/download/) on the path."


def _too_old() -> str:
    return f"older than {'.'.join(map(str, OLDEST_BLENDER))}"


def _machine() -> str:
    """System and processor as _NO_WHEEL_FOR names them; “musl” for Linux without glibc."""
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        return "musl"
    processor = platform.machine().lower()
    processor = {"amd64": "x86_64", "arm64": "aarch64"}.get(processor, processor)
    return f"{sys.platform} {processor}"
