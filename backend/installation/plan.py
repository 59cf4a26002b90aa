"""What an installation will be: by which Python, for which device, how much is fetched and how much room it takes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..assets import Package, read_manifest
from ..contract.errors import DuologueError, ExitCode
from ..contract.installation import Choice
from ..contract.reading import read_json, read_or_none
from .folders import PACKAGES, require_own, require_short
from .locks import LOCKS, Requirement, requirements_for, torch_build, wheel_for, without_wheel
from .pythons import Base, bases
from .resources import Card, free_bytes, free_memory, nvidia_card, require_memory
from .target import Target, this_target

WHEELHOUSE_FILE: Final = "wheelhouse.json"
"""In a folder that `build.py wheelhouse` packed: for which system, Python and device."""
DEVICES: Final = ("cpu", "cuda", "mps")
_UNPACKED: Final = 4.3
_UNPACKED_CUDA: Final = 2.3
"""What packages take once they are unpacked and compiled, by their size as files: measured; NVIDIA's hardly shrink."""
_ASSETS_ROOM: Final = 150_000_000


@dataclass(frozen=True)
class Plan:
    """`choices` by device, the proposed one first; `warnings` are sentences."""

    base: Base
    target: Target
    choices: tuple[Choice, ...]
    free: int
    warnings: tuple[str, ...]

    def as_json(self, folder: Path) -> dict[str, Any]:
        """As plain values, for the add-on's question."""
        return {
            "folder": str(folder),
            "python": self.base.title(),
            "choices": [asdict(choice) for choice in self.choices],
            "free": self.free,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Wheelhouse:
    """A folder of packages: `folder`, for which target and device."""

    folder: Path
    target: Target
    device: str


def plan_for(folder: Path, own: str = sys.executable, source: Path | None = None) -> Plan:
    """What installing into `folder` comes to; `source` is a packed folder, None for the package index.

    Raises DuologueError (BAD_REQUEST, SYSTEM_UNSUITABLE, PYTHON_NOT_FOUND, PACKAGES_MISSING, OUT_OF_MEMORY).
    """
    require_own(folder)
    require_short(folder)
    packed = None if source is None else read_wheelhouse(source)
    base = base_for(bases(own), packed)
    target = (
        this_target(base.python) if packed is None else replace(this_target(base.python), glibc=packed.target.glibc)
    )
    devices = DEVICES if packed is None else (packed.device,)
    card = nvidia_card()
    choices = [
        choice_of(folder, target, device, card, fetched=packed is not None)
        for device in devices
        if torch_build(target.system, device) is not None
        and not without_wheel(torch_requirements(target, device), target)
        and (device != "mps" or target.processor == "aarch64")
    ]
    if not choices:
        raise DuologueError(
            ExitCode.SYSTEM_UNSUITABLE,
            f"There is no build of torch for {target.title()}.",
            "The backend runs on 64-bit Linux with glibc, on Windows, and on Macs with Apple's own processor "
            "and macOS 14 or later.",
        )
    available = {choice.device for choice in choices}
    best = "mps" if "mps" in available else "cuda" if card and not card.lacking else "cpu"
    choices.sort(key=lambda choice: choice.device != best)
    warning = require_memory(free_memory())
    return Plan(base, target, tuple(choices), free_bytes(folder), (warning,) if warning else ())


def base_for(found: Sequence[Base], packed: Wheelhouse | None) -> Base:
    """The first Python that will do; for a packed folder one of the version it was packed for.

    Raises DuologueError (PACKAGES_MISSING, PYTHON_NOT_FOUND).
    """
    if packed is None:
        return found[0]
    here = this_target(packed.target.python)
    if (here.system, here.processor) != (packed.target.system, packed.target.processor):
        raise DuologueError(
            ExitCode.PACKAGES_MISSING,
            f"{packed.folder} was packed for {packed.target.title()}, and this is {here.title()}.",
            f"Pack one with `python3 build.py wheelhouse --platform {platform_name(here)}`.",
        )
    local = [base for base in found if base.way != "uv"]
    fitting = [base for base in local if base.python == packed.target.python]
    if not fitting:
        there = ", ".join(base.python for base in local) or "none"
        raise DuologueError(
            ExitCode.PYTHON_NOT_FOUND,
            f"{packed.folder} was packed for Python {packed.target.python}; on this computer is {there}.",
            f"Pack one with `--python {local[0].python}`."
            if local
            else f"Install Python {packed.target.python} first.",
        )
    return fitting[0]


def read_wheelhouse(folder: Path) -> Wheelhouse:
    """What `folder` was packed for. Raises DuologueError (PACKAGES_MISSING)."""
    found: Any = read_or_none(lambda: read_json(folder / WHEELHOUSE_FILE))
    try:
        target = Target(found["system"], found["processor"], found["python"], int(found["glibc"]), int(found["macos"]))
        return Wheelhouse(folder, target, str(found["device"]))
    except (KeyError, TypeError, ValueError) as error:
        raise DuologueError(
            ExitCode.PACKAGES_MISSING,
            f"{folder} is no folder that `python3 build.py wheelhouse` packed.",
            f"Choose the folder in which {WHEELHOUSE_FILE} lies.",
        ) from error


def platform_name(target: Target) -> str:
    """What `build.py wheelhouse --platform` calls the system of `target`."""
    system = {"win32": "windows", "darwin": "macos"}.get(target.system, target.system)
    return f"{system}-{target.processor}"


def torch_requirements(target: Target, device: str) -> list[Requirement]:
    """Torch for `device`, and what its build needs beside. Raises KeyError where there is no such build."""
    build = torch_build(target.system, device)
    if build is None:
        raise KeyError(device)
    return requirements_for(build.lock, target)


def runtime_requirements(target: Target) -> list[Requirement]:
    """What animates, without torch."""
    return requirements_for(LOCKS / "runtime.lock", target)


def asset_packages() -> list[tuple[Package, bool]]:
    """(package, whether the backend works without it) of everything that assets are derived from."""
    found: dict[str, tuple[Package, bool]] = {}
    for asset in read_manifest():
        for package in asset.packages:
            _, before = found.get(package.name, (package, True))
            found[package.name] = (package, before and asset.optional)
    return list(found.values())


def choice_of(folder: Path, target: Target, device: str, card: Card | None, *, fetched: bool) -> Choice:
    """The installation for `device`; with `fetched` the packages are there already."""
    torch, runtime = (
        {wheel[1]: wheel[2] for requirement in requirements if (wheel := wheel_for(requirement, target)) is not None}
        for requirements in (torch_requirements(target, device), runtime_requirements(target))
    )
    files = torch | runtime
    unpacked = sum(torch.values()) * (_UNPACKED_CUDA if device == "cuda" else _UNPACKED)
    unpacked += sum(runtime.values()) * _UNPACKED
    assets = {package.file: package.size for package, _ in asset_packages()}
    packages = sum(files.values()) + sum(assets.values())
    kept = sum((files | assets)[path.name] for path in (folder / PACKAGES).glob("*.whl") if path.name in files | assets)
    fetch = 0 if fetched else packages - kept
    room = int(unpacked) + _ASSETS_ROOM + fetch
    return Choice(device, *_words(target.system, device, card), fetch, room)


def _words(system: str, device: str, card: Card | None) -> tuple[str, str]:
    """(title, note) for the artist."""
    if device == "mps":
        return "Apple GPU", "This Mac's graphics processor."
    if device == "cpu":
        note = "Works on every computer."
        if card is not None:
            note += f" The card {card.name} stays unused" + (f": {card.lacking}." if card.lacking else ".")
        return "Processor", note
    if card is None:
        return "NVIDIA", "No NVIDIA card was found."
    where = (
        " torch for it comes from PyTorch's own index: Windows' usual build has no CUDA." if system == "win32" else ""
    )
    return f"NVIDIA ({card.name})", (f"{card.lacking[0].upper()}{card.lacking[1:]}." if card.lacking else "") + where
