"""Pythons on this machine that can carry the backend, and how each makes an environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from .children import printed

PYTHONS: Final = ("3.11", "3.13", "3.12", "3.14")
"""Python versions the backend runs on, the best first: only 3.11 and 3.13 have a wheel of what transcripts need."""
BROUGHT: Final = "3.13"
"""What uv brings where there is no Python."""
_ASK: Final = """
import importlib.util as u, json, sys, sysconfig
print(json.dumps([sys.version_info[:2], sys.implementation.name, sys.maxsize > 2**32,
 bool(sysconfig.get_config_var('Py_GIL_DISABLED')), u.find_spec('venv') is not None,
 u.find_spec('ensurepip') is not None]))
"""
_SECONDS: Final = 20

Way = Literal["venv", "venv without pip", "uv"]
"""How an environment is made: by Python's own modules; the same with pip fetched; with a Python that uv brings."""


@dataclass(frozen=True)
class Base:
    """A Python of the minor version `python` that makes the environment in this `way`; `executable` empty for uv."""

    python: str
    executable: str
    way: Way
    blenders: bool = False

    def title(self) -> str:
        """Which Python it is, for the artist."""
        if self.way == "uv":
            return f"Python {self.python}, which uv fetches into the backend's folder"
        whose = "Blender's own Python" if self.blenders else "Python"
        return f"{whose} {self.python} ({self.executable})"


def bases(own: str = sys.executable, environment: Mapping[str, str] = os.environ) -> list[Base]:
    """Every way to an environment, the best first; the last one, uv, needs a network.

    Blender's own Python, `own`, goes first where it can make environments as it is; then others that can, in the order
    of `PYTHONS`; then those that lack pip alone; then uv.
    """
    found = dict.fromkeys(
        base for path in _executables(own, environment) if (base := asked(path, blenders=path == own)) is not None
    )

    def order(base: Base) -> tuple[bool, bool, int]:
        return base.way != "venv", not base.blenders, PYTHONS.index(base.python)

    return [*sorted(found, key=order), Base(BROUGHT, "", "uv")]


def asked(executable: str, *, blenders: bool = False) -> Base | None:
    """What this interpreter can do; None where it cannot run, or is none for the backend."""
    try:
        said = printed([executable, "-I", "-c", _ASK], _SECONDS)
        (major, minor), implementation, is_64_bit, free_threaded, venv, ensurepip = json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    python = f"{major}.{minor}"
    if python not in PYTHONS or implementation != "cpython" or not is_64_bit or free_threaded or not venv:
        return None
    return Base(python, executable, "venv" if ensurepip else "venv without pip", blenders)


def candidates(version: str, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Interpreters that say to be of this minor version: on the path, kept by pyenv, or where installers put them."""
    name = f"python{version}"
    on_path = shutil.which(name, path=environment.get("PATH"))
    if on_path:
        yield on_path
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.home())
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    yield from sorted(map(str, pyenv.glob(f"{version}.*/bin/{name}")))
    compact = version.replace(".", "")
    places = {
        "win32": (
            Path(environment.get("LOCALAPPDATA") or home) / "Programs" / "Python" / f"Python{compact}" / "python.exe",
            Path(environment.get("PROGRAMFILES") or home) / f"Python{compact}" / "python.exe",
        ),
        "darwin": (
            Path(f"/Library/Frameworks/Python.framework/Versions/{version}/bin/{name}"),
            Path(f"/opt/homebrew/bin/{name}"),
            Path(f"/usr/local/bin/{name}"),
        ),
    }
    yield from (str(place) for place in places.get(sys.platform, (Path(f"/usr/bin/{name}"),)) if place.is_file())


def _executables(own: str, environment: Mapping[str, str]) -> Iterator[str]:
    if own:
        yield own
    for version in PYTHONS:
        yield from candidates(version, environment)
