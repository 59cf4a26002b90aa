"""What the locks pin: requirements with their hashes, and how large each wheel is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ..assets import BACKEND
from .target import Target, holds

LOCKS: Final = BACKEND.parent / "locks"
WHEELS: Final = LOCKS / "wheels.json"
"""Wheels by their sha256: [file, bytes]. `build.py lock` writes it."""
PROCESSOR_INDEX: Final = "https://download.pytorch.org/whl/cpu"
CUDA_INDEX: Final = "https://download.pytorch.org/whl/cu130"


@dataclass(frozen=True)
class Requirement:
    """`name==version` and the hashes of its wheels, of which any one will do."""

    name: str
    version: str
    hashes: tuple[str, ...]

    def line(self) -> str:
        """As a lock for one system has it."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash=sha256:{digest}" for digest in self.hashes)])


@dataclass(frozen=True)
class TorchBuild:
    """A build of torch: its `lock`, and the `indexes` to ask in turn; None stands for those that pip is told of."""

    lock: Path
    indexes: tuple[str | None, ...] = (None,)


_BUILDS: Final = {
    ("linux", "cpu"): TorchBuild(LOCKS / "torch-cpu.lock", (None, PROCESSOR_INDEX)),
    ("linux", "cuda"): TorchBuild(LOCKS / "torch.lock"),
    ("win32", "cpu"): TorchBuild(LOCKS / "torch.lock"),
    ("win32", "cuda"): TorchBuild(LOCKS / "torch-cuda.lock", (None, CUDA_INDEX)),
    ("darwin", "cpu"): TorchBuild(LOCKS / "torch.lock"),
    ("darwin", "mps"): TorchBuild(LOCKS / "torch.lock"),
}
"""The package index's own build has CUDA for Linux alone, and Apple's for macOS."""


def torch_build(system: str, device: str) -> TorchBuild | None:
    """The build of torch for `device` (cpu, cuda or mps) on `system`; None where there is none."""
    return _BUILDS.get((system, device))


def entries(lock: str) -> list[tuple[str, tuple[str, ...]]]:
    """(requirement with its marker, its hashes) for each entry of a lock file's text; comments are passed over."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for line in lock.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement, *hashes = line.split("--hash=sha256:")
            found.append((requirement.strip(), tuple(digest.strip() for digest in hashes)))
    return found


def requirements_for(lock: Path, target: Target) -> list[Requirement]:
    """What `lock` pins for `target`, in its order."""
    found = []
    for text, hashes in entries(lock.read_text(encoding="utf-8")):
        pinned, _, marker = text.partition(";")
        if holds(marker, target.markers()):
            name, _, version = pinned.strip().partition("==")
            found.append(Requirement(name, version, hashes))
    return found


@cache
def known_wheels() -> dict[str, tuple[str, int]]:
    """sha256 → (file name, bytes), of every wheel that a lock pins and that fits a system of ours."""
    return {digest: (str(file), int(size)) for digest, (file, size) in json.loads(WHEELS.read_bytes()).items()}


def wheel_for(requirement: Requirement, target: Target) -> tuple[str, str, int] | None:
    """(sha256, file name, bytes) of a wheel that fits `target`; None where none does."""
    known = known_wheels()
    fitting = [(digest, *known[digest]) for digest in requirement.hashes if digest in known]
    return next(((digest, file, size) for digest, file, size in fitting if target.fits(file)), None)


def without_wheel(requirements: Sequence[Requirement], target: Target) -> list[Requirement]:
    """Those of `requirements` that have no wheel for `target`."""
    return [requirement for requirement in requirements if wheel_for(requirement, target) is None]
