"""Which files made a take: all that its frames depend on by name and hash, beside the sound, for the take's notes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from ..assets import read_manifest
from ..contract.constants import OPEN_HEAD
from ..contract.errors import ExitCode
from ..contract.files import sha256_of
from ..contract.job import JobRequest
from ..contract.reading import is_file, read_errors_as
from ..staging.english_pipeline import ENGLISH_GRAMMAR
from ..staging.prompt.model.reader import WEIGHTS as SENTENCE_WEIGHTS
from ..staging.sentence_encoder import SENTENCE_ENCODER

_MANIFEST: Final = Path(__file__).resolve().parents[2] / "blender_manifest.toml"


def derived_files(request: JobRequest, needed: Iterable[str], assets: Path) -> dict[str, str]:
    """File name → sha256 of the assets `needed`, and of what the sentence was read by, where it is there.

    Raises DuologueError (ASSET_CORRUPT).
    """
    reads = bool(request.prompt.strip()) and request.staging is None
    ids = {*needed, *((SENTENCE_ENCODER, ENGLISH_GRAMMAR) if reads else ())}
    paths = [assets / file for asset in read_manifest() if asset.id in ids for file in asset.files]
    paths += [SENTENCE_WEIGHTS] if reads else []
    return {path.name: _hash(path, ExitCode.ASSET_CORRUPT) for path in paths if is_file(path)}


def given_files(request: JobRequest) -> dict[str, Any]:
    """What was given beside the sound: use → `name` and `sha256`, of transcripts a list. Raises DuologueError."""
    named: dict[str, tuple[str | None, ExitCode]] = {
        "face": (None if request.face == OPEN_HEAD else request.face, ExitCode.FACE_NOT_FOUND),
        "segments": (request.segments, ExitCode.SEGMENTS_INVALID),
        "partner": (None if request.partner is None else request.partner.take, ExitCode.PERFORMANCE_INVALID),
        "kept": (None if request.keep is None else request.keep.take, ExitCode.PERFORMANCE_INVALID),
    }
    found: dict[str, Any] = {use: _named(file, code) for use, (file, code) in named.items() if file is not None}
    transcripts = [_named(file, ExitCode.TRANSCRIPT_INVALID) for file in request.transcripts or () if file is not None]
    return found | ({"transcripts": transcripts} if transcripts else {})


@cache
def product_version() -> str:
    """The version in the manifest beside `addon` and `backend`, such as “0.1.0”."""
    return str(tomllib.loads(_MANIFEST.read_text(encoding="utf-8"))["version"])


def _named(file: str, code: ExitCode) -> dict[str, str]:
    return {"name": Path(file).name, "sha256": _hash(Path(file), code)}


def _hash(path: Path, code: ExitCode) -> str:
    with read_errors_as(code, f"{path} cannot be read", "Check its permissions or choose it again."):
        return sha256_of(path)
