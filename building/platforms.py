"""Whether every wheel that a lock pins is there for every system and Python, and how large it is: locks/wheels.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from backend.installation.locks import WHEELS, Requirement, entries, requirements_for, wheel_for
from backend.installation.plan import DEVICES, runtime_requirements, torch_requirements
from backend.installation.target import Target

from .paths import BACKEND_PYTHONS, LOCKS

TARGETS: Final = tuple(
    Target(system, processor, python)
    for system, processor in (("linux", "x86_64"), ("linux", "aarch64"), ("win32", "x86_64"), ("darwin", "aarch64"))
    for python in sorted(BACKEND_PYTHONS)
)
"""What the backend runs on. Intel Macs are not among them: torch ended with them."""
SHIPPED: Final = ("runtime.lock", "torch.lock", "torch-cpu.lock", "torch-cuda.lock", "pip.lock", "uv.lock")
_BY_HAND: Final = ("torch-cpu.lock", "torch-cuda.lock")
"""Locks of torch's own indexes, which tell no sizes: their rows in wheels.json are kept by hand, and are near."""


def write_wheels(resolved: Sequence[Path]) -> None:
    """Write locks/wheels.json: of what uv `resolved` (pylock.toml files) every wheel that one of ours can use."""
    told = {digest: (file, size) for path in resolved for file, digest, size in _told(path)}
    kept: dict[str, tuple[str, int]] = {}
    for name in SHIPPED:
        for _, hashes in entries((LOCKS / name).read_text(encoding="utf-8")):
            kept |= {digest: told[digest] for digest in hashes if digest in told and _is_ours(told[digest][0])}
    kept |= json_table(WHEELS, only=_hashes_by_hand())
    rows = (
        f"{json.dumps(digest)}: {json.dumps(list(kept[digest]))}" for digest in sorted(kept, key=lambda one: kept[one])
    )
    WHEELS.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def json_table(path: Path, only: set[str]) -> dict[str, tuple[str, int]]:
    """The rows of a wheels.json whose hash is among `only`; nothing where there is no file."""
    if not path.exists():
        return {}
    return {
        digest: (file, size)
        for digest, (file, size) in json.loads(path.read_text(encoding="utf-8")).items()
        if digest in only
    }


def _hashes_by_hand() -> set[str]:
    return {
        digest
        for name in _BY_HAND
        for _, hashes in entries((LOCKS / name).read_text(encoding="utf-8"))
        for digest in hashes
    }


def _told(pylock: Path) -> Iterator[tuple[str, str, int]]:
    """(file, sha256, bytes) of every wheel in a pylock.toml."""
    import tomllib  # Python 3.9 and 3.10, which start build.py, lack it

    data: Mapping[str, Any] = tomllib.loads(pylock.read_text(encoding="utf-8"))
    for package in data["packages"]:
        for wheel in package.get("wheels", ()):
            file = wheel.get("name") or str(wheel["url"]).rpartition("/")[2].replace("%2B", "+")
            yield file, wheel["hashes"]["sha256"], int(wheel.get("size", 0))


def _is_ours(file: str) -> bool:
    return any(target.fits(file) for target in TARGETS)


def gaps() -> list[str]:
    """A sentence for every wheel that a target lacks; nothing where all is well."""
    found = []
    for target in TARGETS:
        sets = {"runtime": runtime_requirements(target)}
        for device in DEVICES:
            try:
                sets[device] = torch_requirements(target, device)
            except KeyError:
                continue
        sets |= {name: requirements_for(LOCKS / name, target) for name in ("pip.lock", "uv.lock")}
        found += [
            f"{target.title()}: {one.name} {one.version} has no wheel ({name})"
            for name, requirements in sets.items()
            for one in requirements
            if wheel_for(one, target) is None and not _may_miss(one, target, name)
        ]
    return found


def _may_miss(requirement: Requirement, target: Target, name: str) -> bool:
    """Apple's GPU is there with Apple's processor alone, and uv has a wheel that runs on any C library."""
    return name == "mps" and target.processor != "aarch64" and requirement.name == "torch"
