"""`build.py lock`: the hashes in locks/, asked of the package index again. Versions are chosen by hand."""

from __future__ import annotations

import argparse
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .paths import BACKEND_PYTHONS, LOCKS
from .processes import BuildFailedError

Index = Callable[[str], Mapping[str, str]]
"""A package's name → file name → sha256 of all that the index has of it."""

_PACKAGES: Final = "https://pypi.org/simple/{name}/"
_JSON: Final = "application/vnd.pypi.simple.v1+json"
_PLATFORMS: Final = re.compile(r"^any$|manylinux.*_(x86_64|aarch64)$|^macosx_|^win_(amd64|arm64)$")
_HASH: Final = "    --hash=sha256:"


def add_command(commands: Any) -> None:
    """Register `lock`."""
    parser = commands.add_parser("lock", help="write the hashes of what locks/ pins again, from the package index")
    parser.set_defaults(run=_lock)


def _lock(_arguments: argparse.Namespace) -> int:
    for path in sorted(LOCKS.glob("*.lock")):
        text = path.read_text(encoding="utf-8")
        path.write_text(hashed(text, _listed), encoding="utf-8")
        print(path.name)
    return 0


def hashed(lock: str, index: Index) -> str:
    """`lock` with the hashes of each pinned version's wheels; those of a version the index lacks stay as they are."""
    lines: list[str] = []
    for requirement, old in entries(lock):
        found = _wheel_hashes(requirement, index) if "==" in requirement and not requirement.startswith("#") else ()
        hashes = found or old
        if "==" in requirement and not requirement.startswith("#") and not hashes:
            raise BuildFailedError(f"The package index has no wheel for {requirement}.")
        lines.append(" \\\n".join([requirement, *(f"{_HASH}{one}" for one in hashes)]))
    return "\n".join(lines) + "\n"


def entries(lock: str) -> list[tuple[str, tuple[str, ...]]]:
    """(requirement with its marker, or a comment; its hashes) for each entry of a lock file."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for line in lock.replace("\\\n", " ").splitlines():
        if line.startswith("#"):
            found.append((line, ()))
        elif line.strip():
            requirement, *hashes = line.split("--hash=sha256:")
            found.append((requirement.strip(), tuple(one.strip() for one in hashes)))
    return found


def _wheel_hashes(requirement: str, index: Index) -> tuple[str, ...]:
    name, version = requirement.partition(";")[0].strip().split("==")
    files = index(_normal(name, "-"))
    wanted = {file: sha256 for file, sha256 in files.items() if _serves(file, name, version)}
    return tuple(wanted[file] for file in sorted(wanted))


def _serves(file: str, name: str, version: str) -> bool:
    """Whether `file` is a wheel of that version for a Python and a platform that Duologue runs on."""
    if not file.endswith(".whl"):
        return False
    of, at, *_, python, abi, platforms = file.removesuffix(".whl").split("-")
    if _normal(of, "-") != _normal(name, "-") or at != version:
        return False
    pythons = {f"cp{one.replace('.', '')}" for one in BACKEND_PYTHONS}
    fits = abi in {"none", "abi3"} or abi in pythons
    older = abi == "none" and python.startswith("cp") and python not in pythons
    return fits and not older and any(_PLATFORMS.search(platform) for platform in platforms.split("."))


def _normal(name: str, separator: str) -> str:
    return re.sub(r"[-_.]+", separator, name).lower()


def _listed(name: str) -> Mapping[str, str]:
    request = urllib.request.Request(_PACKAGES.format(name=name), headers={"Accept": _JSON})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            files: Sequence[dict[str, Any]] = json.load(answer)["files"]
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        raise BuildFailedError(f"The package index says nothing of {name}: {error}") from error
    return {file["filename"]: file["hashes"]["sha256"] for file in files if "sha256" in file["hashes"]}
