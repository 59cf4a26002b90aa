"""Whatever is wrong with a file that a worker reads beside its request, a code of its own says so."""

import json
from functools import partial

import pytest

from backend import assets
from backend.command.animate import staging_in
from backend.contract.errors import ExitCode
from backend.staging import presets
from backend.staging.presets import PRESETS
from backend.staging.stage import Place, Staging
from backend.staging.values import values_of
from tests.support.damage import Kind, check_damage, check_misplaced, each_damaged
from tests.support.damaged_files import damaged_json, damaged_text

STAGING = Staging("across", (Place((-0.6, 1.2, 0.0), 0.3, away=(10.0, 5.0)), Place((0.6, 1.2, 0.0), -0.3)))


def manifest(path):
    """Everything that is told from the list of assets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "MANIFEST", path)
        found = assets.read_manifest()
        for asset in found:
            assets.asset_state(asset, path.parent)
        assets.require_assets(path.parent)
        return found, [assets.shipped_state(weight) for weight in assets.read_shipped_weights()]


def preset(name, read, path):
    """A staging preset in the folder that `path` lies in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presets, "PRESETS", path.parents[1] if name.startswith("arrangements") else path.parent)
        read.cache_clear()
        try:
            return read()
        finally:
            read.cache_clear()


def ledger(path):
    return assets.asset_state(assets.read_manifest()[0], path.parent)


ASSET = {ExitCode.ASSET_CORRUPT, ExitCode.ASSET_MISSING}
KINDS = {
    "values.json": Kind(
        lambda _: json.dumps({"values": values_of(STAGING).as_json()}).encode(),
        damaged_json, staging_in, {ExitCode.BAD_REQUEST},
    ),
    "assets.json": Kind(lambda _: assets.MANIFEST.read_bytes(), damaged_json, manifest, ASSET),
    assets.LEDGER_FILE: Kind(
        lambda _: json.dumps({assets.read_manifest()[0].id: {"origin": "x", "files": {"a": "b"}}}).encode(),
        damaged_json, ledger, (),
    ),
    "moods.json": Kind(
        lambda _: (PRESETS / "moods.json").read_bytes(), damaged_json, partial(preset, "moods", presets.moods), ASSET,
    ),
    "vocabulary.json": Kind(
        lambda _: (PRESETS / "vocabulary.json").read_bytes(), damaged_json,
        partial(preset, "vocabulary", presets.vocabulary), ASSET,
    ),
    "no_slips.txt": Kind(
        lambda _: (PRESETS / "no_slips.txt").read_bytes(), damaged_text,
        partial(preset, "no_slips", presets.correct_words), ASSET,
    ),
}  # fmt: skip


@each_damaged(KINDS, 30)
def test_a_damaged_file_is_taken_or_refused_by_its_own_code(tmp_path, name, number):
    check_damage(KINDS[name], tmp_path / name, number)


@pytest.mark.parametrize("name", [name for name in KINDS if name != assets.LEDGER_FILE])
def test_where_no_file_can_be_read_a_code_of_its_own_says_so(tmp_path, name):
    check_misplaced(KINDS[name], tmp_path, name)
