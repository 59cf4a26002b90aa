"""The product's version is written down once."""

import re
from pathlib import Path

from backend.job.provenance import product_version

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_the_manifests():
    assert f'version = "{product_version()}"' in (ROOT / "blender_manifest.toml").read_text().splitlines()
    assert re.fullmatch(r"\d+\.\d+\.\d+", product_version())


def test_no_source_repeats_it():
    sources = [*(ROOT / "addon").rglob("*.py"), *(ROOT / "backend").rglob("*.py"), ROOT / "pyproject.toml"]

    assert [str(path) for path in sources if f'"{product_version()}"' in path.read_text(encoding="utf-8")] == []
