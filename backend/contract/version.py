"""The product's version, which the extension's manifest alone holds."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

_MANIFEST: Final = Path(__file__).resolve().parents[2] / "blender_manifest.toml"


@cache
def product_version() -> str:
    """The version in the manifest beside `addon` and `backend`, such as “0.1.0”."""
    return str(tomllib.loads(_MANIFEST.read_text(encoding="utf-8"))["version"])
