"""Pythons that are on this machine, and the way to one where none is."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from backend.installation.pythons import candidates

from .debian import has_package, is_debian, way_to_the_archive
from .processes import BuildFailedError, output

_CAN_MAKE_ENVIRONMENTS = "import importlib.util as u; print(all(map(u.find_spec, ('venv', 'ensurepip'))))"


@dataclass(frozen=True)
class Python:
    """An interpreter of the minor version `version`; `package` is what Debian lacks before it makes environments."""

    version: str
    executable: str
    package: str | None = None


def find_python(version: str) -> Python | None:
    """An interpreter of this minor version: the running one, one on the path, one that pyenv keeps, or one where
    installers put them.

    One that can make environments goes before one to which Debian's `package` has to be added first.
    """
    incomplete = None
    for candidate in _candidates(version):
        told = output([candidate, "-c", _CAN_MAKE_ENVIRONMENTS])
        if told == "True":
            return Python(version, candidate)
        if told == "False" and is_debian() and Path(candidate).resolve().parent == Path("/usr/bin"):
            incomplete = incomplete or Python(version, candidate, f"python{version}-venv")
    return incomplete


def _candidates(version: str) -> list[str]:
    running = [sys.executable] if sys.version.startswith(f"{version}.") else []
    return [*running, *candidates(version)]


def first_python(versions: tuple[str, ...]) -> Python:
    """The first of these versions that is here, or that Debian's archive has.

    One that can make environments as it is goes first. Raises BuildFailedError that names a way to one.
    """
    here = [found for found in map(find_python, versions) if found]
    complete = [found for found in here if found.package is None]
    if complete or here:
        return (complete or here)[0]
    for version in versions:
        package = f"python{version}-venv"
        if has_package(package):
            return Python(version, f"/usr/bin/python{version}", package)
    oldest, newest = min(versions, key=_numbers), max(versions, key=_numbers)
    raise BuildFailedError(
        f"the backend needs Python {oldest} to {newest}, and none was found. "
        f"{way_to_the_archive() or way_to_python(versions)}",
        exit_code=50,
    )


def way_to_python(versions: tuple[str, ...]) -> str:
    """A sentence: how one of these Pythons comes onto this machine, the first one at best."""
    installers = {
        "brew": "brew install python@{version}",
        "winget": "winget install Python.Python.{version}",
        "dnf": "sudo dnf install python{version}",
        "zypper": "sudo zypper install python{compact}",
        "pyenv": "pyenv install {version}",
        "uv": "uv python install --default {version}",
        "conda": "conda create -n duologue python={version}, then conda activate duologue",
    }
    for program, line in installers.items():
        if shutil.which(program):
            return "Run:\n    " + line.format(version=versions[0], compact=versions[0].replace(".", ""))
    return f"Install Python {versions[0]} from https://www.python.org/downloads/ and run this again."


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
